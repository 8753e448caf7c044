"""From received bytes to the next request: one whole head, or one that comes in pieces."""

from __future__ import annotations

from spawning.http.limits import Limits
from spawning.http.parser import TOO_LARGE, HeadParser, parse
from spawning.http.request import BadRequest, Request

END_OF_HEAD = b"\r\n\r\n"
_LAST_CONTROL = 31


def whole_head(data: bytes, limits: Limits) -> tuple[Request, bytes] | None:
    """Return the request that `data` begins with and what follows it, if its head is whole.

    Raises BadRequest.  Data that begins with empty lines is left to PartialHead.
    """
    end = data.find(END_OF_HEAD) + 4
    if end <= 4 or data[0] <= _LAST_CONTROL:
        return None
    if end > limits.head_size:
        raise BadRequest(TOO_LARGE, "the head is too long")
    head, rest = (data, b"") if end == len(data) else (data[:end], data[end:])
    return parse(head, limits.head_fields), rest


class PartialHead:
    """A head that comes in pieces; each is parsed as it comes, so that rubbish is refused early."""

    __slots__ = ("_parser", "received")

    def __init__(self) -> None:
        self._parser = HeadParser()
        self.received = b""
        """All that has come so far."""

    def add(self, data: bytes, limits: Limits) -> tuple[Request, bytes] | None:
        """Take a piece; return the request and what follows it once the head is whole.

        Raises BadRequest.
        """
        before = len(self.received)
        self.received = data = self.received + data
        # Empty lines before a request are ignored (RFC 9112, 2.2); they end no head.
        start = len(data) - len(data.lstrip(b"\r\n"))
        end = data.find(END_OF_HEAD, max(start, before - 3)) + 4
        is_whole = end > 3
        if (end if is_whole else len(data)) > limits.head_size:
            raise BadRequest(TOO_LARGE, "the head is too long")
        if not is_whole:
            self._parser.feed(data[before:])
            return None
        self._parser.feed(data[before:end])
        return self._parser.finish(limits.head_fields), data[end:]

    @property
    def is_empty(self) -> bool:
        """Whether nothing but empty lines has come."""
        return not self.received.strip(b"\r\n")
