"""When a thread leaves requests to others, because they answer one after another; pure.

A thread that has something to do waits for Python's lock, and gets it after 5 ms in the middle
of another thread's request, which then waits for as long, or for as many times as long as
threads do that.  So of 16 clients of a hello world three always waited for 15 ms.

Rules:
1. It pays where more than one request is found waiting, many times a second.  Elsewhere a
   thread begins at once.
2. It pays as long as the processor is what the requests wait for: as long as the kernel stops
   this process's threads less often than they find a request, and what was left to others is
   taken.  Where requests that are being answered wait for something else, each thread begins at
   once again, for a second, and for twice as long each time that it turns out so.
3. Where Python has no such lock it never pays.
"""

from __future__ import annotations

import sys

from spawning.http.probation import Probation

CROWDS = 20
"""Times in a second at which more than one request waits, from which on it pays."""
SLACK = 20
"""How many more times in a second threads may be stopped than they find requests."""
MISSES = 3
"""How many times in a second nobody may have taken what was left: each costs 5 ms."""


def _has_lock() -> bool:
    return getattr(sys, "_is_gil_enabled", lambda: True)()


class Deference:
    """What was seen of a worker's threads; any of them may use it."""

    def __init__(self, has_lock: bool | None = None) -> None:
        self.pays = False
        """Whether a thread is to leave requests to others, as long as those take them."""
        self._has_lock = _has_lock() if has_lock is None else has_lock
        self._may = self._has_lock
        """Whether it may be tried in this second."""
        self.found = 0
        """Requests that threads have found, or other events."""
        self._crowds = 0
        """How often more than one request was found in this second."""
        self._waits = 0
        """How many more times than requests were found threads were stopped in this second."""
        self._misses = 0
        self._probation = Probation()

    def note(self, events: int) -> None:
        """A thread has found so many events at once."""
        self.found += events
        if events > 1:
            self._crowds += 1
            if self._crowds == CROWDS:
                self.pays = self._may

    def judge(self, found: int, stops: int, is_left: bool, now: float) -> None:
        """While requests were left to others, so many were found, and threads stopped so often.

        `is_left`: whether nobody took what was left.
        """
        self._waits += stops - found
        self._misses += is_left
        if self.pays and (self._waits > SLACK or self._misses > MISSES):
            self.pays = self._may = False
            self._probation.failed(now)

    def tick(self, now: float) -> None:
        """A second has passed."""
        if self.pays:
            self._probation.went_well()
        self._may = self._has_lock and self._probation.is_over(now)
        self.pays = self._may and self._crowds >= CROWDS
        self._crowds = self._waits = self._misses = 0
