"""Heads of the plainest form, read without the parser; all others go to it as they are.

Rules:
1. The request line and each field have to be of the form that RFC 9112 gives them, without
   anything to think about.  Those are read as the parser would read them; who is in doubt asks
   it, with the whole head.
2. A line of a field means the same in any head, and a block of lines the same after any request
   line.  So both are remembered by their bytes, for clients send them again and again.  Only if
   all bytes are the same is a head told by them; whose they were makes no difference.
3. A block is remembered once each of its lines was: one that says something new each time, as a
   counter or a date does, is not worth it.
4. Fields that say more than what they say (a transfer coding, an expectation, an upgrade), that
   come twice or that no application gets are the parser's.
"""

from __future__ import annotations

import re
from types import MappingProxyType

from spawning.http.framing import frame_request
from spawning.http.parser import field_key, parse
from spawning.http.request import Request

# A part of what RFC 9112, 3 and 5 allow and of what llhttp takes.
_LINE = re.compile(
    rb"(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) (/[\w.~!$&'()*+,;=:@/?%-]*) HTTP/1\.1\r\n"
)
_FIELD = re.compile(rb"([!#$%&'*+.^`|~0-9A-Za-z-]+):[ \t]*([\t\x20-\x7e\x80-\xff]*)")
_NOTHING = re.compile("(?!)")
_PLAIN = MappingProxyType(
    {
        "": _NOTHING,
        "CONTENT_LENGTH": re.compile("[0-9]{1,15}"),
        "HTTP_CONNECTION": re.compile("close|keep-alive", re.IGNORECASE),
        "HTTP_EXPECT": _NOTHING,
        "HTTP_PROXY_CONNECTION": _NOTHING,
        "HTTP_TRANSFER_ENCODING": _NOTHING,
        "HTTP_UPGRADE": _NOTHING,
    }
)
"""What fields may say that llhttp has an opinion of, by their keys."""
LONGEST, MOST_LINES, MOST_BLOCKS = 2048, 1024, 256
"""What is remembered: lines and blocks of so many bytes, and so many of them."""


class _Odd(KeyError):
    """A line that is the parser's."""


class Lines(dict[bytes, tuple[str, str]]):
    """Names and values by the lines that said them; whoever asks for a new one has it read."""

    def __missing__(self, line: bytes) -> tuple[str, str]:
        found = _FIELD.fullmatch(line)
        if found is None:
            raise _Odd
        name, value = found.groups()
        key, text = field_key(name), value.decode("latin-1").rstrip(" \t")
        plain = _PLAIN.get(key)
        if plain is not None and not plain.fullmatch(text):
            raise _Odd
        if len(line) <= LONGEST:
            if len(self) >= MOST_LINES:
                self.clear()
            self[line] = key, text
        return key, text


class HeadMemo:
    """What a worker has read of heads; any thread may use it."""

    def __init__(self, max_fields: int) -> None:
        self._max_fields = max_fields
        self._lines = Lines()
        self._field = self._lines.__getitem__
        self._blocks: dict[bytes, tuple[dict[str, str], int, bool]] = {}
        """Fields, length of the body, and whether the connection may stay open."""

    def parse(self, head: bytes) -> Request:
        """Return the request of a head that ends with its first empty line, as `parser.parse`
        does; raises BadRequest.
        """
        line = _LINE.match(head)
        if line is None:
            return parse(head, self._max_fields)
        block = head[line.end() :]
        known = self._blocks.get(block)
        if known is None:
            return self._read(line, block) or parse(head, self._max_fields)
        request = Request(line[1].decode(), line[2].decode(), True, known[0].copy())
        request.content_length = known[1]
        request.keep_alive = known[2]
        return request

    def _read(self, line: re.Match[bytes], block: bytes) -> Request | None:
        """Return the request of a line and its fields, None where it is the parser's."""
        lines = block[:-4].split(b"\r\n")
        before = len(self._lines)
        try:
            headers = dict(map(self._field, lines))
        except _Odd:
            return None
        if len(headers) != len(lines) or len(lines) > self._max_fields:
            return None
        request = frame_request(line[1].decode(), line[2].decode(), True, headers)
        if before == len(self._lines):
            self._remember(block, request)
        return request

    def _remember(self, block: bytes, request: Request) -> None:
        if len(block) > LONGEST:
            return
        if len(self._blocks) >= MOST_BLOCKS:
            self._blocks.clear()
        # A copy, because the application is given the other one, and may change it.
        copied = request.headers.copy()
        self._blocks[block] = copied, request.content_length, request.keep_alive
