"""How messages are delimited: pure rules (RFC 9112, 6 and 9).

Anything that two parsers could read differently is refused: it is how requests
are smuggled.
"""

from __future__ import annotations

import functools
import re

from spawning.http.errors import BadRequest
from spawning.http.request import Request

BAD_REQUEST = "400 Bad Request"
BODY_TOO_LARGE = "413 Content Too Large"

# Repeating one of these lets two parsers pick different ones.
SINGLE_FIELDS = frozenset({"HTTP_HOST", "CONTENT_LENGTH", "CONTENT_TYPE", "HTTP_TRANSFER_ENCODING"})
_MAX_LENGTH_DIGITS = 18
REMEMBERED = 100
"""Longest Connection field whose meaning is remembered: they are few, and repeat."""
# RFC 9110, 7.2 and RFC 3986, 3.2.2: a name or an address in brackets, and perhaps a port.
_HOST = re.compile(r"(?:[\w.!$&'()*+;=~%-]*|\[[0-9A-Fa-f:.v]+\])(?::[0-9]*)?", re.ASCII)


def frame_request(method: str, target: str, http11: bool, headers: dict[str, str]) -> Request:
    """Return the request that a parsed head describes.

    Raises BadRequest where its framing is ambiguous or its target malformed.
    """
    request = Request(method, target, http11, headers)
    if "HTTP_TRANSFER_ENCODING" in headers:
        _check_transfer_encoding(http11, headers)
        request.chunked = True
    elif "CONTENT_LENGTH" in headers:
        request.content_length = _content_length(headers["CONTENT_LENGTH"])
    if http11 and "HTTP_HOST" not in headers:
        raise BadRequest(BAD_REQUEST, "no Host field")
    if "HTTP_HOST" in headers and not is_host(headers["HTTP_HOST"]):
        raise BadRequest(BAD_REQUEST, "Host is not a host")
    if "HTTP_CONNECTION" in headers:
        options = headers["HTTP_CONNECTION"]
        judge = _keeps_alive if len(options) < REMEMBERED else _keeps_alive.__wrapped__
        request.keep_alive = judge(options, http11)
    if target[:1] != "/":
        request.target = _origin_form(method, target, headers)
    if "HTTP_EXPECT" in headers and http11:
        request.expects_continue = headers["HTTP_EXPECT"].lower() == "100-continue"
    return request


@functools.lru_cache(maxsize=256)
def is_host(text: str) -> bool:
    """Return whether a text is a host, and perhaps a port, as a Host field has them."""
    return _HOST.fullmatch(text) is not None


@functools.lru_cache(maxsize=256)
def _keeps_alive(connection: str, http11: bool) -> bool:
    options = {option.strip() for option in connection.lower().split(",")}
    return "close" not in options and (http11 or "keep-alive" in options)


def _check_transfer_encoding(http11: bool, headers: dict[str, str]) -> None:
    if not http11:
        raise BadRequest(BAD_REQUEST, "Transfer-Encoding in HTTP/1.0")
    if "CONTENT_LENGTH" in headers:
        raise BadRequest(BAD_REQUEST, "both Transfer-Encoding and Content-Length")
    if headers["HTTP_TRANSFER_ENCODING"].lower() != "chunked":
        raise BadRequest("501 Not Implemented", "a transfer coding other than chunked")


def _content_length(text: str) -> int:
    # int() also takes signs, spaces, underscores and other scripts' digits.
    if not (text.isascii() and text.isdigit() and len(text) <= _MAX_LENGTH_DIGITS):
        raise BadRequest(BAD_REQUEST, "Content-Length is not a number")
    return int(text)


def _origin_form(method: str, target: str, headers: dict[str, str]) -> str:
    """Return the path and query of an absolute-form target, or `*` (RFC 9112, 3.2)."""
    if target == "*" and method == "OPTIONS":
        return target
    scheme, separator, rest = target.partition("://")
    if not separator or scheme.lower() not in ("http", "https"):
        raise BadRequest(BAD_REQUEST, "the request target is not a path")
    cut = min((i for i in (rest.find("/"), rest.find("?")) if i >= 0), default=len(rest))
    host = rest[:cut]
    if not is_host(host) or not host.partition(":")[0]:
        raise BadRequest(BAD_REQUEST, "the request target names no host")
    headers["HTTP_HOST"] = host
    path = rest[cut:]
    return path if path.startswith("/") else "/" + path


def response_has_body(method: str, code: int) -> bool:
    """Return whether a response carries a body at all (RFC 9110, 6.4.1)."""
    return method != "HEAD" and code >= 200 and code not in (204, 304)


def delimit_response(http11: bool, keep_alive: bool) -> tuple[bool, bool]:
    """Return (chunked, keep_alive) for a body of unknown length (RFC 9112, 6.3).

    It is chunked for an HTTP/1.1 client, and ended by the close of the connection
    for an older one.
    """
    return (True, keep_alive) if http11 else (False, False)
