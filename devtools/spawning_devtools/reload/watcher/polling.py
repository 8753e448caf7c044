"""Looking at files from time to time, where no event tells of a change.

Rules:
1. Only their status is asked for, only that of the files that matter.
2. Looking takes at most a twentieth of the time, however slow the file system is.
3. A file whose status is different is looked at again soon, and touched anew as long
   as it goes on changing: nobody says that its writer is done.  An empty one gets the
   patience of one that is being written, for most writers truncate it first.
"""

from __future__ import annotations

import os
import time
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from spawning_devtools.reload.graph.interest import Interest
from spawning_devtools.reload.watcher.changes import SETTLE, State, Touch
from spawning_devtools.reload.watcher.fingerprints import Fingerprints, Status, status_of

SHORTEST = 0.5
LONGEST = 10.0
_SHARE = 20


@dataclass(slots=True)
class Polling:
    """The files that are looked at, and when."""

    _directories: frozenset[str] = frozenset()
    _seen: dict[str, Status | None] = field(default_factory=dict)
    """What was last seen of the files that are not as they are known to be."""
    due: float | None = None
    """When to look next, on the clock of `time.monotonic()`; None: there is nothing to look at."""

    def __contains__(self, path: str) -> bool:
        return os.path.dirname(path) in self._directories

    def watch(self, directories: Iterable[str], now: float) -> None:
        """Look at what is in exactly these directories."""
        self._directories = frozenset(directories)
        self.due = (now if self.due is None else self.due) if self._directories else None

    def look(self, interest: Interest, prints: Fingerprints, now: float) -> list[Touch]:
        """Return the files that have changed since the last look, if it is time."""
        if self.due is None or now < self.due:
            return []
        begun = time.perf_counter()
        statuses = {path: status_of(path) for path in within(interest, self._directories)}
        took = time.perf_counter() - begun
        differing = {
            path: status
            for path, status in statuses.items()
            if path in prints and status != prints.status(path)
        }
        touches = [
            Touch(_state(status), path, now)
            for path, status in differing.items()
            if path not in self._seen or self._seen[path] != status
        ]
        self._seen = differing
        self.due = now + (SETTLE / 2 if touches else min(max(SHORTEST, took * _SHARE), LONGEST))
        return touches


def _state(status: Status | None) -> State:
    return State.BEING_WRITTEN if status and not status[1] else State.UNSURE


def within(interest: Interest, directories: Collection[str]) -> list[str]:
    """Return the files that are in one of `directories`, or reached through it."""
    own = [path for path in interest.files if os.path.dirname(path) in directories]
    linked = [
        path
        for place, known in interest.aliases.items()
        if os.path.dirname(place) in directories
        for path in known
    ]
    return list(dict.fromkeys([*own, *linked]))
