"""How many answers leave together; pure.

To wake a client for its answer costs a worker up to 15 µs where both are on one machine, as a
proxy and a worker are.  Of answers that leave together only the first one does: a page of
Flask's that took 150 µs takes 138.

Rules:
1. It pays where requests come in crowds and take more than `WORTH` of the processor each; a
   client that is answered more often than that finds no time to sleep.
2. As many answers wait for each other as take no longer than `LONGEST_WAIT` together, as far as
   the last requests tell.
3. Where that turns out to be wrong, because a few requests take much longer than most, each
   answer leaves at once for a second, and for twice as long each time that it turns out so.
4. What few requests have told says nothing of the next ones, of which one may take seconds: a
   worker that is not busy has each answer leave at once.
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
"""Requests that tell how long the next ones take; in a second in which fewer are found, none
of them waits for another from then on."""
CROWD = 2
"""Requests that are found at a time where they come in crowds, on average."""


class Batching:
    """What was seen of a worker's requests."""

    def __init__(self) -> None:
        self.pays = False
        """Whether answers are to wait for others at all."""
        self.size = 1
        """How many answers may leave together."""
        self._found = self._times = 0
        """Requests since the last look, and how often some were found."""
        self._spent = 0.0
        self._in_this_second = 0
        self._misses = 0
        self._probation = Probation()

    def note(self, requests: int) -> bool:
        """So many were found at once; return whether it is time to `look`."""
        self._found += requests
        self._times += 1
        return self._found >= SAMPLE

    def look(self, spent: float, now: float) -> None:
        """So many seconds of the processor were spent since the worker began."""
        found, times = self._found, max(1, self._times)
        if found < SAMPLE:
            return  # another thread was faster
        each, at_a_time = (spent - self._spent) / found, found / times
        self._found, self._times, self._spent = 0, 0, spent
        self._in_this_second += found
        worth = each >= WORTH and at_a_time >= CROWD and self._probation.is_over(now)
        self._use(max(1, min(MOST, int(LONGEST_WAIT / each))) if worth else 1)

    def missed(self, now: float) -> None:
        """An answer has waited for others, and has waited too long."""
        self._misses += 1
        if self.pays and self._misses > MISSES:
            self._use(1)
            self._probation.failed(now)

    def tick(self) -> None:
        """A second has passed."""
        if not self._in_this_second:
            self._use(1)
        elif self.pays:
            self._probation.went_well()
        self._in_this_second = self._misses = 0

    def _use(self, size: int) -> None:
        self.size, self.pays = size, size > 1
