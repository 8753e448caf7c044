"""The body of a request as a file to read, pulled from the connection on demand.

Nothing is read ahead of the application but what came in one receive with the
head, so back-pressure reaches the client.  `100 Continue` is sent when the
application first asks for bytes that have not arrived (RFC 9110, 10.1.1).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from spawning.http.chunked import ChunkedDecoder
from spawning.http.framing import BAD_REQUEST
from spawning.http.request import BadRequest, Request

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
PIECE = 65536
MAX_DISCARD = 262144
"""Bytes of an unread body that are read away to keep a connection."""


class Source(Protocol):
    """What a body reads from: the connection."""

    def take(self, wait: bool) -> bytes:
        """Return bytes that were received; empty only where none is there and `wait` is false."""

    def put_back(self, data: bytes) -> None:
        """Give back bytes that belong to the next request."""

    def send(self, data: bytes) -> None:
        """Send bytes to the client."""


class RequestBody:
    """`wsgi.input` (PEP 3333): read, readline, readlines and iteration."""

    __slots__ = ("_broken", "_buffer", "_decoder", "_invite", "_left", "_source")

    def __init__(self, source: Source, request: Request) -> None:
        self._source = source
        self._left = request.content_length
        """Bytes that the connection has still to deliver, where the length is known."""
        self._decoder = ChunkedDecoder() if request.chunked else None
        self._broken = ""
        """Why nothing more can be read: the coding was malformed."""
        self._buffer = b""
        self._invite = request.expects_continue and (request.chunked or self._left > 0)

    # ------------------------------------------------------------ for the server

    def withdraw_invitation(self) -> bool:
        """Send no `100 Continue` from now on; return whether the client still waits for one."""
        waits, self._invite = self._invite, False
        return waits

    def discard(self) -> bool:
        """Read away what is left without waiting; return whether the body's end was reached."""
        self._buffer = b""
        if self._invite:
            return False
        budget = MAX_DISCARD
        while self._more():
            piece = self._pull(wait=False)
            budget -= len(piece)
            if (not piece and self._more()) or budget < 0:
                return False
        return True

    # ------------------------------------------------------------ for the application

    def read(self, size: int | None = -1) -> bytes:
        """Return `size` bytes, fewer only at the end of the body; all of it where negative.

        Raises ClientGone when the client goes away before the end.
        """
        if not self._buffer and not self._more():
            return b""
        wanted = -1 if size is None else size
        pieces, have = [self._buffer], len(self._buffer)
        while (wanted < 0 or have < wanted) and self._more():
            piece = self._pull()
            pieces.append(piece)
            have += len(piece)
        data = b"".join(pieces)
        if wanted < 0:
            wanted = len(data)
        self._buffer = data[wanted:]
        return data[:wanted]

    def readline(self, size: int | None = -1) -> bytes:
        """Return the next line with its newline, at most `size` bytes of it."""
        limit = -1 if size is None else size
        pieces, piece, have = [], self._buffer, 0
        while True:
            end = piece.find(b"\n") + 1
            pieces.append(piece)
            have += len(piece)
            if end or (0 <= limit <= have) or not self._more():
                break
            piece = self._pull()
        line = b"".join(pieces)
        cut = have - len(piece) + end if end else have
        if 0 <= limit < cut:
            cut = limit
        self._buffer = line[cut:]
        return line[:cut]

    def readlines(self, hint: int | None = -1) -> list[bytes]:
        """Return the remaining lines; stop after about `hint` bytes."""
        lines: list[bytes] = []
        have = 0
        for line in self:
            lines.append(line)
            have += len(line)
            if hint and 0 < hint <= have:
                break
        return lines

    def __iter__(self) -> Iterator[bytes]:
        while line := self.readline():
            yield line

    def close(self) -> None:
        """Do nothing: the connection is the server's (some applications close their input)."""

    # ------------------------------------------------------------

    def _more(self) -> bool:
        return self._left > 0 if self._decoder is None else not self._decoder.done

    def _pull(self, wait: bool = True) -> bytes:
        """Return body bytes from the connection; empty only where `wait` is false."""
        if self._broken:
            raise MalformedBody(self._broken)
        while True:
            data = self._source.take(wait and not self._invite)
            if not data and self._invite and wait:
                self._invite = False
                self._source.send(CONTINUE)
                data = self._source.take(wait)
            if not data:
                return b""
            self._invite = False  # a client that sends does not wait
            piece = self._of_known_length(data) if self._decoder is None else self._decoded(data)
            if piece or not self._more():
                return piece

    def _of_known_length(self, data: bytes) -> bytes:
        if len(data) > self._left:
            self._source.put_back(data[self._left :])
            data = data[: self._left]
        self._left -= len(data)
        return data

    def _decoded(self, data: bytes) -> bytes:
        assert self._decoder is not None
        try:
            piece = self._decoder.decode(data)
        except BadRequest as error:
            # The application sees an input error; the server closes the connection.
            self._broken = error.reason
            raise MalformedBody(error.reason) from None
        if self._decoder.done:
            self._source.put_back(self._decoder.rest)
        return piece


class MalformedBody(BadRequest, OSError):
    """The body's chunked coding is broken; an OSError, as applications expect of their input."""

    def __init__(self, reason: str) -> None:
        BadRequest.__init__(self, BAD_REQUEST, reason)
