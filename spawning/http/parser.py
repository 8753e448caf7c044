"""The only door to httptools: the bytes of one head become a `Request`.

llhttp parses in its strict mode, every request anew; a parser serves one head,
so that nothing of one client's bytes can reach another's.  Bodies never pass
through it: their length is known from the head, and `body` reads them.

Where llhttp is lenient we are not: one blank each parts method, target and
version, the version is HTTP's, no fragment follows the target.  And where it is
narrow we are not: a method that it does not know is parsed as if it were GET.
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import Any

import httptools

from spawning.http.errors import BadRequest
from spawning.http.framing import BAD_REQUEST, SINGLE_FIELDS, frame_request
from spawning.http.request import Request

TOO_LARGE = "431 Request Header Fields Too Large"

# RFC 9110, 9.1: a token; in practice in capitals, and frameworks may take `get` for GET.
_METHOD = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Z-]{1,32}")
_NOT_OURS = frozenset({b"CONNECT", b"PRI"})
# Methods that llhttp knows, and takes for RTSP's alone.
_OF_RTSP = frozenset(
    b"ANNOUNCE DESCRIBE FLUSH GET_PARAMETER PAUSE PLAY RECORD REDIRECT SETUP SET_PARAMETER "
    b"TEARDOWN".split()
)
_HTTP_1_1 = b" HTTP/1.1\r\n"
_HTTP_1_0 = b" HTTP/1.0\r\n"

_USUAL_FIELDS = (
    "Accept Accept-Charset Accept-Encoding Accept-Language Access-Control-Request-Headers "
    "Access-Control-Request-Method Authorization Cache-Control Connection Content-Encoding "
    "Content-Length Content-Type Cookie DNT Date Expect Forwarded From Host If-Match "
    "If-Modified-Since If-None-Match If-Range If-Unmodified-Since Keep-Alive Max-Forwards "
    "Origin Pragma Priority Proxy-Authorization Range Referer Sec-CH-UA Sec-CH-UA-Mobile "
    "Sec-CH-UA-Platform Sec-Fetch-Dest Sec-Fetch-Mode Sec-Fetch-Site Sec-Fetch-User "
    "Sec-WebSocket-Extensions Sec-WebSocket-Key Sec-WebSocket-Version TE Trailer "
    "Transfer-Encoding Upgrade Upgrade-Insecure-Requests User-Agent Via X-CSRF-Token "
    "X-CSRFToken X-Forwarded-For X-Forwarded-Host X-Forwarded-Port X-Forwarded-Proto "
    "X-Real-IP X-Request-ID X-Requested-With"
).split()


def meta_variable(name: bytes) -> str:
    """Return the CGI meta-variable of a header field, empty for one that must not have any.

    `X_Forwarded_For` would become what `X-Forwarded-For` becomes, and pass for
    a field that only a proxy may set.  `Proxy` would become HTTP_PROXY, which
    programs take for their configuration.
    """
    if b"_" in name or name.lower() == b"proxy":
        return ""
    key = name.decode("latin-1").upper().replace("-", "_")
    return key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else "HTTP_" + key


_KEYS = MappingProxyType(
    {
        spelling: meta_variable(name.encode())
        for name in _USUAL_FIELDS
        for spelling in (name.encode(), name.lower().encode(), name.title().encode())
    }
)


def joined(key: str, before: str, value: str) -> str:
    """Return the value of a field that is given once more; raises BadRequest."""
    if key in SINGLE_FIELDS:
        raise BadRequest(BAD_REQUEST, f"{key} is given twice")
    return f"{before}{'; ' if key == 'HTTP_COOKIE' else ', '}{value}"


class _Fields:
    """What llhttp reports of a head; called by httptools."""

    __slots__ = ("complete", "headers", "more", "target")

    def __init__(self) -> None:
        self.target = b""
        self.headers: dict[str, str] = {}
        self.complete = False
        self.more = 0
        """Fields that have no key of their own in `headers`."""

    def on_url(self, url: bytes) -> None:
        """Take the target, or a further piece of it."""
        self.target += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take one header field."""
        key = _KEYS.get(name)
        if key is None:
            key = meta_variable(name)
            if not key:
                self.more += 1
                return
        text = value.decode("latin-1").rstrip(" \t")
        headers = self.headers
        if key in headers:
            self.more += 1
            text = joined(key, headers[key], text)
        headers[key] = text

    def on_headers_complete(self) -> None:
        """Note that the head is whole."""
        self.complete = True


