"""How many answers leave together; pure.

To wake a client for its answer costs a worker up to 15 µs where both are on one machine, as a
proxy and a worker are.  Of answers that leave together only the first one does: a page of
Flask's that took 150 µs takes 138.

Rules:
1. It pays where a request takes more than `WORTH` of the processor; a client that is answered
   more often than that finds no time to sleep.
2. As many answers wait for each other as take no longer than `LONGEST_WAIT` together, as far as
   the last requests tell.
3. Where that turns out to be wrong, because a few requests take much longer than most, each
   answer leaves at once for a second, and for twice as long each time that it turns out so.
"""

from __future__ import annotations

from spawning.http.probation import Probation

MOST = 16
"""Answers that leave together."""
WORTH = 30e-6
"""Seconds of a request from which on it pays: where it takes 26 µs it is all the same."""
LONGEST_WAIT = 0.004
"""Seconds for which an answer is to wait for others."""
MISSES = 3
"""How many times in a second an answer may have waited too long."""
SAMPLE = 64
"""Requests that tell how long the next ones take."""


class Batching:
    """What was seen of a worker's requests."""

    def __init__(self) -> None:
        self.pays = False
        """Whether answers are to wait for others at all."""
        self.size = 1
        """How many answers may leave together."""
        self.found = 0
        """Requests that were found; the runner counts."""
        self.due = SAMPLE
        """How many are to be found until the next look."""
        self._spent = 0.0
        self._misses = 0
        self._probation = Probation()

    def look(self, spent: float, now: float) -> None:
        """So many seconds of the processor were spent since the worker began."""
        each = (spent - self._spent) / (SAMPLE + self.found - self.due)
        self._spent, self.due = spent, self.found + SAMPLE
        worth = each >= WORTH and self._probation.is_over(now)
        self.size = max(1, min(MOST, int(LONGEST_WAIT / each))) if worth else 1
        self.pays = self.size > 1

    def missed(self, now: float) -> None:
        """An answer has waited for others, and has waited too long."""
        self._misses += 1
        if self.pays and self._misses > MISSES:
            self.pays, self.size = False, 1
            self._probation.failed(now)

    def tick(self) -> None:
        """A second has passed."""
        if self.pays:
            self._probation.went_well()
        self._misses = 0
