"""How often and how long: counted compactly, merged, and looked up exactly.

Durations stay in arrays of eight bytes each, which are sorted in pieces; a
percentile is found in several sorted pieces without merging them.
"""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

PIECE = 1 << 20
"""Durations that are sorted at once; as Python objects they take four times their room."""


class Tally:
    """The requests of one group."""

    __slots__ = ("add", "durations", "size", "untimed")

    def __init__(self) -> None:
        self.durations = array("d")
        self.add = self.durations.append
        self.size = 0
        """Bytes."""
        self.untimed = 0
        """Requests of which the log does not say how long they took."""

    def total(self) -> Total:
        """Return what was counted, sorted."""
        durations = self.durations
        pieces = [
            array("d", sorted(durations[start : start + PIECE]))
            for start in range(0, len(durations), PIECE)
        ]
        return Total(pieces, self.size, self.untimed)


class Total:
    """The requests of one group, ready to be asked."""

    def __init__(self, pieces: list[array[float]], size: int, untimed: int) -> None:
        self._pieces = pieces
        self.size = size
        self._untimed = untimed
        self.timed = sum(map(len, pieces))

    @property
    def count(self) -> int:
        """The number of requests."""
        return self.timed + self._untimed

    @property
    def seconds(self) -> float:
        """The time that they took together."""
        return math.fsum(map(math.fsum, self._pieces))

    def add(self, other: Total) -> None:
        """Count what another process has counted."""
        self._pieces += other._pieces
        self.size += other.size
        self._untimed += other._untimed
        self.timed += other.timed

    def percentile(self, percent: float) -> float | None:
        """Return the duration that `percent` of the requests did not exceed, by nearest rank.

        One that was really measured; None where no duration is known.
        """
        if not self.timed:
            return None
        rank = max(1, math.ceil(percent / 100 * self.timed))
        return nth(self._pieces, rank - 1)


def nth(pieces: Sequence[Sequence[float]], n: int) -> float:
    """Return the value at index `n` of what `pieces`, each of them sorted, hold together."""
    low = [0] * len(pieces)
    high = [len(piece) for piece in pieces]
    while True:
        widest = max(range(len(pieces)), key=lambda number: high[number] - low[number])
        pivot = pieces[widest][(low[widest] + high[widest]) // 2]
        below = [bisect_left(p, pivot, *ends) for p, *ends in zip(pieces, low, high, strict=True)]
        upto = [bisect_right(p, pivot, *ends) for p, *ends in zip(pieces, low, high, strict=True)]
        if n < sum(below):
            high = below
        elif n >= sum(upto):
            low = upto
        else:
            return pivot
