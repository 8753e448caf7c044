"""What is to be analysed, in which order, and what has come of it; acts on nothing.

Rules:
1. What was asked last is analysed first; what nobody asked for, last.
2. A look at everything comes before all files, but only where somebody wants it, and once
   in INTERVAL.
3. A file at which an analysis died is left alone until its state on disk is another one.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from time import monotonic

from spawning_devtools.cover.disk import State, state_of
from spawning_devtools.cover.facts import FileFacts, Numbers

INTERVAL = 1.0
"""Seconds between two looks at the files."""


class Look:
    """Has to be had at everything."""


class Desk:
    """Every method may be called from any thread; `take` is for one."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._changed = threading.Condition()
        self._facts: dict[str, FileFacts] = {}
        self._waiting: OrderedDict[str, None] = OrderedDict()
        """The next one is at the end."""
        self._current = ""
        self._results: dict[str, Numbers] = {}
        self._states: dict[str, State] = {}
        """What a result is of."""
        self._deadly: dict[str, State] = {}
        self._named: frozenset[str] = frozenset()
        self._wants_look = False
        self._next_look = 0.0
        self.is_closed = False

    def ask(self, facts: FileFacts) -> None:
        """Have a file analysed before all others."""
        with self._changed:
            self._facts[facts.path] = facts
            self._waiting[facts.path] = None
            self._waiting.move_to_end(facts.path)
            self._changed.notify_all()

    def ask_for_look(self) -> None:
        """Have it looked at everything."""
        with self._changed:
            if not self._wants_look:
                self._wants_look = True
                self._changed.notify_all()

    def ask_again(self) -> None:
        """Have everything analysed again: nothing that was said counts any more."""
        with self._changed:
            self._put_last(self._facts)

    def take(self) -> FileFacts | Look | None:
        """Return what is to be done next, and wait for it; None where nothing is any more."""
        with self._changed:
            self._current = ""
            while not self.is_closed:
                until_look = self._next_look - self._clock()
                if self._wants_look and until_look <= 0:
                    self._wants_look = False
                    self._next_look = self._clock() + INTERVAL
                    return Look()
                if self._waiting:
                    path, _ = self._waiting.popitem()
                    self._current = path
                    return self._facts[path]
                self._changed.wait(until_look if self._wants_look else None)
            return None

    def put_back(self, job: FileFacts | Look) -> None:
        """It could not be done: it is still to be."""
        if isinstance(job, Look):
            self.ask_for_look()
        else:
            with self._changed:
                self._waiting[job.path] = None

    def rest(self, seconds: float) -> None:
        """Wait, unless it is over."""
        with self._changed:
            self._changed.wait_for(lambda: self.is_closed, seconds)

    def is_deadly(self, path: str) -> bool:
        """Return whether to leave a file alone."""
        return path in self._deadly and self._deadly[path] == state_of(path)

    def died(self, path: str, state: State) -> None:
        """Leave a file alone as long as it is in this state."""
        with self._changed:
            self._deadly[path] = state
            self._waiting.pop(path, None)

    def leave(self) -> None:
        """What was taken is not to be done."""
        with self._changed:
            self._current = ""

    def done(self, numbers: Numbers, state: State) -> None:
        """Take a result, and the state of the file from before it was read."""
        with self._changed:
            if numbers.path in self._facts:  # or it was dropped meanwhile
                self._results[numbers.path] = numbers
                self._states[numbers.path] = state
            self._current = ""

    def looked(self, named: Iterable[str]) -> list[str]:
        """Take the files that `source` names; return those of which nothing is known any more."""
        with self._changed:
            never_ran = {path for path in named if not self._has_run(path)}
            gone = [path for path in self._named - never_ran if not self._has_run(path)]
            for path in gone:
                self._facts.pop(path, None)
                self._results.pop(path, None)
                self._states.pop(path, None)
                self._waiting.pop(path, None)
            new = never_ran - self._facts.keys()
            self._facts.update((path, FileFacts(path)) for path in new)
            self._named = frozenset(never_ran)
            self._put_last(sorted(new))
            return gone

    def see_disk(self) -> None:
        """Have those analysed again that are in another state than they were."""
        known = list(self._states.items())
        changed = [path for path, state in known if state_of(path) != state]
        with self._changed:
            for path in changed:
                if path in self._facts and path != self._current:
                    self._waiting[path] = None

    def result(self, path: str) -> Numbers | None:
        """Return the newest result."""
        return self._results.get(path)

    def is_pending(self, path: str) -> bool:
        """Return whether there will be a newer result."""
        return path in self._waiting or path == self._current

    @property
    def never_ran(self) -> frozenset[str]:
        """The files that `source` names, and of which nothing ran."""
        return frozenset(path for path in self._named if not self._has_run(path))

    def close(self) -> None:
        """Nothing is to be done any more."""
        with self._changed:
            self.is_closed = True
            self._changed.notify_all()

    def _has_run(self, path: str) -> bool:
        facts = self._facts.get(path)
        return facts is not None and bool(facts.versions)

    def _put_last(self, paths: Iterable[str]) -> None:
        for path in paths:
            if path not in self._waiting:
                self._waiting[path] = None
                self._waiting.move_to_end(path, last=False)
        self._changed.notify_all()
