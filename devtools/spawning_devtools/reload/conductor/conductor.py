"""What to do about messages and file events; changes nothing but its own state.

The loop in `process` calls `hear`, `see`, `decide` and, when nothing else is to
do, `work`; it carries out the actions that `decide` returns.

Rules:
1. A directory is watched before its files are read, so no save falls between.
2. Reading and parsing wait for idle moments (see `knowledge`), and are finished at
   the latest when a cause has to be told.
3. Files that each request reads afresh refresh the pages; all others reload.
4. When events were lost, everything known is looked at, and every directory is
   watched anew.
5. What no event tells of is looked at from time to time (see `polling`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from spawning.messages import (
    Abandoned,
    Begun,
    Graph,
    Message,
    Prospect,
    Refresh,
    Reload,
    Serving,
    Snapshots,
)
from spawning_devtools.reload.conductor import cause
from spawning_devtools.reload.conductor.actions import Action, Say, Watch
from spawning_devtools.reload.conductor.knowledge import Knowledge
from spawning_devtools.reload.conductor.prospects import Prospects
from spawning_devtools.reload.watcher.changes import (
    OPEN_LONGEST,
    Batch,
    FolderTouch,
    Overflow,
    State,
    Touch,
    earliest,
    has_folder,
    look,
    unfinished,
)
from spawning_devtools.reload.watcher.fingerprints import Change, paths_of
from spawning_devtools.reload.watcher.loops import Guard
from spawning_devtools.reload.watcher.polling import Polling
from spawning_devtools.reload.watcher.writers import has_writer

SOON = 0.005
SWEEP_PAUSE = 1.0
"""Seconds between two sweeps while events keep being lost."""
LOOK_PAUSE = 0.25
"""Seconds between two looks around while each request opens something new."""


@dataclass(slots=True)
class Conductor:
    """What is waited for, and what was decided."""

    project: str
    """Absolute path of the directory in which the server was started."""
    watched_files: tuple[str, ...]
    """Absolute paths of the files named by `--watch`."""
    news: Callable[[], Iterable[Touch | FolderTouch | Overflow]] = tuple
    """Gives the events that have arrived and were not seen yet."""
    knowledge: Knowledge = field(init=False)
    _batch: Batch = field(default_factory=Batch)
    _guard: Guard = field(default_factory=Guard)
    _polling: Polling = field(default_factory=Polling)
    _prospects: Prospects = field(default_factory=Prospects)
    _starting: bool = False
    _has_served: bool = False
    _told: bool = False
    _must_watch: bool = False
    _lost: set[str] = field(default_factory=set)
    _late: float | None = None
    """When the generation was begun whose requests have loaded more; None: nothing more."""
    _looked: float = -math.inf
    _overflown: bool = False
    _swept: float = 0.0

    def __post_init__(self) -> None:
        self.knowledge = Knowledge(self.project, self.watched_files)

    # ------------------------------------------------------------ what comes in

    def start(self, wall: float) -> None:
        """Begin with the files that the user named; `wall` is when the server started."""
        self._look_around(wall)

    def hear(self, message: Message, wall: float) -> None:
        """Take a message of the controller; `wall` is the time of day."""
        reports = self.knowledge.reports
        match message:
            case Begun():
                self._starting = True
                reports.begin(message.generation, message.wall)
            case Serving():
                self._starting, self._has_served = False, True
                reports.serve(message.generation)
                if self.knowledge.is_told:  # forked ones tell a moment later
                    self._look_around(wall)
            case Abandoned():
                self._starting = False
            case Snapshots():
                self.knowledge.snapshots = message
            case Graph() if reports.add(message, wall):
                began = reports.wall(message.generation)
                if reports.serves(message.generation):
                    self._late = began
                else:
                    self._look_around(began)

    def see(self, touches: Iterable[Touch | FolderTouch | Overflow]) -> None:
        """Take what happened to files and folders."""
        interest = self.knowledge.interest
        found: list[Touch] = []
        for touch in touches:
            match touch:
                case Overflow():
                    self._lost.update(interest.directories)
                    self._overflown = self._must_watch = True
                    continue
                case Touch(state, path, moment):
                    known = interest.known_as(path)
                case FolderTouch(path, moment):
                    state, known = State.UNSURE, tuple(interest.inside(path))
                    if known:
                        self._lost.add(path)
                        self._must_watch = True
            found += [Touch(state, name, moment) for name in known]
            # Later, for the application may be about to say that it writes there itself.
            found += [Touch(State.UNSURE, folder, moment) for folder in interest.lists(path)]
        self._take(found)

    def poll(self, directories: Iterable[str], now: float) -> None:
        """Look at what is in `directories` from time to time."""
        self._polling.watch(directories, now)

    def _take(self, touches: Sequence[Touch]) -> None:
        self._batch = self._batch.with_touches(touches)
        served = self.knowledge.interest.served
        reloading = [touch.path for touch in touches if touch.path not in served]
        self._guard.see(reloading, self._starting)

    def _look_around(self, wall: float) -> None:
        self._must_watch |= self.knowledge.look_around(wall)

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
        modules = self.knowledge.interest.modules
        return [path for path in modules.intersection(paths) if path not in self._polling]

    def decide(self, now: float, git_is_busy: bool) -> tuple[list[Action], float | None]:
        """Return what to do now, and when to ask again if nothing comes before."""
        late = self._look_late(now)
        if first := self._first():
            return [first], now
        again = earliest(late, self._sweep(now), self._look_again(now))
        self._batch, at = look(self._batch, now, git_is_busy)
        if at is None:
            return [], again
        if at > now:
            return [], earliest(at, again)
        if self._guard.keeps_back(self._batch.touched, now):
            self._batch = Batch()
            return [], earliest(self._guard.resume(now)[1], again)
        # A folder may have changed by what serves, which is about to say so.
        may_be_own = self._has_served and has_folder(self._batch) and not self.knowledge.is_told
        is_early = may_be_own and now < self._batch.first + OPEN_LONGEST
        if is_early or self._is_written(self._batch, self._batch.touched, now):
            return [], now + SOON
        return self._act(now), now if self.waits else again

    def _is_written(
        self, batch: Batch, paths: Iterable[str], now: float, unsteady: Iterable[str] = ()
    ) -> bool:
        """Return whether one of `paths` is saved once more just now, and have `batch` wait."""
        if now >= batch.first + OPEN_LONGEST:
            return False
        new = [Touch(State.WRITTEN, path, now) for path in unsteady]
        still = [Touch(State.OPEN, p, now) for p in self._modules(paths) if has_writer(p)]
        if new or still:
            self._batch = batch.with_touches([*new, *self._batch.touched.values(), *still])
        return bool(new or still)

    def _first(self) -> Watch | Say | Prospect | None:
        """Return what comes before all changes, one thing at a time."""
        interest = self.knowledge.interest
        if self._must_watch:
            lost, self._lost, self._must_watch = frozenset(self._lost), set(), False
            return Watch(interest.directories, lost)
        if self._has_served and not self._told and self.knowledge.is_read:
            self._told = True
            files = interest.files.difference(interest.candidates)
            return Say(cause.watching(files, interest.sources))
        return self._prospect()

    def _prospect(self) -> Prospect | None:
        """Return what to prepare, once all that serves is known."""
        known = self.knowledge
        if self.waits or not known.is_complete:
            return None
        return self._prospects.due(known.reports.first_of_serving, known.imports.asked)

    def work(self, now: float) -> bool:
        """Do one small piece of what can wait; return whether there was any."""
        was_any, missed = self.knowledge.work(self._batch.touched)
        if missed:
            self._batch = self._batch.with_touches([Touch(State.UNSURE, missed, now)])
        return was_any

    def finish(self, now: float) -> None:
        """Do all that can wait."""
        self._looked = -math.inf
        self._look_late(now)
        while self.work(now):
            pass

    def _act(self, now: float) -> list[Action]:
        known = self.knowledge
        known.expect_changes(self._batch.touched)
        self.finish(now)
        batch, self._batch = self._batch, Batch()
        changes = known.changes(dict.fromkeys([*self._guard.release(), *batch.touched]))
        if not changes:
            if known.interest.linked.intersection(batch.touched):
                # A link may lead elsewhere now, to the same bytes; no Graph will come of it.
                self._look_around(math.inf)
            return []
        self.see(self.news())  # what was read may have been emptied, to be written anew
        unsteady = known.unsteady(paths_of(changes)) + self._batch.written(paths_of(changes))
        if self._is_written(batch, paths_of(changes), now, unsteady):
            known.take_back()
            return []
        if known.interest.served.issuperset(paths_of(changes)):
            return [Refresh(known.cause(changes), paths_of(changes), batch.first)]
        return self._reload(changes, batch.first, now)

    def _reload(self, changes: Sequence[Change], since: float, now: float) -> list[Action]:
        files = paths_of(changes)
        self._batch = replace(self._batch, after=now)
        self._prospects.edited(files)
        names = self.knowledge.names(files)
        actions: list[Action] = [Reload(self.knowledge.cause(changes), since, files, names)]
        if self._guard.reloads(files, now):
            actions.append(Say(cause.paused(self._guard.files, self.project)))
        return actions

    # ------------------------------------------------------------ what is looked at again

    def _look_late(self, now: float) -> float | None:
        """Look at what requests have loaded and opened; return when to do it if not now.

        Nothing is lost meanwhile: a save in between is seen by its time.
        """
        if self._late is None:
            return None
        if now < self._looked + LOOK_PAUSE:
            return self._looked + LOOK_PAUSE
        self._look_around(self._late)
        self._late, self._looked = None, now
        return None

    def _sweep(self, now: float) -> float | None:
        """Look at all that is known if events were lost; return when to do it if not now."""
        if not self._overflown:
            return None
        if now < self._swept + SWEEP_PAUSE:
            return self._swept + SWEEP_PAUSE
        self._overflown, self._swept = False, now
        new = sorted(self.knowledge.suspects().difference(self._batch.touched))
        self._batch = self._batch.with_touches(Touch(State.UNSURE, path, now) for path in new)
        return None

    def _look_again(self, now: float) -> float | None:
        """Look at what no event tells of, and what was paused; return when to do it next."""
        resumed, again = self._guard.resume(now)
        changed = self._polling.look(self.knowledge.interest, self.knowledge.prints, now)
        changed += [Touch(State.UNSURE, path, now) for path in self.knowledge.take_moved()]
        self._take(changed)
        self._batch = self._batch.with_touches(resumed)
        return earliest(again, self._polling.due)
