"""Header fields that were parsed before: clients send the same ones again and again.

Rules:
1. What is remembered is a whole block of fields, from the end of the request line to the blank
   line, by its bytes.  A head is told by it only if all of them are the same, so the answer is
   what parsing it once more would have given; whose bytes they are makes no difference.
2. Of some blocks that are not known one is remembered: those that differ once, differ always.
3. A head whose block is not known is judged by llhttp, whole and each time; only what its lines
   mean is remembered, line by line.  llhttp without a call for each field costs a tenth.
4. The request line is never remembered.  Only a line of the plainest form is read here; any
   other goes to the parser with its whole head, and so does all that llhttp does not take as it
   is, and what is more than lines (a folded field).
5. Fields that say more than what they say (a transfer coding, an expectation, an upgrade) are
   parsed each time, and so are refused heads.
"""

from __future__ import annotations

import re

from spawning.http.framing import frame_request
from spawning.http.parser import is_flawless, joined, parse, split_field
from spawning.http.request import Request

# A part of what RFC 9112, 3 allows and of what llhttp takes, without anything to think about.
_PLAIN_LINE = re.compile(
    rb"(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) (/[\w.~!$&'()*+,;=:@/?%-]*) HTTP/1\.1\r\n"
)
_NEVER = frozenset({"HTTP_TRANSFER_ENCODING", "HTTP_EXPECT", "HTTP_UPGRADE"})
LONGEST, MOST = 2048, 256
"""What is remembered: blocks of so many bytes, and so many of them."""
MOST_LINES = 1024
LEARNS_ONE_OF = 4
"""Of so many heads that are not known one is remembered: what repeats itself is soon known,
and what never comes again costs little."""


class HeadMemo:
    """The blocks of fields that a worker has parsed; any thread may use it."""

    def __init__(self, max_fields: int) -> None:
        self._max_fields = max_fields
        self._known: dict[bytes, tuple[dict[str, str], int, bool]] = {}
        """Fields, length of the body, and whether the connection may stay open."""
        self._lines: dict[str, tuple[str, str]] = {}
        self._strangers = 0
        """Blocks that were not known."""

    def parse(self, head: bytes) -> Request:
        """Return the request of a whole head, as `parser.parse` does; raises BadRequest."""
        line = _PLAIN_LINE.match(head)
        if line is None:
            return parse(head, self._max_fields)
        block = head[line.end() :]
        known = self._known.get(block)
        if known is None:
            self._strangers += 1
            learns = not self._strangers % LEARNS_ONE_OF
            headers = self._fields(block, learns) if is_flawless(head) else None
            if headers is None:
                return parse(head, self._max_fields)
            request = frame_request(line[1].decode(), line[2].decode(), True, headers)
            if learns:
                self._remember(block, request)
            return request
        request = Request(line[1].decode(), line[2].decode(), True, known[0].copy())
        request.content_length = known[1]
        request.keep_alive = known[2]
        return request

    def _fields(self, block: bytes, learns: bool) -> dict[str, str] | None:
        """Return the fields of a flawless head; None where the parser has to tell them.

        llhttp takes no line today that these lines would leave to it.
        """
        lines = block.decode("latin-1").split("\r\n")[:-2]
        if len(lines) > self._max_fields or block.count(b"\n") != len(lines) + 1:
            return None
        headers: dict[str, str] = {}
        known = self._lines
        if learns and len(known) >= MOST_LINES:
            known.clear()
        for line in lines:
            found = known.get(line)
            if found is None:
                if line[:1] in " \t" or "\r" in line:
                    return None
                found = split_field(line)
                if learns and len(line) <= LONGEST:
                    known[line] = found
            key, value = found
            if key in headers:
                value = joined(key, headers[key], value)
            if key:
                headers[key] = value
        return headers

    def _remember(self, block: bytes, request: Request) -> None:
        headers = request.headers
        if len(block) > LONGEST or not _NEVER.isdisjoint(headers):
            return
        if len(self._known) >= MOST:
            self._known.clear()
        # A copy, because the application is given the other one, and may change it.
        self._known[block] = headers.copy(), request.content_length, request.keep_alive
