"""What to do about messages and file events; changes nothing but its own state.

The loop in `__main__` calls `hear`, `see`, `decide` and, when nothing else is to
do, `work`; it carries out the actions that `decide` returns.

Rules:
1. A directory is watched before its files are read, so no save falls between.
2. A save between a worker's import and the first look at the file is told by its
   modification time: later than the beginning of its generation means changed.
   Once for each path and time, so that a clock that is ahead reloads once.
3. What is known of a file is what was last acted upon (see `fingerprints`).
4. Reading and parsing wait for idle moments, and are finished at the latest when
   a cause has to be told.
5. When events were lost, everything known is looked at, and every directory is
   watched anew.
6. What no event tells of is looked at from time to time (see `polling`).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from spawning.messages import Abandoned, Begun, Graph, Message, Reload, Serving
from spawning_devtools.reload import cause, graph
from spawning_devtools.reload.changes import (
    OPEN_LONGEST,
    QUIET,
    Batch,
    FolderTouch,
    Overflow,
    State,
    Touch,
    look,
    unfinished,
)
from spawning_devtools.reload.fingerprints import UNKNOWN, Change, Fingerprints, read
from spawning_devtools.reload.imports import Imports
from spawning_devtools.reload.interest import Interest, interest
from spawning_devtools.reload.loops import Guard
from spawning_devtools.reload.polling import Polling
from spawning_devtools.reload.reports import Reports
from spawning_devtools.reload.writers import has_writer

SWEEP_PAUSE = 1.0
"""Seconds between two sweeps while events keep being lost."""


@dataclass(frozen=True, slots=True)
class Watch:
    """Watch these directories and no others; `lost` went or were replaced."""

    directories: tuple[str, ...]
    lost: frozenset[str]


@dataclass(frozen=True, slots=True)
class Say:
    """Tell the user, in one line."""

    text: str


Action = Reload | Watch | Say


@dataclass(slots=True)
class Conductor:
    """Everything that is known about the code that runs."""

    project: str
    """Absolute path of the directory in which the server was started."""
    watched_files: tuple[str, ...]
    """Absolute paths of the files named by `--watch`."""
    _reports: Reports = field(default_factory=Reports)
    _interest: Interest = field(default_factory=Interest)
    _prints: Fingerprints = field(default_factory=Fingerprints)
    _imports: Imports = field(default_factory=Imports)
    _graph: graph.ModuleGraph | None = None
    _unread: dict[str, float] = field(default_factory=dict)
    """Files to be read, with the beginning of the generation that loaded them."""
    _unparsed: dict[str, None] = field(default_factory=dict)
    _missed: set[tuple[str, int]] = field(default_factory=set)
    """Paths and modification times that rule 2 has taken for changes."""
    _batch: Batch = field(default_factory=Batch)
    _guard: Guard = field(default_factory=Guard)
    _starting: bool = False
    _has_served: bool = False
    _told: bool = False
    _must_watch: bool = False
    _lost: set[str] = field(default_factory=set)
    _moved: set[str] = field(default_factory=set)
    """Files that a link leads to by another way than before, not looked at since."""
    _overflown: bool = False
    _swept: float = 0.0
    _polling: Polling = field(default_factory=Polling)

    # ------------------------------------------------------------ what comes in

    def start(self, wall: float) -> None:
        """Begin with the files that the user named; `wall` is when the server started."""
        self._look_around(wall)

    def hear(self, message: Message, wall: float) -> None:
        """Take a message of the controller; `wall` is the time of day."""
        match message:
            case Begun():
                self._starting = True
                self._reports.begin(message.generation, message.wall)
            case Serving():
                self._starting, self._has_served = False, True
                self._reports.serve(message.generation)
                self._look_around(wall)
            case Abandoned():
                self._starting = False
            case Graph() if self._reports.add(message, wall):
                self._look_around(self._reports.wall(message.generation))

    def see(self, touches: Iterable[Touch | FolderTouch | Overflow]) -> None:
        """Take what happened to files and folders."""
        found: list[Touch] = []
        for touch in touches:
            match touch:
                case Overflow():
                    self._lost.update(self._interest.directories)
                    self._overflown = self._must_watch = True
                    continue
                case Touch(state, path, moment):
                    known = self._interest.known_as(path)
                case FolderTouch(path, moment):
                    state, known = State.UNSURE, tuple(self._interest.inside(path))
                    if known:
                        self._lost.add(path)
                        self._must_watch = True
            found += [Touch(state, name, moment) for name in known]
        self._batch = self._batch.with_touches(found)
        self._guard.see([touch.path for touch in found], self._starting)

    def poll(self, directories: Iterable[str], now: float) -> None:
        """Look at what is in `directories` from time to time."""
        self._polling.watch(directories, now)

    def _look_around(self, wall: float) -> None:
        """Find out anew which files matter; `wall` is when those new to us were loaded."""
        before = self._interest
        self._interest = interest(list(self._reports), self.watched_files, self.project)
        self._must_watch |= self._interest.directories != before.directories
        for path in sorted(self._interest.files - before.files):
            self._unread[path] = wall
        self._moved |= self._interest.moved_since(before)
        for path in sorted(self._interest.sources):
            if not self._imports.is_current(path, self._prints.digest(path)):
                self._unparsed[path] = None
        self._graph = None

    # ------------------------------------------------------------ what goes out

    @property
    def waits(self) -> bool:
        """Whether changes are waiting to be acted upon."""
        return bool(self._batch.touched)

    def unfinished(self, now: float) -> list[str]:
        """Return the modules of which it is time to ask whether they are still being written."""
        return self._modules(unfinished(self._batch, now))

    def _modules(self, paths: Iterable[str]) -> list[str]:
        """Return those of `paths` that are modules and are written by this machine only."""
        modules = self._interest.sources.union(self._interest.candidates)
        return [path for path in modules.intersection(paths) if path not in self._polling]

    def decide(self, now: float, git_is_busy: bool) -> tuple[list[Action], float | None]:
        """Return what to do now, and when to ask again if nothing comes before."""
        if self._must_watch:
            lost, self._lost, self._must_watch = frozenset(self._lost), set(), False
            return [Watch(self._interest.directories, lost)], now
        if self._has_served and not self._told and not self._unread:
            self._told = True
            files = self._interest.files.difference(self._interest.candidates)
            return [Say(cause.watching(files, self._interest.sources))], now
        again = _earlier(self._sweep(now), self._look_again(now))
        self._batch, at = look(self._batch, now, git_is_busy)
        if at is None:
            return [], again
        if at > now:
            return [], _earlier(at, again)
        if self._guard.keeps_back(self._batch.touched, now):
            self._batch = Batch()
            return [], _earlier(self._guard.resume(now)[1], again)
        if now < self._batch.first + OPEN_LONGEST:
            # Saved once more, just now, and the event not read yet: what is there is half.
            open_ones = filter(has_writer, self._modules(self._batch.touched))
            if touches := [Touch(State.OPEN, path, now) for path in open_ones]:
                self._batch = self._batch.with_touches(touches)
                return [], now + QUIET
        return self._act(now), again

    def _act(self, now: float) -> list[Action]:
        for path in self._batch.touched:
            if path not in self._prints:
                # An event, and nothing to compare with: changed.
                self._unread.pop(path, None)
                self._was_missing(path)
                if path in self._interest.sources:
                    self._prints.keep(path, UNKNOWN)
        while self.work(now):
            pass
        batch, self._batch = self._batch, Batch()
        changes = self._prints.changes(dict.fromkeys([*self._guard.release(), *batch.touched]))
        if not changes and self._interest.linked.intersection(batch.touched):
            # A link may lead elsewhere now, to the same bytes; no Graph will come of it.
            self._look_around(math.inf)
        return self._reload(changes, batch.first, now) if changes else []

    def _reload(self, changes: Sequence[Change], since: float, now: float) -> list[Action]:
        files = [change.path for change in changes]
        told = cause.describe(changes, self._known_graph().chain, self.watched_files, self.project)
        actions: list[Action] = [Reload(told, since)]
        if self._guard.reloads(files, now):
            actions.append(Say(cause.paused(self._guard.files, self.project)))
        return actions

    def _sweep(self, now: float) -> float | None:
        """Look at all that is known if events were lost; return when to do it if not now."""
        if not self._overflown:
            return None
        if now < self._swept + SWEEP_PAUSE:
            return self._swept + SWEEP_PAUSE
        self._overflown, self._swept = False, now
        suspects = self._interest.files.intersection(self._prints.sweep())
        new = sorted(suspects.difference(self._batch.touched))
        self._batch = self._batch.with_touches(Touch(State.UNSURE, path, now) for path in new)
        return None

    def _look_again(self, now: float) -> float | None:
        """Look at what no event tells of, and what was paused; return when to do it next."""
        resumed, again = self._guard.resume(now)
        changed = self._polling.look(self._interest, self._prints, now)
        changed += [Touch(State.UNSURE, path, now) for path in sorted(self._moved)]
        self._moved = set()
        self._guard.see([touch.path for touch in changed], self._starting)
        self._batch = self._batch.with_touches([*resumed, *changed])
        return _earlier(again, self._polling.due)

    # ------------------------------------------------------------ what can wait

    def work(self, now: float) -> bool:
        """Do one small piece of what can wait; return whether there was any."""
        if self._unread:
            path = next(iter(self._unread))
            self._read(path, self._unread.pop(path), now)
        elif self._unparsed:
            path, _ = self._unparsed.popitem()
            self._parse(path)
        elif self._graph is None:
            self._known_graph()
        else:
            return False
        return True

    def _read(self, path: str, wall: float, now: float) -> None:
        if path in self._batch.touched and path not in self._prints:
            return  # What is there now is not what was loaded: see `_act`.
        found = read(path)
        digest = found[0].digest if found else None
        if path in self._prints and self._prints.digest(path) == digest:
            return
        if found and self._is_missed(path, found[0].status[0], wall):
            self._batch = self._batch.with_touches([Touch(State.UNSURE, path, now)])
            self._was_missing(path)
        else:
            self._prints.keep(path, found[0] if found else None)

    def _was_missing(self, path: str) -> None:
        """Know of a file that was looked for in vain, and is there now, that it appeared."""
        if path in self._interest.candidates:
            self._prints.keep(path, None)

    def _is_missed(self, path: str, mtime_ns: int, wall: float) -> bool:
        if mtime_ns <= wall * 1e9 or (path, mtime_ns) in self._missed:
            return False
        self._missed.add((path, mtime_ns))
        return True

    def _parse(self, path: str) -> None:
        found = read(path)
        if found and self._imports.parse(path, found[0].digest, found[1]):
            self._graph = None

    def _known_graph(self) -> graph.ModuleGraph:
        if self._graph is None:
            asked, wanted = self._imports.asked, self._interest.candidates
            self._graph = graph.build(self._reports, asked, wanted)
        return self._graph


def _earlier(one: float | None, other: float | None) -> float | None:
    return min((moment for moment in (one, other) if moment is not None), default=None)
