"""A slot of the scoreboard: how one thread or greenlet writes what it is doing.

Every request passes here, so this may be compiled (see `docs/decisions/0038`), and nothing of
it asks for more than the slot's own memory.
"""

from __future__ import annotations

import bisect
import math
import struct
from typing import Final

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, math.inf)
"""Upper bounds of the histogram of durations, in seconds."""
CLASSES: Final = 10
"""Responses by the first digit of their status; 0: cut before there was one."""

SECONDS: Final = 0
BYTES: Final = 1
BY_CLASS: Final = 2
BY_BUCKET: Final = BY_CLASS + CLASSES
SINCE: Final = BY_BUCKET + len(BUCKETS)
NUMBERS: Final = SINCE + 1
LINE: Final = 8 * (40 - NUMBERS)
SLOT: Final = 8 * NUMBERS + LINE
"""Bytes of a slot: its numbers, then the beginning of the request line."""

_BEGUN: Final = 8 * SINCE
_put_begun: Final = struct.Struct(f"@d{LINE}s").pack_into
"""Writes when a request began, and its line, which stand side by side."""


class RowSlot:
    """A slot of a row that counts responses only: every request passes here."""

    __slots__ = ("_memory", "_numbers")
    measures = False

    def __init__(self, memory: memoryview) -> None:
        self._numbers = memory[: 8 * NUMBERS].cast("d")
        self._memory = memory

    @property
    def since(self) -> float:
        return self._numbers[SINCE]

    def begin(self, line: bytes, since: float) -> None:
        """A request is being answered."""
        _put_begun(self._memory, _BEGUN, since, line)

    def end(self, code: int, sent: int, seconds: float) -> None:
        """It is answered, or was cut (code 0)."""
        numbers = self._numbers
        numbers[SINCE] = 0.0
        numbers[BY_CLASS + code // 100] += 1.0


class MeteredSlot(RowSlot):
    """A slot that also measures, for a server whose status page is asked for."""

    __slots__ = ()
    measures = True

    def end(self, code: int, sent: int, seconds: float) -> None:
        """It is answered, or was cut (code 0)."""
        numbers = self._numbers
        numbers[SINCE] = 0.0
        numbers[BY_CLASS + code // 100] += 1.0
        numbers[SECONDS] += seconds
        numbers[BYTES] += sent
        numbers[BY_BUCKET + bisect.bisect_left(BUCKETS, seconds)] += 1.0
