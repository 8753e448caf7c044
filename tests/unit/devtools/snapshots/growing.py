"""The ladder of snapshots, driven as the nursery drives it, without a process."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence

from spawning.messages import Advance, Complete, GoOn, Parked, Place, Prospect
from spawning_devtools.snapshots import ladder
from spawning_devtools.snapshots.rungs import Begin, Grow, Kind, Ladder, Rung, Spare, Step
from spawning_devtools.snapshots.steps import next_step

INSTALLED = ("flask", "flask.app", "werkzeug")
ORDER = ("mine", "mine.models", "mine.views", "mine.admin", "mine.wsgi")


def file_of(name: str) -> str:
    return f"/{name}.py"


def files_of(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(file_of(name) for name in names)


def prospect(
    order: Iterable[str] = ORDER, places: tuple[Place, ...] = (), **others: object
) -> Prospect:
    project = tuple((name, file_of(name)) for name in order)
    plain = Prospect(1, project, places, INSTALLED, (), "")
    return dataclasses.replace(plain, **others)  # type: ignore[arg-type]


@dataclasses.dataclass
class Application:
    """What a start imports: one after the other, each followed by what it needs."""

    order: Sequence[str] = ORDER
    needs: Mapping[str, Sequence[str]] = dataclasses.field(default_factory=dict)
    reads: Mapping[str, str] = dataclasses.field(default_factory=dict)
    """The data file that a module reads."""
    absent: set[str] = dataclasses.field(default_factory=set)
    """Modules that are needed where they are, and are not there."""

    def imports(self, names: Iterable[str], begun: Iterable[str] = ()) -> Iterator[str]:
        """Yield what an import of `names` looks for, in turn, where some have begun."""
        looked_for = set(begun)
        pending = [*names][::-1]
        while pending:
            name = pending.pop()
            if name not in looked_for:
                looked_for.add(name)
                yield name
                pending += [] if name in self.absent else [*self.needs.get(name, ())][::-1]

    def started(self) -> list[str]:
        """Return the modules of a whole start, in their order."""
        return [name for name in self.imports(self.order) if name not in self.absent]


class Nursery:
    """Does what `step` says at once."""

    def __init__(self, application: Application | None = None) -> None:
        self.application = application or Application()
        self.known = Ladder()
        self.pid = 0
        self.held: dict[int, list[str]] = {}
        """By process id, which modules each snapshot has looked for."""
        self.stamps: dict[str, str] = {}
        """Of data files that have changed."""

    def build(self) -> list[Step]:
        """Take all steps; return them."""
        steps: list[Step] = []
        while step := next_step(self.known):
            assert len(steps) < 200, "it never ends"
            steps.append(step)
            self.take(step)
            self.drop(ladder.superfluous(self.known))
        return steps

    def expect(self, prospect: Prospect) -> list[Step]:
        """Hear of code that serves, and build."""
        self.known = self.known.expecting(prospect)
        self.drop(ladder.mistaken(self.known, prospect.environ))
        self.drop(ladder.superfluous(self.known))
        return self.build()

    def change(self, *names: str) -> None:
        """Save these modules."""
        self.reload(files_of(names), names)

    def reload(self, files: Iterable[str], names: Iterable[str]) -> None:
        self.drop(ladder.outdated(self.known, files, names))
        self.known = ladder.changed(self.known, files)
        self.known = dataclasses.replace(self.known, prospect=None)

    def drop(self, pids: Iterable[int]) -> None:
        self.known = self.known.without(pids)

    def take(self, step: Step) -> None:
        match step:
            case Begin():
                self.keep(self.parked(Rung(0, Kind.COLD, ""), step, [], ""))
            case Spare(source):
                rung = dataclasses.replace(self.known.rungs[source], spares=1)
                self.known = self.known.with_rung(rung)
            case Grow():
                self.grow(step)

    def grow(self, grow: Grow) -> None:
        rung = self.known.rungs[grow.source]
        *before, last = grow.orders
        for order in before:
            found = [*self.obey(rung, grow, order)]
            if not found:
                return
            rung = found[-1]
        for kept in self.obey(rung, grow, last):
            self.keep(kept)

    def obey(self, rung: Rung, grow: Grow, order: GoOn | Advance | Complete) -> Iterator[Rung]:
        """Yield what comes of a process that was told `order`."""
        held = [*self.held[rung.pid]]
        match order:
            case Complete():
                started = self.application.imports(self.application.order, held)
                yield self.parked(rung, grow, [*held, *started], "")
            case Advance(names, forbidden):
                for name in self.application.imports(names, held):
                    if name in forbidden:
                        self.known = ladder.refuse(self.known, grow, name)
                        return
                    held.append(name)
                yield self.parked(rung, grow, held, rung.at)
            case GoOn(stops):
                for name in self.application.imports(self.application.order):
                    if name in held:
                        continue
                    if name in stops:
                        rung = self.parked(rung, grow, held, name)
                        yield rung
                    if name == stops[-1]:
                        return
                    held.append(name)
                self.known = ladder.given_up(self.known, grow, "")

    def parked(self, source: Rung, step: Grow | Begin, held: list[str], at: str) -> Rung:
        """Return what a process becomes that says that it waits, holding `held`."""
        self.pid += 1
        self.held[self.pid] = [*held]
        there = [name for name in held if name not in self.application.absent]
        read = [path for name in there if (path := self.application.reads.get(name))]
        parked = Parked(
            at,
            files_of(there),
            tuple(there),
            tuple(name for name in held if name in self.application.absent),
            tuple((path, self.stamp_of(path)) for path in read),
        )
        return ladder.grown(source, step, parked, self.pid)

    def keep(self, rung: Rung) -> None:
        self.known = self.known.with_rung(rung)

    def stamp_of(self, path: str) -> str:
        return self.stamps.get(path, "as ever")

    def kinds(self) -> list[tuple[Kind, str]]:
        return sorted(((rung.kind, rung.at) for rung in self.known.rungs.values()), key=str)

    def deepest(self) -> tuple[Kind, str]:
        rung = self.known.deepest()
        assert rung is not None
        return rung.kind, rung.at
