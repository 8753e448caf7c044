"""What to do about messages and file events; changes nothing but its own state.

The loop in `process` calls `hear`, `see`, `decide` and, when nothing else is to
do, `work`; it carries out the actions that `decide` returns.

Rules:
1. A directory is watched before its files are read, so no save falls between.
2. Reading and parsing wait for idle moments (see `knowledge`), and are finished at
   the latest when a cause has to be told.
3. Files that each request reads afresh refresh the pages; all others reload.
4. After many events everything known is looked at, because some may be lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

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
from spawning_devtools.reload import cause
from spawning_devtools.reload.changes import Batch, FolderTouch, State, Touch, look
from spawning_devtools.reload.fingerprints import Change
from spawning_devtools.reload.knowledge import Knowledge
from spawning_devtools.reload.loops import Loop
from spawning_devtools.reload.prospects import Prospects

MANY_EVENTS = 1000
SWEEP_PAUSE = 1.0
"""Seconds between two sweeps while events keep pouring in."""
LOOK_PAUSE = 0.25
"""Seconds between two looks around while each request opens something new."""


@dataclass(frozen=True, slots=True)
class Watch:
    """Watch these directories and no others; `lost` went or were replaced."""

    directories: tuple[str, ...]
    lost: frozenset[str]


@dataclass(frozen=True, slots=True)
class Say:
    """Tell the user, in one line."""

    text: str


Action = Reload | Refresh | Prospect | Watch | Say


@dataclass(slots=True)
class Conductor:
    """What is waited for, and what was decided."""

    project: str
    """Absolute path of the directory in which the server was started."""
    watched_files: tuple[str, ...]
    """Absolute paths of the files named by `--watch`."""
    knowledge: Knowledge = field(init=False)
    _batch: Batch = field(default_factory=Batch)
    _loop: Loop = field(default_factory=Loop)
    _prospects: Prospects = field(default_factory=Prospects)
    _prospect_of: int = 0
    """The generation whose prospect has been told."""
    _starting: bool = False
    _has_served: bool = False
    _told: bool = False
    _must_watch: bool = False
    _lost: set[str] = field(default_factory=set)
    _late: float | None = None
    """When the generation was begun whose requests have loaded more; None: nothing more."""
    _looked: float = float("-inf")
    _events: int = 0
    _swept: float = 0.0

    def __post_init__(self) -> None:
        self.knowledge = Knowledge(self.project, self.watched_files)

    # ------------------------------------------------------------ what comes in

    def start(self, wall: float) -> None:
        """Begin with the files that the user named; `wall` is when the server started."""
        self._must_watch |= self.knowledge.look_around(wall)

    def hear(self, message: Message, wall: float) -> None:
        """Take a message of the controller; `wall` is the time of day."""
        match message:
            case Begun():
                self._starting = True
                self.knowledge.reports.begin(message.generation, message.wall)
            case Serving():
                self._starting, self._has_served = False, True
                self.knowledge.reports.serve(message.generation)
                self._must_watch |= self.knowledge.look_around(wall)
            case Abandoned():
                self._starting = False
            case Snapshots(snapshots):
                self.knowledge.snapshots = snapshots
            case Graph() if self.knowledge.reports.add(message, wall):
                began = self.knowledge.reports.wall(message.generation)
                if self.knowledge.reports.serves(message.generation):
                    self._late = began
                else:
                    self._must_watch |= self.knowledge.look_around(began)

    def see(self, touches: Iterable[Touch | FolderTouch]) -> None:
        """Take what happened to files and folders."""
        interest = self.knowledge.interest
        found: list[Touch] = []
        for touch in touches:
            self._events += 1
            match touch:
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
        self._batch = self._batch.with_touches(found)

    # ------------------------------------------------------------ what goes out

    @property
    def waits(self) -> bool:
        """Whether changes are waiting to be acted upon."""
        return bool(self._batch.touched)

    def decide(self, now: float, git_is_busy: bool) -> tuple[list[Action], float | None]:
        """Return what to do now, and when to ask again if nothing comes before."""
        late = self._look_late(now)
        interest = self.knowledge.interest
        if self._must_watch:
            lost, self._lost, self._must_watch = frozenset(self._lost), set(), False
            return [Watch(interest.directories, lost)], now
        if self._has_served and not self._told and self.knowledge.is_read:
            self._told = True
            files = interest.files.difference(interest.candidates)
            return [Say(cause.watching(files, interest.sources))], now
        if prospect := self._prospect():
            return [prospect], now
        again = _earlier(late, self._sweep(now))
        self._batch, at = look(self._batch, now, git_is_busy)
        if at is None:
            return [], again
        at = max(at, self._loop.earliest(self._batch.touched))
        if at > now:
            return [], _earlier(at, again)
        return self._act(now), again

    def work(self, now: float) -> bool:
        """Do one small piece of what can wait; return whether there was any."""
        was_any, missed = self.knowledge.work()
        if missed:
            self._batch = self._batch.with_touches([Touch(State.UNSURE, missed, now)])
        return was_any

    def finish(self, now: float) -> None:
        """Do all that can wait."""
        self._looked = float("-inf")
        self._look_late(now)
        while self.work(now):
            pass

    def _act(self, now: float) -> list[Action]:
        self.knowledge.expect_changes(self._batch.touched)
        self.finish(now)
        batch, self._batch = self._batch, Batch()
        changes = self.knowledge.changes(batch.touched)
        served = self.knowledge.interest.served
        if all(change.path in served for change in changes):
            return [self._refresh(changes, batch.first)] if changes else []
        return self._reload(changes, batch.first, now)

    def _refresh(self, changes: Sequence[Change], since: float) -> Refresh:
        return Refresh(self._cause(changes), tuple(change.path for change in changes), since)

    def _prospect(self) -> Prospect | None:
        """Return what to prepare, once all that serves is known."""
        first = self.knowledge.reports.first_of_serving
        if first is None or self.waits or not self.knowledge.is_complete:
            return None
        if first.generation != self._prospect_of:
            self._prospect_of = first.generation
            self._prospects.started(first)
        return self._prospects.take(self.knowledge.imports.asked)

    def _reload(self, changes: Sequence[Change], since: float, now: float) -> list[Action]:
        files = tuple(change.path for change in changes)
        self._loop = self._loop.after_reload(files, self._starting, now)
        told = self._cause(changes)
        self._prospects.edited(files)
        # Which modules have read a watched file, nobody knows.
        is_watched = not set(files).isdisjoint(self.watched_files)
        names = () if is_watched else self.knowledge.names(files)
        actions: list[Action] = [Reload(told, since, files, names)]
        if self._loop.is_new:
            actions.append(Say(f"{told}, again at each start: its reloads come more slowly now"))
        return actions

    def _cause(self, changes: Sequence[Change]) -> str:
        known = self.knowledge
        read, chain = known.interest.read, known.graph().chain
        return cause.describe(changes, chain, self.watched_files, read, self.project)

    def _look_late(self, now: float) -> float | None:
        """Look at what requests have loaded and opened; return when to do it if not now.

        Nothing is lost meanwhile: a save in between is seen by its time.
        """
        if self._late is None:
            return None
        if now < self._looked + LOOK_PAUSE:
            return self._looked + LOOK_PAUSE
        self._must_watch |= self.knowledge.look_around(self._late)
        self._late, self._looked = None, now
        return None

    def _sweep(self, now: float) -> float | None:
        """Look at all that is known after many events; return when to do it if not now."""
        if self._events < MANY_EVENTS:
            return None
        if now < self._swept + SWEEP_PAUSE:
            return self._swept + SWEEP_PAUSE
        self._events, self._swept = 0, now
        new = sorted(self.knowledge.suspects().difference(self._batch.touched))
        self._batch = self._batch.with_touches(Touch(State.UNSURE, path, now) for path in new)
        return None


def _earlier(one: float | None, other: float | None) -> float | None:
    return min((moment for moment in (one, other) if moment is not None), default=None)
