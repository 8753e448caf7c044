"""The snapshots that there are, as values."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Iterable
from time import monotonic

from spawning.messages import Advance, Complete, GoOn, Place, Prospect, SnapshotIs, Snapshots
from spawning_devtools.environ import Changes


class Kind(enum.Enum):
    """How much of the application a snapshot holds: see `ladder`."""

    COLD = "cold"
    NATURAL = "natural"
    INSTALLED = "installed"
    HOT = "hot"
    FULL = "full"


@dataclasses.dataclass(frozen=True, slots=True)
class Rung:
    """One snapshot that waits."""

    pid: int
    kind: Kind
    at: str
    """The module that would be imported next."""
    files: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    """Modules that were looked for, whether they were found or not."""
    read: frozenset[tuple[str, str]] = frozenset()
    """What else has been read, and the stamps of it (see `readings`)."""
    ground: int = 0
    """Process id of the INSTALLED snapshot that it comes from, 0 where it comes from none."""
    ahead: frozenset[str] = frozenset()
    """What was imported ahead: of installed packages in an INSTALLED one, else of the project."""
    place: Place | None = None
    """What a HOT one is for."""
    environ: Changes = ()
    """What the environment was taken to become: of an INSTALLED one, and of one that has set
    a framework up."""
    changed: frozenset[str] = frozenset()
    """Of a FULL one, those of its files that were saved since."""
    took: float = 0.0
    """Seconds in which it was made."""
    spares: int = 0
    """Processes that wait at the same place, to be had without forking."""


@dataclasses.dataclass(frozen=True, slots=True)
class Begin:
    """Execute the process that becomes COLD."""


@dataclasses.dataclass(frozen=True, slots=True)
class Grow:
    """Fork `source`, and tell the new process `orders` in turn; it comes to be of this kind."""

    source: int
    orders: tuple[GoOn | Advance | Complete, ...]
    kind: Kind
    place: Place | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Spare:
    """Fork a spare of this snapshot."""

    source: int


Step = Begin | Grow | Spare


@dataclasses.dataclass(frozen=True, slots=True)
class Ladder:
    """Everything that is known; a change of it returns a new value."""

    rungs: dict[int, Rung] = dataclasses.field(default_factory=dict)
    prospect: Prospect | None = None
    """None while a change is being served."""
    installed: tuple[str, ...] = ()
    refused: frozenset[str] = frozenset()
    """Modules of installed packages that could not be imported ahead."""
    hopeless: frozenset[Place] = frozenset()
    """Where importing ahead did not work."""
    unreached: frozenset[str] = frozenset()
    """Modules at which a start did not stop."""
    may_be_full: bool = False
    """Whether this Python lets a whole application be kept (see `full`)."""
    incomplete: int = 0
    """The number of modules with which that came to nothing."""
    why_not_full: str = ""
    """Why it did."""
    refusals: dict[str, str] = dataclasses.field(default_factory=dict)
    """Files, and why no process of FULL could take what was saved of each."""

    def of(self, kind: Kind) -> list[Rung]:
        """Return the snapshots of one kind."""
        return [rung for rung in self.rungs.values() if rung.kind is kind]

    def full(self) -> Rung | None:
        """Return the one that holds the whole application."""
        return next(iter(self.of(Kind.FULL)), None)

    def deepest(self) -> Rung | None:
        """Return the one that holds most of what is as it was, of equal ones one with a spare."""
        rungs = [rung for rung in self.rungs.values() if not rung.changed]
        order = [(len(rung.files), rung.spares, rung.pid) for rung in rungs]
        return self.rungs[max(order)[2]] if order else None

    def ground(self) -> Rung | None:
        """Return the INSTALLED one that others are grown from, None where none may be."""
        if self.prospect is not None and self.prospect.order_matters:
            return None
        return max(self.of(Kind.INSTALLED), key=lambda rung: len(rung.files), default=None)

    def bare(self) -> frozenset[str]:
        """Return the modules of places where nothing can be imported ahead."""
        prospect = self.prospect
        if prospect is None:
            return frozenset()
        return frozenset(
            place.name
            for place in prospect.places
            if prospect.order_matters or not place.ahead or place in self.hopeless
        )

    def described(self) -> Snapshots:
        """Return what there is, for people."""
        project = (
            {name for name, _ in self.prospect.project} if self.prospect is not None else set()
        )
        return Snapshots(
            tuple(
                SnapshotIs(r.kind.value, r.at, len(r.files), tuple(sorted(r.names & project)))
                for r in self.rungs.values()
            ),
            tuple(self.refusals.items()),
            "" if self.full() is not None else self.why_not_full,
        )

    def with_rung(self, rung: Rung) -> Ladder:
        """Return this with one more, or with one changed."""
        return dataclasses.replace(self, rungs={**self.rungs, rung.pid: rung})

    def without(self, pids: Iterable[int]) -> Ladder:
        """Return this without some."""
        gone = frozenset(pids)
        rungs = {pid: rung for pid, rung in self.rungs.items() if pid not in gone}
        return dataclasses.replace(self, rungs=rungs)

    def missing(self, names: Iterable[str]) -> Ladder:
        """Return this, knowing that no start stops at these."""
        return dataclasses.replace(self, unreached=self.unreached.union(names))

    def expecting(self, prospect: Prospect) -> Ladder:
        """Return this, with what is known of the code that serves now."""
        installed = self.installed if prospect.installed is None else prospect.installed
        return dataclasses.replace(
            self, prospect=prospect, installed=installed, unreached=frozenset()
        )


@dataclasses.dataclass(slots=True)
class Task:
    """What is being prepared, by which process, with what it held when it was forked."""

    grow: Grow | Begin
    source: Rung
    pid: int = 0
    """0 until the process is born."""
    told: int = 0
    """How many orders it was told."""
    began: float = dataclasses.field(default_factory=monotonic)
    """When, by the clock that only goes on."""
