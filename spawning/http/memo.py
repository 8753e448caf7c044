"""Header fields that were parsed before: clients send the same ones again and again.

Rules:
1. What is remembered is a whole block of fields, from the end of the request line to the blank
   line, by its bytes.  A head is told by it only if all of them are the same, so the answer is
   what parsing it once more would have given; whose bytes they are makes no difference.
2. The request line is never remembered.  Only a line of the plainest form is read here; any
   other goes to the parser with its whole head.
3. Fields that say more than what they say (a transfer coding, an expectation, an upgrade) are
   parsed each time, and so are refused heads.
"""

from __future__ import annotations

import re

from spawning.http.parser import parse
from spawning.http.request import Request

# A part of what RFC 9112, 3 allows and of what llhttp takes, without anything to think about.
_PLAIN_LINE = re.compile(
    rb"(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) (/[\w.~!$&'()*+,;=:@/?%-]*) HTTP/1\.1\r\n"
)
_NEVER = frozenset({"HTTP_TRANSFER_ENCODING", "HTTP_EXPECT", "HTTP_UPGRADE"})
LONGEST, MOST = 2048, 256
"""What is remembered: blocks of so many bytes, and so many of them."""


class HeadMemo:
    """The blocks of fields that a worker has parsed; any thread may use it."""

    def __init__(self, max_fields: int) -> None:
        self._max_fields = max_fields
        self._known: dict[bytes, tuple[dict[str, str], int, bool]] = {}
        """Fields, length of the body, and whether the connection may stay open."""

    def parse(self, head: bytes) -> Request:
        """Return the request of a whole head, as `parser.parse` does; raises BadRequest."""
        line = _PLAIN_LINE.match(head)
        if line is None:
            return parse(head, self._max_fields)
        block = head[line.end() :]
        known = self._known.get(block)
        if known is None:
            request = parse(head, self._max_fields)
            self._remember(block, request)
            return request
        request = Request(line[1].decode(), line[2].decode(), True, known[0].copy())
        request.content_length = known[1]
        request.keep_alive = known[2]
        return request

    def _remember(self, block: bytes, request: Request) -> None:
        headers = request.headers
        if len(block) > LONGEST or not _NEVER.isdisjoint(headers):
            return
        if len(self._known) >= MOST:
            self._known.clear()
        # A copy, because the application is given the other one, and may change it.
        self._known[block] = headers.copy(), request.content_length, request.keep_alive
