"""Whether what turned out badly may be tried again; pure."""

from __future__ import annotations

SHORTEST, LONGEST = 1.0, 64.0
"""Seconds until it is tried again: twice as long each time, until it went well."""


class Probation:
    """Of one way to work that does not pay everywhere."""

    def __init__(self) -> None:
        self._again = 0.0
        self._pause = SHORTEST

    def failed(self, now: float) -> None:
        """It turned out badly."""
        self._again = now + self._pause
        self._pause = min(2 * self._pause, LONGEST)

    def went_well(self) -> None:
        """It was good for a whole second."""
        self._pause = SHORTEST

    def is_over(self, now: float) -> bool:
        """Return whether it may be tried."""
        return now >= self._again
