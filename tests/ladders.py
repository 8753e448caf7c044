"""A ladder of snapshots that grows at once, without a process, for tests of its rules."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from spawning.messages import Advance, GoOn, Parked, Place, Prospect
from spawning_devtools.snapshots import ladder
from spawning_devtools.snapshots.rungs import Begin, Grow, Kind, Ladder, Rung, Spare, Step

INSTALLED = ("flask", "flask.app", "werkzeug")
ORDER = ("mine", "mine.models", "mine.views", "mine.admin", "mine.wsgi")
VIEWS = Place("mine.views", ("mine.admin",), ("mine.views", "mine.wsgi"))
FULL = Place("mine", (), ORDER)


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


class Nursery:
    """Does what `step` says at once, with an application that imports `order`, in that order."""

    def __init__(self, order: Iterable[str] = ORDER) -> None:
        self.order = list(order)
        self.known = Ladder()
        self.pid = 0
        self.held: dict[int, list[str]] = {}
        """By process id, which modules each snapshot holds."""

    def build(self) -> list[Step]:
        """Take all steps; return them."""
        steps: list[Step] = []
        while step := ladder.step(self.known):
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
        self.drop(ladder.outdated(self.known, files_of(names), names))
        self.known = dataclasses.replace(self.known, prospect=None)

    def drop(self, pids: Iterable[int]) -> None:
        self.known = self.known.without(pids)

    def take(self, step: Step) -> None:
        match step:
            case Begin():
                self.add(Rung(0, Kind.COLD, ""), step, [], "")
            case Spare(source):
                rung = dataclasses.replace(self.known.rungs[source], spares=1)
                self.known = self.known.with_rung(rung)
            case Grow(source, orders):
                rung = self.known.rungs[source]
                held, at = list(self.held[source]), rung.at
                for order in orders:
                    match order:
                        case Advance(names):
                            held += names
                        case GoOn(stops):
                            found = self.go_on(rung, step, held, stops)
                            if found is None:
                                return
                            held, at = found
                if isinstance(orders[-1], Advance):
                    self.add(rung, step, held, at)

    def go_on(
        self, below: Rung, step: Grow, held: list[str], stops: tuple[str, ...]
    ) -> tuple[list[str], str] | None:
        """Start as the application does, up to the last stop; None where it does not get there."""
        for name in self.order:
            if name in held:
                continue
            if name in stops and step.place is None:
                below = self.add(below, step, held, name)
            if name == stops[-1]:
                return held, name
            held = [*held, name]
        self.known = ladder.given_up(self.known, step, "")
        return None

    def add(self, source: Rung, step: Grow | Begin, held: list[str], at: str) -> Rung:
        self.pid += 1
        self.held[self.pid] = list(held)
        parked = Parked(at, files_of(held), tuple(held), ())
        rung = ladder.grown(source, step, parked, self.pid)
        self.known = self.known.with_rung(rung)
        return rung

    def kinds(self) -> list[tuple[Kind, str]]:
        return sorted(((rung.kind, rung.at) for rung in self.known.rungs.values()), key=str)

    def deepest(self) -> tuple[Kind, str]:
        rung = self.known.deepest()
        assert rung is not None
        return rung.kind, rung.at
