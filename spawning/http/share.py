"""A worker's share of the connections: who has more than others lets them go first.

Of a crowd of clients that come at once the first worker that has the processor would
take all, and keep them for as long as they are kept alive.  Rules:
1. Who is woken for a connection takes it, however many it has: nobody else was woken.
2. Who is ahead of the worker with the fewest then stays away from the listening sockets
   for `PAUSE`.  The others were woken for what still waits there, or will find it.
3. If meanwhile no other has taken any, they have no time, and it takes what is there.
4. Everybody writes their own two words, their generation and how many they have, and
   reads all.  A word may be old: the worst that comes of it is one more pause.
"""

from __future__ import annotations

PAUSE = 0.001
"""Seconds; the others are awake within a tenth of it where there are processors for them."""
TOLERATED = 8
"""A worker is ahead by more than one connection, and by more than one in so many."""


class Share:
    """The words of all workers, and which are one's own."""

    def __init__(
        self, words: memoryview, row: int, rows: int, generation: int, pause: float = PAUSE
    ) -> None:
        self.pause = pause
        self._generations = words[0 : 2 * rows : 2]
        self._counts = words[1 : 2 * rows : 2]
        self._row = row
        self._generation = generation

    def tell(self, count: int) -> None:
        """Say that this worker takes connections, and how many it has."""
        self._counts[self._row] = count
        self._generations[self._row] = self._generation

    def withdraw(self) -> None:
        """Say that this worker takes none any more."""
        self._generations[self._row] = 0

    def is_ahead(self) -> bool:
        """Return whether others of this generation should go first."""
        others = self._others()
        mine = self._counts[self._row]
        return bool(others) and mine > min(others) + max(1, mine // TOLERATED)

    def of_others(self) -> int:
        """Return how many connections the others of this generation have."""
        return sum(self._others())

    def _others(self) -> list[int]:
        pairs = zip(self._generations.tolist(), self._counts.tolist(), strict=True)
        mine = self._row
        return [n for row, (of, n) in enumerate(pairs) if of == self._generation and row != mine]
