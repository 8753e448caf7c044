"""The ladder of snapshots, driven as the nursery drives it, without a process."""

from __future__ import annotations

import dataclasses
import itertools
import random
from collections.abc import Iterable

import pytest

from spawning.messages import Advance, GoOn, Parked, Prospect, Recent
from spawning_devtools.snapshots import ladder
from spawning_devtools.snapshots.rungs import Begin, Grow, Kind, Ladder, Rung, Spare, Step

INSTALLED = ("flask", "flask.app", "werkzeug")
ORDER = ("mine", "mine.models", "mine.views", "mine.admin", "mine.wsgi")
ADMIN = Recent("mine.views", ("mine.admin",), ("mine.views", "mine.wsgi"))


def file_of(name: str) -> str:
    return f"/{name}.py"


def files_of(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(file_of(name) for name in names)


def prospect(
    order: Iterable[str] = ORDER, recent: tuple[Recent, ...] = (), **others: object
) -> Prospect:
    project = tuple((name, file_of(name)) for name in order)
    plain = Prospect(1, project, recent, INSTALLED, (), "")
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
        self.drop(ladder.outdated(self.known, files_of(names), ()))
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
            case Grow(source, Advance(names)):
                at = self.known.rungs[source].at
                self.add(self.known.rungs[source], step, [*self.held[source], *names], at)
            case Grow(source, GoOn(stops)):
                self.go_on(self.known.rungs[source], step, stops)

    def go_on(self, below: Rung, step: Grow, stops: tuple[str, ...]) -> None:
        held = list(self.held[below.pid])
        reached = ""
        for name in self.order:
            if name in held:
                continue
            if name in stops:
                below = self.add(below, step, held, name)
                held, reached = list(held), name
            held.append(name)
        if reached != stops[-1]:
            self.known = ladder.given_up(self.known, step, "")

    def add(self, source: Rung, step: Grow | Begin, held: list[str], at: str) -> Rung:
        self.pid += 1
        self.held[self.pid] = list(held)
        rung = ladder.grown(source, step, Parked(at, files_of(held), ()), self.pid)
        self.known = self.known.with_rung(rung)
        return rung

    def kinds(self) -> list[tuple[Kind, str]]:
        return sorted(((rung.kind, rung.at) for rung in self.known.rungs.values()), key=str)

    def deepest(self) -> tuple[Kind, str]:
        rung = self.known.deepest()
        assert rung is not None
        return rung.kind, rung.at


def test_nothing_is_prepared_while_nothing_is_known_and_while_a_change_is_served() -> None:
    assert ladder.step(Ladder()) is ladder.step(Ladder().expecting(prospect(()))) is None
    nursery = Nursery()
    nursery.known = nursery.known.expecting(prospect())
    nursery.take(Begin())
    nursery.change("mine.views")
    assert ladder.step(nursery.known) is None


def test_from_nothing_to_a_full_ladder() -> None:
    nursery = Nursery()
    steps = nursery.expect(prospect(recent=(ADMIN,)))
    assert steps[:5] == [
        Begin(),
        Grow(1, GoOn(("mine",)), Kind.NATURAL),
        Grow(2, Advance(INSTALLED, (), False, ()), Kind.INSTALLED),
        Grow(3, GoOn(ORDER[1:]), Kind.NATURAL),
        Grow(5, Advance(("mine.admin",), ADMIN.dependents, True, ()), Kind.HOT),
    ]
    assert steps[5:] == [Spare(pid) for pid in (2, 3, 4, 5, 6, 7, 8)]
    assert nursery.kinds() == [
        (Kind.COLD, ""),
        (Kind.HOT, "mine.views"),
        (Kind.INSTALLED, "mine"),
        (Kind.NATURAL, "mine"),
        *((Kind.NATURAL, name) for name in sorted(ORDER[1:])),
    ]
    assert nursery.deepest() == (Kind.NATURAL, "mine.wsgi")


def test_a_change_leaves_what_does_not_hold_it_and_the_deepest_of_that_serves() -> None:
    nursery = Nursery()
    nursery.expect(prospect(recent=(ADMIN,)))
    nursery.change("mine.views")
    assert nursery.deepest() == (Kind.HOT, "mine.views")
    nursery.change("mine.admin")
    assert nursery.deepest() == (Kind.NATURAL, "mine.views")
    nursery.change("mine")
    assert nursery.deepest() == (Kind.INSTALLED, "mine")
    nursery.change("flask")
    assert nursery.kinds() == [(Kind.COLD, ""), (Kind.NATURAL, "mine")]


def test_a_module_that_appears_is_one_that_a_snapshot_has_missed() -> None:
    rung = Rung(1, Kind.NATURAL, "mine.views", missing=frozenset({"mine.local"}))
    known = Ladder().with_rung(Rung(2, Kind.NATURAL, "mine")).with_rung(rung)
    assert ladder.outdated(known, ["/mine/local.py"], ["mine.local"]) == [1]
    assert ladder.outdated(known, ["/mine/other.py"], ["mine.other"]) == []


def test_after_a_change_only_what_is_missing_is_made() -> None:
    nursery = Nursery()
    nursery.expect(prospect(recent=(ADMIN,)))
    nursery.change("mine.views")
    steps = nursery.expect(prospect(recent=(ADMIN,)))
    # Those at mine.admin and mine.wsgi held the old one; the deepest that does not is gone on from.
    assert [step for step in steps if isinstance(step, Grow)] == [
        Grow(5, GoOn(("mine.admin", "mine.wsgi")), Kind.NATURAL)
    ]


def test_what_is_no_longer_edited_is_not_held_hot() -> None:
    nursery = Nursery()
    nursery.expect(prospect(recent=(ADMIN,)))
    nursery.change("mine.models")
    nursery.expect(prospect())
    assert nursery.known.of(Kind.HOT) == []


def test_nothing_comes_out_of_turn_where_the_order_matters() -> None:
    nursery = Nursery()
    nursery.expect(prospect(recent=(ADMIN,), order_matters="the application uses gevent"))
    assert {kind for kind, _ in nursery.kinds()} == {Kind.COLD, Kind.NATURAL}
    assert len(nursery.known.of(Kind.NATURAL)) == len(ORDER)


def test_an_environment_that_was_mistaken_throws_away_what_relied_on_it() -> None:
    nursery = Nursery()
    nursery.expect(prospect(environ=(("SETTINGS", "mine.settings"),)))
    installed = nursery.known.of(Kind.INSTALLED)[0].pid
    wrong = ladder.mistaken(nursery.known, (("SETTINGS", "mine.others"),))
    assert installed in wrong
    assert {nursery.known.rungs[pid].kind for pid in wrong} == {Kind.INSTALLED, Kind.NATURAL}
    assert ladder.mistaken(nursery.known, (("SETTINGS", "mine.settings"),)) == []
    nursery.expect(prospect(environ=(("SETTINGS", "mine.others"),)))
    (ground,) = nursery.known.of(Kind.INSTALLED)
    assert ground.environ == (("SETTINGS", "mine.others"),)


DJANGO = (
    "django.contrib.auth.models",
    "django.contrib.auth.validators",
    "django.contrib.admin.models",
    "django.urls",
    "django",
)


@pytest.mark.parametrize(
    ("name", "refused"),
    [
        ("django.contrib.auth.models", set(DJANGO[:3])),  # no settings yet: all of contrib fails
        ("django.urls", {"django.urls", *DJANGO}),
        ("nobody", {"nobody"}),
    ],
)
def test_what_fails_for_the_same_reason_is_refused_with_it(name: str, refused: set[str]) -> None:
    order = Advance(DJANGO, (), False, ())
    assert ladder.refuse(Ladder(), order, name).refused == refused


def test_what_is_refused_is_not_tried_again_and_the_rest_is() -> None:
    nursery = Nursery()
    nursery.known = nursery.known.expecting(prospect(installed=DJANGO))
    nursery.take(Begin())
    nursery.take(Grow(1, GoOn(("mine",)), Kind.NATURAL))
    step = ladder.step(nursery.known)
    assert isinstance(step, Grow)
    assert isinstance(step.order, Advance)
    nursery.known = ladder.refuse(nursery.known, step.order, DJANGO[0])
    again = ladder.step(nursery.known)
    assert again == Grow(2, Advance(DJANGO[3:], (), False, ()), Kind.INSTALLED)


def test_what_could_not_be_imported_before_an_edited_module_is_imported_in_its_turn() -> None:
    nursery = Nursery()
    known = prospect(recent=(ADMIN,))
    order = Advance(ADMIN.ahead, ADMIN.dependents, True, ())
    nursery.known = ladder.refuse(nursery.known.expecting(known), order, "mine.admin")
    nursery.build()
    assert nursery.known.of(Kind.HOT) == []
    # Until what is ahead of it is another: then it is worth a try.
    nursery.expect(prospect(recent=(dataclasses.replace(ADMIN, ahead=("mine.forms",)),)))
    assert len(nursery.known.of(Kind.HOT)) == 1


@pytest.mark.parametrize("order", [(), ("other", "another")])
def test_an_application_that_never_comes_to_its_stops_is_given_up(order: tuple[str, ...]) -> None:
    nursery = Nursery(order)
    assert nursery.expect(prospect())
    assert [kind for kind, _ in nursery.kinds()] == [Kind.COLD]


def test_what_dies_takes_the_blame_and_one_that_cannot_even_begin_is_given_up() -> None:
    dead = Grow(1, Advance(INSTALLED, (), False, ()), Kind.INSTALLED)
    assert ladder.given_up(Ladder(), dead, "").refused >= set(INSTALLED)
    known = ladder.given_up(Ladder().expecting(prospect()), Begin(), "")
    assert ladder.step(known) is None
    assert ladder.step(known.expecting(prospect())) == Begin()


def test_a_large_project_has_a_snapshot_every_so_often_and_one_at_what_is_edited() -> None:
    order = [f"mine.m{number:03}" for number in range(200)]
    nursery = Nursery(order)
    edited = Recent("mine.m101", (), ("mine.m101",))
    nursery.expect(prospect(order, recent=(edited,)))
    natural = sorted({rung.at for rung in nursery.known.of(Kind.NATURAL)})
    assert "mine.m101" in natural
    assert len(natural) <= ladder.STOPS + 2
    gaps = [int(b[-3:]) - int(a[-3:]) for a, b in itertools.pairwise(natural)]
    assert max(gaps) <= len(order) // ladder.STOPS + 1


@pytest.mark.parametrize("seed", range(20))
def test_whatever_happens_nothing_that_is_left_holds_old_code(seed: int) -> None:
    chance = random.Random(seed)
    order = [f"m{number}" for number in range(chance.choice([1, 3, 8, 30]))]
    nursery = Nursery(order)
    recent: tuple[Recent, ...] = ()
    for _ in range(25):
        if chance.random() < 0.2:
            nursery.order = chance.sample(order, chance.randint(1, len(order)))
        matters = chance.choice(["", "", "", "it uses gevent"])
        environ = (("A", chance.choice("xxy")),)
        nursery.expect(prospect(nursery.order, recent, order_matters=matters, environ=environ))
        for pid in chance.sample(sorted(nursery.known.rungs), len(nursery.known.rungs) // 5):
            nursery.drop([pid])  # it was killed
        changed = chance.sample(order, min(len(order), chance.choice([1, 1, 2, 9])))
        nursery.change(*changed)
        for rung in nursery.known.rungs.values():
            assert not set(nursery.held[rung.pid]) & set(changed)
            assert rung.files == set(files_of(nursery.held[rung.pid]))
        one = changed[0]
        later = [name for name in nursery.order if name != one and chance.random() < 0.5]
        if chance.random() < 0.7:
            recent = (Recent(one, tuple(later), (one,)), *recent)[:4]
    assert len(nursery.known.rungs) <= ladder.STOPS + 2 * 4 + 4
