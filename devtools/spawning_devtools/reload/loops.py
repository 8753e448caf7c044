"""An application that writes what is watched must not reload for ever.

A program that writes one of its own modules whenever it starts causes a reload by
each reload.  It is recognised by the same files changing again and again while
the generation that they caused is still starting.  A person whose editor saves
at every pause looks the same, so nothing is ignored: the next reload for those
files comes later and later, a change to any other file at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

TOLERATED = 5
LONGEST_PAUSE = 60.0


@dataclass(frozen=True, slots=True)
class Loop:
    """How often in a row the same files caused a reload while a generation started."""

    files: frozenset[str] = frozenset()
    times: int = 0
    until: float = 0.0

    @property
    def is_new(self) -> bool:
        """Whether it has just been recognised."""
        return self.times == TOLERATED

    def after_reload(self, files: Iterable[str], starting: bool, now: float) -> Loop:
        """Return what is known after `files` caused a reload at `now`.

        `starting`: the generation before was still being started when they changed.
        """
        changed = frozenset(files)
        if not (starting and changed <= self.files):
            return Loop(changed)
        times = self.times + 1
        pause = min(2.0 ** (times - TOLERATED), LONGEST_PAUSE) if times >= TOLERATED else 0.0
        return Loop(self.files, times, now + pause)

    def earliest(self, files: Iterable[str]) -> float:
        """Return the moment before which `files` may not cause a reload."""
        return self.until if self.files.issuperset(files) else 0.0
