"""The chunked transfer coding of a request (RFC 9112, 7.1), decoded strictly.

A chunk is `SIZE [;extension] CRLF data CRLF`; size 0 ends the body, trailer
fields follow, and an empty line ends the message.  Refused, because another
parser might read them differently: a bare CR or LF, anything but hexadecimal
digits as size, control characters in an extension, a malformed trailer, and a
trailer field that frames, routes or vouches for a message that has been framed,
routed and vouched for (RFC 9110, 6.5.1).  Other trailer fields are discarded:
merged into the header they would be a way to smuggle fields past a proxy.
"""

from __future__ import annotations

import math
import re

from spawning.http.errors import BadRequest
from spawning.http.framing import BAD_REQUEST, BODY_TOO_LARGE

MAX_LINE = 4096
MAX_TRAILERS = 65536

# 16 digits would fit 64 bits; nobody sends a chunk of an exabyte.
_SIZE_LINE = re.compile(rb"([0-9A-Fa-f]{1,15})(?:[ \t]*;[\t\x20-\x7e\x80-\xff]*)?")
_TRAILER = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[\t\x20-\x7e\x80-\xff]*")
_NO_TRAILERS = frozenset(
    b"authorization connection content-encoding content-length content-range content-type "
    b"cookie expect host proxy-authorization range te trailer transfer-encoding upgrade".split()
)


class ChunkedDecoder:
    """Turns the bytes of a chunked body into the body, in pieces of any size."""

    __slots__ = (
        "_in_trailers",
        "_left",
        "_pending",
        "_size",
        "_trailers",
        "done",
        "limit",
        "rest",
    )

    def __init__(self) -> None:
        self._pending = b""
        self._left = 0
        """Bytes of the current chunk still to come, its closing CRLF included."""
        self._in_trailers = False
        self._trailers = 0
        self._size = 0
        """Of all chunks that were announced."""
        self.limit: float = math.inf
        """More bytes than these are refused as soon as they are announced."""
        self.done = False
        self.rest = b""
        """What followed the end of the message; meaningful once `done`."""

    def decode(self, data: bytes) -> bytes:
        """Return the body's bytes in `data`; raises BadRequest.  Not to be called once `done`."""
        data = self._pending + data
        body: list[bytes] = []
        position = 0
        while not self.done:
            if self._left:
                step = self._chunk(data, position, body)
            else:
                step = self._line(data, position)
            if step < 0:
                break
            position = step
        rest = data[position:]
        self._pending, self.rest = (b"", rest) if self.done else (rest, b"")
        return body[0] if len(body) == 1 else b"".join(body)

    def _chunk(self, data: bytes, position: int, body: list[bytes]) -> int:
        """Take chunk data from `position`; return where to go on, or -1 for want of bytes."""
        wanted = self._left - 2
        if wanted > 0:
            piece = data[position : position + wanted]
            if not piece:
                return -1
            body.append(piece)
            self._left -= len(piece)
            return position + len(piece)
        if len(data) - position < self._left:
            if data[position:] not in (b"", b"\r"):
                raise BadRequest(BAD_REQUEST, "a chunk does not end where its size says")
            return -1
        if data[position : position + 2] != b"\r\n":
            raise BadRequest(BAD_REQUEST, "a chunk does not end where its size says")
        self._left = 0
        return position + 2

    def _line(self, data: bytes, position: int) -> int:
        """Take a size line or a trailer line; return where to go on, or -1 for want of bytes."""
        end = data.find(b"\n", position)
        if (end if end >= 0 else len(data)) - position > MAX_LINE:
            raise BadRequest(BAD_REQUEST, "a chunk's line is too long")
        if end < 0:
            return -1
        if data[end - 1 : end] != b"\r" or end == position:
            raise BadRequest(BAD_REQUEST, "a chunk's line does not end with CR LF")
        line = data[position : end - 1]
        if self._in_trailers:
            self._trailer(line)
        else:
            size = _SIZE_LINE.fullmatch(line)
            if size is None:
                raise BadRequest(BAD_REQUEST, "a chunk's size is malformed")
            length = int(size[1], 16)
            self._size += length
            if self._size > self.limit:
                raise BadRequest(BODY_TOO_LARGE, f"the body is longer than {self.limit} bytes")
            self._left = length + 2 if length else 0
            self._in_trailers = not length
        return end + 1

    def _trailer(self, line: bytes) -> None:
        self._trailers += len(line)
        if self._trailers > MAX_TRAILERS:
            raise BadRequest(BAD_REQUEST, "the trailer is too long")
        if not line:
            self.done = True
            return
        field = _TRAILER.fullmatch(line)
        if field is None:
            raise BadRequest(BAD_REQUEST, "a trailer field is malformed")
        if field[1].lower() in _NO_TRAILERS:
            raise BadRequest(BAD_REQUEST, "a field stands in the trailer that may not")
