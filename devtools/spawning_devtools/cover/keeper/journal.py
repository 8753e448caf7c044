"""What the keeper has heard, in memory that outlives it: the controller's.

Lines of JSON, messages as they came, less what was known already.  Rules:
1. A keeper that is killed at any moment loses nothing that was written: it appends, and a
   line that is not whole was not written.
2. Where much of it means nothing any more, it is written anew, behind the old one; then
   the head names the new one, in one write; then that is copied to the beginning.
3. Nothing stops where memory is short: the lines are lost with the keeper then, that is all.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Callable, Iterable

from spawning import log
from spawning.messages import Message, decode, encode

SLACK = 1 << 20
GROWN = 4
"""It is written anew when it has grown to so many times what it held, and SLACK bytes."""

_HEAD = struct.Struct("<8sQQ")
_SIGNATURE = b"coverage"
_TO_THE_END = 0


class Journal:
    """The lines in one file descriptor, whose offset is of no account."""

    def __init__(self, descriptor: int, slack: int = SLACK) -> None:
        self._descriptor = descriptor
        self._slack = slack
        self._begin = _HEAD.size
        self._end = 0
        self._held = 0
        """Bytes that it had when it was written anew."""
        self._is_well = True

    def replay(self, hear: Callable[[Message], object]) -> None:
        """Have everything heard once more that was written; then it may be appended to."""
        self._begin, size = self._head()
        whole = os.fstat(self._descriptor).st_size
        self._end = self._begin + size if size else max(whole, self._begin)
        text = os.pread(self._descriptor, self._end - self._begin, self._begin)
        lines = text.split(b"\n")
        self._end -= len(lines.pop())
        self._write_head(self._begin, self._end - self._begin)
        os.ftruncate(self._descriptor, self._end)
        self._write_head(self._begin)
        for line in lines:
            hear(decode(line))

    @property
    def has_grown(self) -> bool:
        """Whether it is time to write it anew."""
        return self._size > GROWN * self._held + self._slack

    @property
    def _size(self) -> int:
        return self._end - self._begin

    def append(self, message: Message) -> None:
        """Write one message."""
        self._attempt(lambda: self._append([message]))

    def rewrite(self, messages: Iterable[Message]) -> None:
        """Hold these messages, and nothing else."""
        self._attempt(lambda: self._rewrite(messages))

    # ------------------------------------------------------------

    def _append(self, messages: Iterable[Message]) -> None:
        for message in messages:
            self._write(encode(message), self._end)
            self._end += len(encode(message))

    def _rewrite(self, messages: Iterable[Message]) -> None:
        begin = self._end
        # With its size: what comes behind it is not part of it.
        self._write_head(self._begin, self._size)
        try:
            self._append(messages)
        except OSError:
            self._end, self._held = begin, self._size
            os.ftruncate(self._descriptor, begin)
            self._write_head(self._begin)
            raise
        self._write_head(begin)
        self._begin, self._held = begin, self._end - begin
        if _HEAD.size + self._held <= begin:
            self._move_down()

    def _move_down(self) -> None:
        text = os.pread(self._descriptor, self._held, self._begin)
        self._write(text, _HEAD.size)
        self._write_head(_HEAD.size, self._held)
        self._begin, self._end = _HEAD.size, _HEAD.size + self._held
        os.ftruncate(self._descriptor, self._end)
        self._write_head(self._begin)

    def _head(self) -> tuple[int, int]:
        """Return where the lines begin and how many bytes they are, 0 where up to the end."""
        data = os.pread(self._descriptor, _HEAD.size, 0)
        if len(data) < _HEAD.size:
            return _HEAD.size, _TO_THE_END
        _, begin, size = _HEAD.unpack(data)
        return begin, size

    def _write_head(self, begin: int, size: int = _TO_THE_END) -> None:
        self._write(_HEAD.pack(_SIGNATURE, begin, size), 0)

    def _write(self, data: bytes, at: int) -> None:
        while data:
            written = os.pwrite(self._descriptor, data, at)
            data, at = data[written:], at + written

    def _attempt(self, write: Callable[[], None]) -> None:
        try:
            write()
        except OSError as error:
            if self._is_well:
                log.say(f"lines that run are not written down any more: {error.strerror}")
            self._is_well = False
