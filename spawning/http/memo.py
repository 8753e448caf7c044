"""Heads that were parsed before: clients send the same request lines and fields again and again.

Rules:
1. What is remembered is told by its bytes, all of them: a request line, a whole block of fields
   (from the end of the request line to the blank line), or one line of such a block.  So the
   answer is what parsing them once more would have given; whose bytes they are makes no
   difference.
2. Of some blocks that are not known one is remembered, and its lines: those that differ once,
   differ always.
3. A head of plain lines only (see `plain`) needs no judge.  Any other is judged by llhttp, whole
   and each time, as long as its block is not known: without a call for each field it costs a
   tenth.  What llhttp does not take as it is goes to the parser, and so does all that is more
   than lines: a folded field, or one that is given twice.
4. Blocks that say more than what they say (a transfer coding, an expectation, an upgrade) are
   judged each time, and so are refused heads.
"""

from __future__ import annotations

from typing import Final

from spawning.http.framing import frame_request
from spawning.http.parser import MOST_NAMES, is_flawless, meta_variable_of, parse
from spawning.http.plain import DEPEND, is_plain_value, plain_beginning, plain_field
from spawning.http.request import Request

_NEVER = frozenset({"HTTP_TRANSFER_ENCODING", "HTTP_EXPECT", "HTTP_UPGRADE"})
LONGEST, MOST = 2048, 256
"""What is remembered: blocks and request lines of so many bytes, and so many of them."""
MOST_LINES = 1024
LEARNS_ONE_OF: Final = 16
"""Of so many heads that are not known one is remembered: what repeats itself is soon known,
and what never comes again costs little."""


class HeadMemo:
    """What a worker has parsed; any thread may use it."""

    def __init__(self, max_fields: int) -> None:
        self._max_fields = max_fields
        self._beginnings: dict[bytes, tuple[str, str, bytes]] = {}
        """Of request lines: method, target, and both as they came."""
        self._known: dict[bytes, tuple[dict[str, str], int, bool]] = {}
        """Of blocks, without their end: fields, length of the body, and whether the connection
        may stay open."""
        self._lines: dict[str, tuple[str, str]] = {}
        """Of plain lines: meta-variable and value."""
        self._names: dict[str, str] = {}
        """Of names whose fields are plain where their values are: meta-variables."""
        self._strangers = 0
        """Blocks that were not known."""

    def parse(self, head: bytes) -> Request:
        """Return the request of a whole head, as `parser.parse` does; raises BadRequest."""
        end = head.find(b"\r\n") + 2
        line = head[:end]
        beginning = self._beginnings.get(line) or self._begin(line)
        if beginning is None or end > len(head) - 4:  # no fields at all
            return parse(head, self._max_fields)
        method, target, started = beginning
        block = head[end:-4]
        known = self._known.get(block)
        if known is not None:
            request = Request(method, target, True, known[0].copy(), started)
            request.content_length = known[1]
            request.keep_alive = known[2]
            return request
        self._strangers += 1
        learns = not self._strangers % LEARNS_ONE_OF
        headers: dict[str, str] = {}
        if self._reads(block, headers, learns) and "HTTP_HOST" in headers:
            request = Request(method, target, True, headers, started)
        else:
            request = self._judged(head, method, target, headers)
        if learns:
            self._remember(block, request)
        return request

    def _begin(self, line: bytes) -> tuple[str, str, bytes] | None:
        plain = plain_beginning(line)
        if plain is None:
            return None
        beginning = *plain, line.rpartition(b" ")[0]
        if len(line) <= LONGEST:
            if len(self._beginnings) >= MOST:
                self._beginnings.clear()
            self._beginnings[line] = beginning
        return beginning

    def _reads(self, block: bytes, headers: dict[str, str], learns: bool) -> bool:
        """Fill in the fields of a block whose lines are plain; return whether all of them are.

        Leaves `headers` empty where the parser has to tell them.
        """
        lines = block.decode("latin-1").split("\r\n")
        if len(lines) > self._max_fields:
            return False
        is_plain = True
        known, names = self._lines, self._names
        for line in lines:
            found = known.get(line)
            if found is None:
                name, _, value = line.partition(": ")
                key = names.get(name, "")
                found = (key, value) if key and is_plain_value(value) else self._plain(line, name)
                if found is None:
                    is_plain, found = False, _split(line)
                elif learns:
                    self._learn(line, found)
            key, value = found
            if key in headers or not key:
                headers.clear()
                return False
            headers[key] = value
        return is_plain

    def _plain(self, line: str, name: str) -> tuple[str, str] | None:
        found = plain_field(line)
        if found is not None and found[0] not in DEPEND and len(self._names) < MOST_NAMES:
            self._names[name] = found[0]
        return found

    def _learn(self, line: str, field: tuple[str, str]) -> None:
        if len(line) <= LONGEST:
            if len(self._lines) >= MOST_LINES:
                self._lines.clear()
            self._lines[line] = field

    def _judged(self, head: bytes, method: str, target: str, headers: dict[str, str]) -> Request:
        """Return the request of a head that llhttp has to judge; raises BadRequest."""
        if headers and is_flawless(head):
            return frame_request(method, target, True, headers)
        return parse(head, self._max_fields)

    def _remember(self, block: bytes, request: Request) -> None:
        headers = request.headers
        if len(block) > LONGEST or not _NEVER.isdisjoint(headers):
            return
        if len(self._known) >= MOST:
            self._known.clear()
        # A copy, because the application is given the other one, and may change it.
        self._known[block] = headers.copy(), request.content_length, request.keep_alive


def _split(line: str) -> tuple[str, str]:
    """Return (meta-variable; value) of a line that llhttp will judge.

    The first is empty where the parser has to tell what it is: it must not have one, or this
    is no whole line.  llhttp takes no such line today but the folded one.
    """
    if line[:1] in " \t" or "\r" in line or "\n" in line:
        return "", ""
    name, _, value = line.partition(":")
    return meta_variable_of(name), value.strip(" \t")
