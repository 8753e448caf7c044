"""The ladder of snapshots, driven as the nursery drives it, without a process."""

from __future__ import annotations

import dataclasses
import itertools
import random

import pytest

from ladders import FULL, INSTALLED, VIEWS, Nursery, files_of, prospect
from spawning.messages import Advance, GoOn, Parked, Place
from spawning_devtools.snapshots import ladder
from spawning_devtools.snapshots.rungs import Begin, Grow, Kind, Ladder, Rung, Spare


def test_nothing_is_prepared_while_nothing_is_known_and_while_a_change_is_served() -> None:
    assert ladder.step(Ladder()) is ladder.step(Ladder().expecting(prospect(()))) is None
    nursery = Nursery()
    nursery.known = nursery.known.expecting(prospect())
    nursery.take(Begin())
    nursery.change("mine.views")
    assert ladder.step(nursery.known) is None


def test_from_nothing_to_a_full_ladder() -> None:
    nursery = Nursery()
    steps = nursery.expect(prospect(places=(FULL, VIEWS)))
    advance = Advance(VIEWS.ahead, VIEWS.dependents, True, ())
    assert steps == [
        Begin(),
        Grow(1, (GoOn(("mine",)),), Kind.NATURAL),
        Grow(2, (Advance(INSTALLED, (), False, ()),), Kind.INSTALLED),
        Grow(3, (GoOn(("mine.views",)), advance), Kind.HOT, VIEWS),
        Grow(3, (GoOn(("mine.views", "mine.wsgi")),), Kind.NATURAL),
        Spare(2),  # where FULL is to be served, which nothing can be ahead of
        Spare(3),
        Spare(4),
    ]
    assert nursery.kinds() == sorted(
        [(Kind.COLD, ""), (Kind.INSTALLED, "mine"), (Kind.HOT, "mine.views")]
        + [(Kind.NATURAL, name) for name in ("mine", "mine.views", "mine.wsgi")],
        key=str,
    )


def test_a_change_leaves_what_does_not_hold_it_and_the_deepest_of_that_serves() -> None:
    nursery = Nursery()
    nursery.expect(prospect(places=(VIEWS,)))
    assert nursery.deepest() == (Kind.NATURAL, "mine.wsgi")
    nursery.change("mine.views")
    assert nursery.deepest() == (Kind.HOT, "mine.views")
    nursery.change("mine.admin")
    assert nursery.deepest() == (Kind.NATURAL, "mine.views")
    nursery.change("mine")
    assert nursery.deepest() == (Kind.INSTALLED, "mine")
    nursery.change("flask")
    assert nursery.kinds() == [(Kind.COLD, ""), (Kind.NATURAL, "mine")]


def test_what_nobody_knows_the_reader_of_leaves_only_the_ground() -> None:
    nursery = Nursery()
    nursery.expect(prospect(places=(VIEWS,)))
    nursery.drop(ladder.outdated(nursery.known, ["/data.json"], ()))
    assert nursery.kinds() == [(Kind.COLD, "")]


def test_a_module_that_appears_is_one_that_a_snapshot_has_looked_for() -> None:
    rung = Rung(1, Kind.NATURAL, "mine.views", names=frozenset({"mine.local"}))
    known = Ladder().with_rung(Rung(2, Kind.NATURAL, "mine")).with_rung(rung)
    assert ladder.outdated(known, ["/mine/local.py"], ["mine.local"]) == [1]
    assert ladder.outdated(known, ["/mine/other.py"], ["mine.other"]) == []


def test_after_a_change_only_what_is_missing_is_made() -> None:
    nursery = Nursery()
    nursery.expect(prospect(places=(VIEWS,)))
    nursery.change("mine.views")
    steps = nursery.expect(prospect(places=(VIEWS,)))
    # The one at mine.wsgi held the old one; the deepest that does not is gone on from.
    (grow,) = [step for step in steps if isinstance(step, Grow)]
    assert nursery.known.rungs[grow.source].at == "mine.views"
    assert grow.orders == (GoOn(("mine.wsgi",)),)


def test_what_is_no_longer_likely_is_not_held_hot() -> None:
    nursery = Nursery()
    nursery.expect(prospect(places=(VIEWS,)))
    nursery.change("mine.wsgi")
    nursery.expect(prospect())
    assert nursery.known.of(Kind.HOT) == []


def test_nothing_comes_out_of_turn_where_the_order_matters() -> None:
    nursery = Nursery()
    nursery.expect(prospect(places=(VIEWS,), order_matters="the application uses gevent"))
    assert {kind for kind, _ in nursery.kinds()} == {Kind.COLD, Kind.NATURAL}
    assert all(rung.spares for rung in nursery.known.of(Kind.NATURAL))


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
    grow = Grow(1, (Advance(DJANGO, (), False, ()),), Kind.INSTALLED)
    assert ladder.refuse(Ladder(), grow, name).refused == refused


