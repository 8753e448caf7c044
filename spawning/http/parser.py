"""The only door to httptools: the bytes of one head become a `Request`.

llhttp parses in its strict mode, every request anew; a parser serves one head,
so that nothing of one client's bytes can reach another's.  Bodies never pass
through it: their length is known from the head, and `body` reads them.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

import httptools

from spawning.http.framing import BAD_REQUEST, SINGLE_FIELDS, frame_request
from spawning.http.request import BadRequest, Request

TOO_LARGE = "431 Request Header Fields Too Large"

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
            if key in SINGLE_FIELDS:
                raise BadRequest(BAD_REQUEST, f"{key} is given twice")
            text = f"{headers[key]}{'; ' if key == 'HTTP_COOKIE' else ', '}{text}"
        headers[key] = text

    def on_headers_complete(self) -> None:
        """Note that the head is whole."""
        self.complete = True


class HeadParser:
    """Parses one head that comes in several pieces."""

    __slots__ = ("_fields", "_parser")

    def __init__(self) -> None:
        self._fields = _Fields()
        self._parser = httptools.HttpRequestParser(self._fields)

    def feed(self, data: bytes) -> None:
        """Parse `data`, which must not reach beyond the head; raises BadRequest."""
        _feed(self._parser, self._fields, data)

    def finish(self, max_fields: int) -> Request:
        """Return the request of a head that was fed whole; raises BadRequest."""
        return _request(self._parser, self._fields, max_fields)


def parse(head: bytes, max_fields: int) -> Request:
    """Return the request of a whole head; raises BadRequest."""
    fields = _Fields()
    parser = httptools.HttpRequestParser(fields)
    _feed(parser, fields, head)
    return _request(parser, fields, max_fields)


def _feed(parser: Any, fields: _Fields, data: bytes) -> None:
    try:
        parser.feed_data(data)
    except httptools.HttpParserUpgrade:
        # An upgrade may be ignored (RFC 9110, 7.8), and CONNECT is no method of ours.
        fields.complete = True
    except httptools.HttpParserError as error:
        if isinstance(error.__context__, BadRequest):
            raise error.__context__ from None
        raise BadRequest(BAD_REQUEST, str(error)) from None


def _request(parser: Any, fields: _Fields, max_fields: int) -> Request:
    if not fields.complete:
        raise BadRequest(BAD_REQUEST, "the head does not end where its blank line stands")
    if len(fields.headers) + fields.more > max_fields:
        raise BadRequest(TOO_LARGE, "too many header fields")
    version = parser.get_http_version()
    if version != "1.1" and version != "1.0":
        raise BadRequest("505 HTTP Version Not Supported", f"HTTP/{version}")
    return frame_request(
        parser.get_method().decode("ascii"),
        fields.target.decode("latin-1"),
        version == "1.1",
        fields.headers,
    )