class HeadParser:
    """Parses one head, which may come in several pieces."""

    __slots__ = ("_fields", "_method", "_parser")

    def __init__(self, beginning: bytes) -> None:
        """Parse the first piece, which holds the whole method and the blank after it.

        Raises BadRequest.
        """
        method = beginning.partition(b" ")[0]
        self._method = b""
        """The method, where llhttp does not take it."""
        if method not in _OF_RTSP:
            try:
                self._begin(beginning)
                return
            except BadRequest:
                if method in _NOT_OURS or not may_be_method(method):
                    raise
        self._method = method
        self._begin(b"GET" + beginning[len(method) :])

    def _begin(self, beginning: bytes) -> None:
        self._fields = _Fields()
        self._parser = httptools.HttpRequestParser(self._fields)
        self.feed(beginning)

    def feed(self, data: bytes) -> None:
        """Parse `data`, which must not reach beyond the head; raises BadRequest."""
        _feed(self._parser, self._fields, data)

    def finish(self, head: bytes, max_fields: int) -> Request:
        """Return the request of `head`, all of which was fed; raises BadRequest."""
        method = self._method or self._parser.get_method()
        return _request(self._parser, self._fields, max_fields, head, method)


MOST_NAMES, _LONG_NAME = 1024, 64
_NAMES = {name.decode(): key for name, key in _KEYS.items()}
"""The usual ones, and those that were met."""


_NOBODY = object()
"""Hears of nothing: each call would cost more than parsing."""


def is_flawless(head: bytes) -> bool:
    """Return whether llhttp takes a head whole, and as it is; not why it does not.

    The head begins with a request line and ends with its first blank line: where llhttp
    takes such bytes, their last one is that at which it calls the head whole.
    """
    try:
        httptools.HttpRequestParser(_NOBODY).feed_data(head)
    except (httptools.HttpParserUpgrade, httptools.HttpParserError):
        return False
    return True


def meta_variable_of(name: str) -> str:
    """Return what `meta_variable` says of a name, and remember it."""
    key = _NAMES.get(name)
    if key is None:
        key = meta_variable(name.encode("latin-1"))
        if len(_NAMES) < MOST_NAMES and len(name) <= _LONG_NAME:
            _NAMES[name] = key
    return key


def may_be_method(text: bytes) -> bool:
    """Return whether a text is a method, or the beginning of one."""
    return _METHOD.fullmatch(text) is not None


def parse(head: bytes, max_fields: int) -> Request:
    """Return the request of a whole head; raises BadRequest."""
    fields = _Fields()
    parser = httptools.HttpRequestParser(fields)
    try:
        parser.feed_data(head)
    except (httptools.HttpParserUpgrade, httptools.HttpParserError):
        # With more care, or to say what is wrong with it.
        return HeadParser(head).finish(head, max_fields)
    return _request(parser, fields, max_fields, head, parser.get_method())


def _feed(parser: Any, fields: _Fields, data: bytes) -> None:
    try:
        parser.feed_data(data)
    except httptools.HttpParserUpgrade:
        # An upgrade may be ignored, or done by the application (RFC 9110, 7.8).
        if parser.get_method() == b"CONNECT":
            raise BadRequest(BAD_REQUEST, "CONNECT is for proxies") from None
        fields.complete = True
    except httptools.HttpParserError as error:
        if isinstance(error.__context__, BadRequest):
            raise error.__context__ from None
        raise BadRequest(BAD_REQUEST, str(error)) from None


def _request(parser: Any, fields: _Fields, max_fields: int, head: bytes, method: bytes) -> Request:
    if not fields.complete:
        raise BadRequest(BAD_REQUEST, "the head does not end where its blank line stands")
    if len(fields.headers) + fields.more > max_fields:
        raise BadRequest(TOO_LARGE, "too many header fields")
    end = len(method) + len(fields.target) + 1
    version = head[end : end + 11]
    if version != _HTTP_1_1 and version != _HTTP_1_0:
        raise _odd_line(parser)
    target = fields.target.decode("latin-1")
    if "#" in target:
        raise BadRequest(BAD_REQUEST, "the request target has a fragment")
    return frame_request(method.decode("ascii"), target, version == _HTTP_1_1, fields.headers)


def _odd_line(parser: Any) -> BadRequest:
    version = parser.get_http_version()
    if version in ("1.0", "1.1"):
        return BadRequest(BAD_REQUEST, "the request line is not METHOD TARGET HTTP/1.1")
    return BadRequest("505 HTTP Version Not Supported", f"HTTP/{version}")