def test_what_is_refused_is_not_tried_again_and_the_rest_is() -> None:
    nursery = Nursery()
    nursery.known = nursery.known.expecting(prospect(installed=DJANGO))
    nursery.take(Begin())
    nursery.take(Grow(1, (GoOn(("mine",)),), Kind.NATURAL))
    step = ladder.step(nursery.known)
    assert isinstance(step, Grow)
    nursery.known = ladder.refuse(nursery.known, step, DJANGO[0])
    again = ladder.step(nursery.known)
    assert again == Grow(2, (Advance(DJANGO[3:], (), False, ()),), Kind.INSTALLED)


def test_what_could_not_be_imported_ahead_is_imported_in_its_turn() -> None:
    nursery = Nursery()
    hot = Grow(1, (Advance(VIEWS.ahead, VIEWS.dependents, True, ()),), Kind.HOT, VIEWS)
    for known in (ladder.refuse(Ladder(), hot, "mine.admin"), ladder.given_up(Ladder(), hot, "")):
        nursery.known = known
        nursery.expect(prospect(places=(VIEWS,)))
        assert nursery.known.of(Kind.HOT) == []
    # Until what is ahead of it is another: then it is worth a try.
    other = dataclasses.replace(VIEWS, ahead=("mine.forms",))
    nursery.expect(prospect(places=(other,)))
    assert len(nursery.known.of(Kind.HOT)) == 1


def test_one_that_looks_in_vain_for_what_a_start_in_turn_finds_is_blind() -> None:
    known = Ladder().expecting(prospect())
    ahead = Grow(1, (Advance(INSTALLED, (), False, ()),), Kind.INSTALLED)
    in_turn = Grow(1, (GoOn(("mine",)),), Kind.NATURAL)
    found, not_there = (Parked("mine", (), (), (name,)) for name in ("mine.admin", "speedups"))
    assert ladder.is_blind(known, ahead, found)
    assert not ladder.is_blind(known, ahead, not_there)
    assert not ladder.is_blind(known, in_turn, found)


@pytest.mark.parametrize("order", [(), ("other", "another")])
def test_an_application_that_never_comes_to_its_stops_is_given_up(order: tuple[str, ...]) -> None:
    nursery = Nursery(order)
    assert nursery.expect(prospect())
    assert [kind for kind, _ in nursery.kinds()] == [Kind.COLD]


def test_what_dies_takes_the_blame_and_one_that_cannot_even_begin_is_given_up() -> None:
    dead = Grow(1, (Advance(INSTALLED, (), False, ()),), Kind.INSTALLED)
    assert ladder.given_up(Ladder(), dead, "").refused >= set(INSTALLED)
    known = ladder.given_up(Ladder().expecting(prospect()), Begin(), "")
    assert ladder.step(known) is None
    assert ladder.step(known.expecting(prospect())) == Begin()


def test_a_large_project_has_a_snapshot_every_so_often() -> None:
    order = [f"mine.m{number:03}" for number in range(200)]
    nursery = Nursery(order)
    nursery.expect(prospect(order))
    natural = sorted({rung.at for rung in nursery.known.of(Kind.NATURAL)})
    assert len(natural) <= ladder.STOPS + 1
    gaps = [int(b[-3:]) - int(a[-3:]) for a, b in itertools.pairwise(natural)]
    assert max(gaps) <= len(order) // ladder.STOPS


@pytest.mark.parametrize("seed", range(20))
def test_whatever_happens_nothing_that_is_left_holds_old_code(seed: int) -> None:
    chance = random.Random(seed)
    order = [f"m{number}" for number in range(chance.choice([1, 3, 8, 30]))]
    nursery = Nursery(order)
    edited: list[str] = []
    for _ in range(25):
        if chance.random() < 0.2:
            nursery.order = chance.sample(order, chance.randint(1, len(order)))
        places = tuple(place_in(nursery.order, name) for name in edited if name in nursery.order)
        matters = chance.choice(["", "", "", "it uses gevent"])
        environ = (("A", chance.choice("xxy")),)
        nursery.expect(prospect(nursery.order, places, order_matters=matters, environ=environ))
        for pid in chance.sample(sorted(nursery.known.rungs), len(nursery.known.rungs) // 5):
            nursery.drop([pid])  # it was killed
        changed = chance.sample(order, min(len(order), chance.choice([1, 1, 2, 9])))
        nursery.change(*changed)
        for rung in nursery.known.rungs.values():
            assert not set(nursery.held[rung.pid]) & set(changed)
            assert rung.files == set(files_of(nursery.held[rung.pid]))
        edited = [*dict.fromkeys([changed[0], *edited])][:4]
    assert len(nursery.known.rungs) <= 3 * ladder.STOPS + 8


def place_in(order: list[str], name: str) -> Place:
    """Return the place for edits of `name`, on which every third of the modules depends."""
    after = order[order.index(name) + 1 :]
    return Place(name, tuple(after[::3] + after[1::3]), (name, *after[2::3]))
