"""An application that writes what is watched must not reload for ever.

A program that writes one of its own modules whenever it starts causes a reload by
each reload.

Rules:
1. It is recognised by the same files changing again and again while the generation
   that they caused is still starting.
2. From then on such changes of these files are paused, each time for longer.
3. A change of these files while nothing starts is a person's, and is acted upon at
   once; so is a change of any other file, and what was paused with it.
4. A person, or a script, that saves faster than the application starts looks like a
   loop.  So the first pauses are short, and nothing is ever ignored.

What happens soon after a start is not counted, though it may come of the first
request: a script that saves whenever it sees the reload done looks exactly so.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace

from spawning_devtools.reload.watcher.changes import State, Touch

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
        if not changed <= self.files:
            return Loop(changed)
        if not starting:
            # Once recognised it stays so, until other files change.
            return self._at(self.times, now) if self.times >= TOLERATED else Loop(changed)
        return self._at(self.times + 1, now)

    def _at(self, times: int, now: float) -> Loop:
        pause = min(2.0 ** (times - TOLERATED), LONGEST_PAUSE) if times >= TOLERATED else 0.0
        return Loop(self.files, times, now + pause if pause else 0.0)

    def after_touch(self, files: Iterable[str], starting: bool) -> Loop:
        """Return what is known after something happened to `files`."""
        if self.until and not starting and not self.files.isdisjoint(files):
            return replace(self, until=0.0)
        return self

    def earliest(self, files: Collection[str]) -> float:
        """Return the moment before which `files` may not cause a reload.

        Something happened to a listed folder whenever it did to a file in it.
        """
        own = self.files.intersection(files)
        beside = {os.path.dirname(file) + os.sep for file in own}
        return self.until if own.issuperset(frozenset(files) - beside) else 0.0


@dataclass(slots=True)
class Guard:
    """Keeps back what a loop does to its files."""

    _loop: Loop = field(default_factory=Loop)
    _paused: dict[str, None] = field(default_factory=dict)
    _by_a_person: bool = False
    """Whether something was touched while nothing started, so not by a start."""

    @property
    def files(self) -> list[str]:
        """The files that were changed together in the last reload."""
        return sorted(self._loop.files)

    def see(self, files: Iterable[str], starting: bool) -> None:
        """Take note that something happened to `files`."""
        files = frozenset(files)
        self._by_a_person |= bool(files) and not starting
        self._loop = self._loop.after_touch(files, starting)

    def keeps_back(self, files: Iterable[str], now: float) -> bool:
        """Return whether `files` may not cause a reload yet; then `resume` tells when."""
        files = tuple(files)
        if self._loop.earliest(files) <= now:
            return False
        self._paused |= dict.fromkeys(files)
        return True

    def resume(self, now: float) -> tuple[list[Touch], float | None]:
        """Return what is to be acted upon now that its time has come, and when to ask again."""
        if not self._paused:
            return [], None
        if self._loop.until > now:
            return [], self._loop.until
        return [Touch(State.UNSURE, path, now) for path in self.release()], None

    def release(self) -> list[str]:
        """Return the files that were kept back, to be looked at with others."""
        paused, self._paused = list(self._paused), {}
        return paused

    def reloads(self, files: Iterable[str], now: float) -> bool:
        """Take note that `files` cause a reload; return whether they are found to be a loop."""
        starting, self._by_a_person = not self._by_a_person, False
        self._loop = self._loop.after_reload(files, starting, now)
        return self._loop.is_new
