"""From received bytes to the next request: one whole head, or one that comes in pieces."""

from __future__ import annotations

from typing import Final

from spawning.http.errors import BadRequest
from spawning.http.framing import BAD_REQUEST
from spawning.http.limits import Limits
from spawning.http.parser import TOO_LARGE, HeadParser, may_be_method
from spawning.http.request import Request

LINE_TOO_LONG = "414 URI Too Long"
END_OF_HEAD: Final = b"\r\n\r\n"
_LAST_CONTROL: Final = 31


def end_of_head(data: bytes, limits: Limits) -> int:
    """Return where the head ends that `data` begins with; 0 where that is not for here to say.

    Raises BadRequest.  What is not whole, or begins with empty lines, is left to PartialHead.
    """
    end = data.find(END_OF_HEAD) + 4
    if end <= 4 or data[0] <= _LAST_CONTROL:
        return 0
    if end > limits.small_head:
        _check_sizes(data, 0, end, limits)
    return end


def _check_sizes(data: bytes, start: int, size: int, limits: Limits) -> None:
    """Raise BadRequest where a head is too long, or its line, which begins at `start`.

    `size` is that of the head, or of as much of it as has come.
    """
    line_end = start + limits.line_size + 2
    if size >= line_end and data.find(b"\r\n", start, line_end) < 0:
        raise BadRequest(LINE_TOO_LONG, "the request line is too long")
    if size > limits.head_size:
        raise BadRequest(TOO_LARGE, "the head is too long")


class PartialHead:
    """A head that comes in pieces; each is parsed as it comes, so that rubbish is refused early."""

    __slots__ = ("_parsed", "_parser", "received")

    def __init__(self) -> None:
        self._parser: HeadParser | None = None
        self._parsed = 0
        """How much of what has come was parsed, empty lines before the head included."""
        self.received = b""
        """All that has come so far."""

    def add(self, data: bytes, limits: Limits) -> tuple[Request, bytes] | None:
        """Take a piece; return the request and what follows it once the head is whole.

        Raises BadRequest.
        """
        before = len(self.received)
        self.received = data = self.received + data
        start = _after_empty_lines(data)
        end = data.find(END_OF_HEAD, max(start, before - 3)) + 4
        is_whole = end > 3
        if not is_whole:
            end = len(data)
        _check_sizes(data, start, end, limits)
        self._parse(data, start, end)
        if not is_whole or self._parser is None:
            return None
        return self._parser.finish(data[start:end], limits.head_fields), data[end:]

    def _parse(self, data: bytes, start: int, end: int) -> None:
        if self._parser is not None:
            self._parser.feed(data[self._parsed : end])
        elif data.find(b" ", start, end) >= 0:
            self._parser = HeadParser(data[start:end])
        elif start < end and not may_be_method(data[start:end]):
            raise BadRequest(BAD_REQUEST, "a request begins with its method")
        self._parsed = end

    @property
    def is_empty(self) -> bool:
        """Whether nothing but empty lines has come."""
        return not self.received.strip(b"\r\n")


def _after_empty_lines(data: bytes) -> int:
    """Return where the head begins: empty lines before it are ignored (RFC 9112, 2.2)."""
    rest = data.lstrip(b"\r\n")
    start = len(data) - len(rest)
    if start:
        odd = data[:start].replace(b"\r\n", b"")
        if odd and (odd != b"\r" or rest):
            raise BadRequest(BAD_REQUEST, "a line does not end with CR LF")
    return start
