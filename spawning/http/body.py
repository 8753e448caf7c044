"""The body of a request as a file to read, pulled from the connection on demand.

Nothing is read ahead of the application but what came in one receive with the
head, so back-pressure reaches the client.  `100 Continue` is sent when the
application first asks for bytes that have not arrived (RFC 9110, 10.1.1).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any, Protocol

from spawning.http.chunked import ChunkedDecoder
from spawning.http.errors import BadRequest, UnreadableBody
from spawning.http.framing import BODY_TOO_LARGE
from spawning.http.request import Request

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
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

    def lend(self, unread: bytes) -> Any:
        """Let the application have the socket, with `unread` in front of what comes."""


class RequestBody:
    """`wsgi.input` (PEP 3333): read, readline, readlines and iteration."""

    # On the class, because most requests have no body.
    failure: BadRequest | None = None
    """Why nothing more can be read: the coding was malformed, or the body too long."""
    _decoder: ChunkedDecoder | None = None
    _buffer = b""
    _at = 0
    """How much of the buffer has been read."""
    _discarded = 0
    _invite = False

    def __init__(self, source: Source, request: Request) -> None:
        self._source = source
        self._left = request.content_length
        """Bytes that the connection has still to deliver, where the length is known."""
        if request.chunked:
            self._decoder = ChunkedDecoder()
        if request.expects_continue:
            self._invite = request.chunked or self._left > 0

    # ------------------------------------------------------------ for the server

    def limit(self, size: int) -> None:
        """Refuse a body of more than `size` bytes, now or when more come; raises UnreadableBody."""
        if self._left > size:
            raise UnreadableBody(BODY_TOO_LARGE, f"the body is longer than {size} bytes")
        if self._decoder is not None:
            self._decoder.limit = size

    def withdraw_invitation(self) -> bool:
        """Send no `100 Continue` from now on; return whether the client still waits for one."""
        waits, self._invite = self._invite, False
        return waits

    def has_more(self) -> bool:
        """Return whether the connection has still to deliver some of it."""
        return self._left > 0 if self._decoder is None else not self._decoder.done

    @property
    def may_be_skipped(self) -> bool:
        """Whether it is worth while to read away what is left, to keep the connection."""
        return not self._invite and self._left <= MAX_DISCARD and self._discarded <= MAX_DISCARD

    def discard(self) -> bool:
        """Read away what has come of the rest; return whether the body's end was reached.

        Never waits; to be called again when more has come.  Raises what `read` raises.
        """
        self._buffer, self._at = b"", 0
        while self.has_more() and self.may_be_skipped:
            piece = self._pull(wait=False)
            self._discarded += len(piece)
            if not piece and self.has_more():
                return False
        return not self.has_more()

    # ------------------------------------------------------------ for the application

    def read(self, size: int | None = -1) -> bytes:
        """Return `size` bytes, fewer only at the end of the body; all of it where negative.

        Raises ClientGone when the client goes away before the end.
        """
        wanted = sys.maxsize if size is None or size < 0 else size
        if self._left and wanted and not self._buffer and self._decoder is None:
            piece = self._pull()
            if not self._left and len(piece) <= wanted:
                return piece  # as most bodies come, whole and with their head: nothing is copied
            self._buffer = piece
        have = len(self._buffer) - self._at
        if have < wanted and self.has_more():
            pieces = [self._buffer[self._at :]]
            while have < wanted and self.has_more():
                pieces.append(self._pull())
                have += len(pieces[-1])
            self._buffer, self._at = b"".join(pieces), 0
        return self._cut(self._at + min(wanted, have))

    def readline(self, size: int | None = -1) -> bytes:
        """Return the next line with its newline, at most `size` bytes of it."""
        limit = sys.maxsize if size is None or size < 0 else size
        end = self._buffer.find(b"\n", self._at) + 1
        while not end and len(self._buffer) - self._at < limit and self.has_more():
            # Only what a line lacks is pulled and copied, not the buffer at each call.
            searched = len(self._buffer) - self._at
            self._buffer, self._at = self._buffer[self._at :] + self._pull(), 0
            end = self._buffer.find(b"\n", searched) + 1
        return self._cut(min(end or len(self._buffer), self._at + limit))

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

    def get_socket(self) -> Any:
        """Return the connection's socket, the application's from now on, as eventlet.wsgi does.

        What came and was not read is what it receives first.
        """
        unread, self._buffer, self._at = self._buffer[self._at :], b"", 0
        self._left, self._decoder, self._invite = 0, None, False
        return self._source.lend(unread)

    # ------------------------------------------------------------

    def _cut(self, end: int) -> bytes:
        """Return the buffer's bytes up to `end`, and be past them."""
        data = self._buffer[self._at : end]
        self._at = end
        if end == len(self._buffer):
            self._buffer, self._at = b"", 0
        return data

    def _pull(self, wait: bool = True) -> bytes:
        """Return body bytes from the connection; empty only where `wait` is false."""
        if self.failure is not None:
            raise UnreadableBody(self.failure.status, self.failure.reason)
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
            if piece or not self.has_more():
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
            self.failure = error
            raise UnreadableBody(error.status, error.reason) from None
        if self._decoder.done:
            self._source.put_back(self._decoder.rest)
        return piece
