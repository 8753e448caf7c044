"""Snapshots for places: what is likely to be edited, and a life of changes at random."""

from __future__ import annotations

import dataclasses
import itertools
import random

import pytest

from spawning.messages import Advance, GoOn, Place
from spawning_devtools.reload.ahead import dependents, place_before
from spawning_devtools.snapshots import ladder
from spawning_devtools.snapshots.rungs import Grow, Kind
from spawning_devtools.snapshots.steps import STOPS
from unit.devtools.growing import INSTALLED, ORDER, Application, Nursery, files_of, prospect

VIEWS = Place("mine.views", ("mine.admin",), ("mine.views", "mine.wsgi"))
# By class of dependents: each keeps back what the next does, and more.
MANY = Place("b", ("f",), ("b", "c", "d", "e", "g"))
SOME = Place("c", ("f", "g"), ("c", "d", "e"))
FEW = Place("d", ("f", "g"), ("d", "e"))
NESTED = (MANY, SOME, FEW)

DATA = ("", "", "", "/a.toml", "/b.toml")
"""What modules read, if anything."""


def grows(place: Place, source: int, *before: GoOn) -> Grow:
    advance = Advance(place.ahead, place.dependents, True, ())
    return Grow(source, (*before, advance), Kind.HOT, place)


def test_nested_places_are_grown_each_from_the_one_below() -> None:
    nursery = Nursery(Application("abcdefg"))
    steps = nursery.expect(prospect("abcdefg", NESTED))
    hot = [step for step in steps if isinstance(step, Grow) and step.kind is Kind.HOT]
    pids = {rung.place: rung.pid for rung in nursery.known.of(Kind.HOT)}
    (ground,) = nursery.known.of(Kind.INSTALLED)
    assert hot == [
        grows(MANY, ground.pid, GoOn(("b",))),
        grows(SOME, pids[MANY], GoOn(("c",))),
        grows(FEW, pids[SOME], GoOn(("d",))),
    ]
    rungs = {place: nursery.known.rungs[pid] for place, pid in pids.items()}
    assert rungs[FEW].names > rungs[SOME].names > rungs[MANY].names
    assert rungs[FEW].ahead == {"f", "g"}
    assert all(rung.ground == ground.pid and rung.spares for rung in rungs.values())
    for name, serves in (("b", MANY), ("c", SOME), ("d", FEW)):
        after = Nursery(nursery.application)
        after.known, after.held = nursery.known, nursery.held
        after.change(name)
        deepest = after.known.deepest()
        assert deepest is not None
        assert deepest.place == serves


def test_one_that_stands_at_a_place_already_only_imports_ahead() -> None:
    less = Place("b", ("f",), ("b", "c", "d", "e", "g"))
    more = Place("b", ("f", "g"), ("b", "c", "d", "e"))
    nursery = Nursery(Application("abcdefg"))
    steps = nursery.expect(prospect("abcdefg", (less, more)))
    (pid,) = (rung.pid for rung in nursery.known.of(Kind.HOT) if rung.place == less)
    assert grows(more, pid) in steps


def test_a_place_is_not_grown_from_one_that_holds_what_it_keeps_back() -> None:
    # f is ahead for the one and kept back for the other.
    other = Place("c", ("g",), ("c", "f"))
    nursery = Nursery(Application("abcdefg"))
    steps = nursery.expect(prospect("abcdefg", (MANY, other)))
    (ground,) = nursery.known.of(Kind.INSTALLED)
    assert grows(other, ground.pid, GoOn(("c",))) in steps
    held = {rung.place: rung.names for rung in nursery.known.of(Kind.HOT)}
    assert "f" in held[MANY]
    assert not held[other] & {"c", "f"}


def test_a_place_is_not_grown_from_one_that_was_grown_from_such_a_one() -> None:
    order = "abfcdeg"
    first, second = Place("b", ("f",), ("b",)), Place("c", ("g",), ("c",))
    third = Place("d", ("e",), ("d", "f"))  # f has begun by then, but in its turn
    nursery = Nursery(Application(order))
    steps = nursery.expect(prospect(order, (first, second, third)))
    (ground,) = nursery.known.of(Kind.INSTALLED)
    pids = {rung.place: rung.pid for rung in nursery.known.of(Kind.HOT)}
    assert nursery.known.rungs[pids[second]].ahead == {"f", "g"}
    assert grows(second, pids[first], GoOn(("c",))) in steps
    assert grows(third, ground.pid, GoOn(("d",))) in steps


def test_a_package_that_is_new_is_imported_above_those_that_are_there() -> None:
    nursery = Nursery(Application("abcdefg"))
    nursery.expect(prospect("abcdefg", NESTED))
    (ground,) = nursery.known.of(Kind.INSTALLED)
    steps = nursery.expect(prospect("abcdefg", NESTED, installed=(*INSTALLED, "redis")))
    assert steps[0] == Grow(ground.pid, (Advance(("redis",), (), False, ()),), Kind.INSTALLED)
    (above,) = nursery.known.of(Kind.INSTALLED)
    assert above.ahead == {*INSTALLED, "redis"}
    # All that came of the old one is made again, of the new one.
    assert {rung.place for rung in nursery.known.of(Kind.HOT)} == {*NESTED}
    assert all(rung.ground == above.pid for rung in nursery.known.of(Kind.HOT))


def test_a_place_that_goes_takes_nothing_along_that_was_grown_from_it() -> None:
    nursery = Nursery(Application("abcdefg"))
    nursery.expect(prospect("abcdefg", NESTED))
    nursery.change("e")
    steps = nursery.expect(prospect("abcdefg", (SOME, FEW)))
    assert not any(isinstance(step, Grow) and step.kind is Kind.HOT for step in steps)
    assert {rung.place for rung in nursery.known.of(Kind.HOT)} == {SOME, FEW}


def test_a_place_with_nothing_ahead_is_a_stop_of_the_start_and_has_a_spare() -> None:
    order = [f"m{number:02}" for number in range(40)]
    bare = Place("m13", (), ("m13",))
    nursery = Nursery(Application(order))
    steps = nursery.expect(prospect(order, (bare,)))
    assert nursery.known.of(Kind.HOT) == []
    at = {rung.at: rung for rung in nursery.known.of(Kind.NATURAL) if rung.ground}
    assert at["m13"].spares
    assert not any(rung.spares for name, rung in at.items() if name != "m13")
    # Between them no start is long, and so all come of one.
    stops = [step.orders for step in steps if isinstance(step, Grow)][2:]
    assert stops == [(GoOn(("m10", "m13", "m23", "m33")),)]
    nursery.change("m13")
    assert nursery.deepest() == (Kind.NATURAL, "m13")


def test_a_place_where_nothing_may_come_ahead_is_a_stop_as_well() -> None:
    order = [f"m{number:02}" for number in range(40)]
    place = Place("m13", ("m20", "m21"), ("m13",))
    # m20 needs what is edited, and nobody knew.
    hopeless = Nursery(Application(order, {"m20": ["m13"]}))
    hopeless.expect(prospect(order, (place,)))
    assert hopeless.known.hopeless == {place}
    gevent = Nursery(Application(order))
    gevent.expect(prospect(order, (place,), order_matters="it uses gevent"))
    for nursery in (hopeless, gevent):
        assert nursery.known.of(Kind.HOT) == []
        (natural,) = (rung for rung in nursery.known.of(Kind.NATURAL) if rung.at == "m13")
        assert natural.spares


def test_what_could_not_come_ahead_of_a_place_is_imported_in_its_turn() -> None:
    nursery = Nursery(Application(needs={"mine.admin": ["mine.views"]}))
    steps = nursery.expect(prospect(places=(VIEWS,)))
    assert nursery.known.hopeless == {VIEWS}
    assert len([s for s in steps if isinstance(s, Grow) and s.kind is Kind.HOT]) == 1
    assert nursery.known.of(Kind.HOT) == []
    # Until what is ahead of it is another: then it is worth a try.
    nursery.expect(prospect(places=(dataclasses.replace(VIEWS, ahead=("mine.forms",)),)))
    assert len(nursery.known.of(Kind.HOT)) == 1


def test_a_place_to_which_no_start_comes_is_given_up() -> None:
    nursery = Nursery(Application(ORDER[:2]))
    nursery.expect(prospect(places=(VIEWS,)))
    assert nursery.known.hopeless == {VIEWS}
    assert nursery.known.of(Kind.HOT) == []


def test_stops_of_earlier_edits_do_not_add_up() -> None:
    order = [f"m{number:03}" for number in range(100)]
    nursery = Nursery(Application(order))
    for name in order:  # each leaves those before it as they are
        nursery.change(name)
        nursery.expect(prospect(order, (Place(name, (), (name,)),)))
        # The base, the ground, and at worst every second one of those that are kept is needed.
        assert len(nursery.known.rungs) <= 2 * STOPS + 4


class Chance:
    """An application of modules that need each other, changed at random."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.names = [f"m{number}" for number in range(self.random.choice([1, 3, 8, 30]))]
        self.application = Application(self.names[:1])
        self.edited: tuple[str, ...] = ()
        self.write(set(self.names))

    def write(self, changed: set[str]) -> None:
        """Let these need others, read others, or go or come."""
        pick, old = self.random, self.application
        needs, reads, absent = dict(old.needs), dict(old.reads), old.absent - changed
        entry, *others = self.names
        for name in sorted(changed):
            number = pick.choice([0, 0, 1, 2]) if name != entry else pick.randint(1, 30)
            needs[name] = pick.sample(self.names, min(len(self.names), number))
            reads[name] = pick.choice(DATA)
            if name in others and pick.random() < 0.1:
                absent.add(name)
        self.application = Application(old.order, needs, reads, absent)

    def change(self) -> set[str]:
        """Save some modules; return which."""
        number = min(len(self.names), self.random.choice([1, 1, 2, 9]))
        changed = set(self.random.sample(self.names, number))
        self.write(changed)
        if self.random.random() < 0.7:
            self.edited = tuple(dict.fromkeys([min(changed), *self.edited]))[:4]
        return changed

    def readers(self, data: str) -> set[str]:
        """Return the modules that read a file wherever they are imported."""
        there = set(self.names) - self.application.absent
        return {name for name in there if self.application.reads[name] == data}

    def places(self) -> tuple[Place, ...]:
        """Return the places for what was edited and for two classes; a need is missed at times."""
        order = self.application.started()
        needing: dict[str, set[str]] = {}
        for name, needed in self.application.needs.items():
            for one in needed:
                if self.random.random() < 0.9:
                    needing.setdefault(one, set()).add(name)
        closures = {name: dependents([name], needing) for name in order}
        likely = [[name] for name in self.edited if name in order]
        likely += [[name for name in order if len(closures[name]) <= most] for most in (2, 6)]
        found = dict.fromkeys(place_before(names, order, closures) for names in likely if names)
        return tuple(sorted(found, key=lambda place: -len(place.dependents)))


def look_at(nursery: Nursery) -> None:
    """Check a full ladder."""
    assert nursery.known.prospect is not None
    places, matters = nursery.known.prospect.places, nursery.known.prospect.order_matters
    rungs = nursery.known.rungs.values()
    assert ladder.superfluous(nursery.known) == []
    assert len(rungs) <= 2 * STOPS + 2 * len(places) + 4
    there = [name for name, _ in nursery.known.prospect.project]
    hot = {rung.place: rung for rung in nursery.known.of(Kind.HOT)}
    assert not (matters and (hot or nursery.known.of(Kind.INSTALLED)))
    for place, rung in hot.items():
        assert place in places
        assert rung.at == place.name not in rung.names
        assert rung.ahead >= set(place.ahead)
        assert not rung.ahead & set(place.dependents)
        assert rung.spares
    stops = {rung.at for rung in nursery.known.of(Kind.NATURAL)} | nursery.known.unreached
    for place in places:
        assert place in hot or place.name in stops, "nothing serves an edit there"
    numbers = [number for number, name in enumerate(there) if name in stops]
    gaps = [b - a for a, b in itertools.pairwise([*numbers, len(there)])]
    assert max(gaps) <= -(-len(there) // STOPS)


def look_after(nursery: Nursery, changed: set[str]) -> None:
    """Check what a change has left."""
    for rung in nursery.known.rungs.values():
        held = set(nursery.held[rung.pid])
        assert not held & changed
        assert rung.names == held
        assert rung.files == set(files_of(held - nursery.application.absent))


@pytest.mark.parametrize("seed", range(30))
def test_whatever_happens_nothing_that_is_left_holds_old_code(seed: int) -> None:
    chance = Chance(seed)
    pick = chance.random
    nursery = Nursery()
    for number in range(25):
        nursery.application = chance.application
        matters = pick.choice(["", "", "", "it uses gevent"])
        environ = (("A", pick.choice("xxy")),)
        started = chance.application.started()
        known = prospect(started, chance.places(), order_matters=matters, environ=environ)
        nursery.expect(known)
        look_at(nursery)
        for pid in pick.sample(sorted(nursery.known.rungs), len(nursery.known.rungs) // 5):
            nursery.drop([pid])  # it was killed
        if pick.random() < 0.2:  # a file is another now, and nobody has been told
            data = pick.choice(DATA[-2:])
            nursery.stamps[data] = str(number)
            nursery.drop(ladder.stale(nursery.known, nursery.stamp_of))
            look_after(nursery, chance.readers(data))
        changed = chance.change()
        nursery.application = chance.application
        nursery.change(*changed)
        look_after(nursery, changed)


@pytest.mark.parametrize("seed", range(30))
def test_a_start_that_has_another_order_each_time_is_prepared_for_once(seed: int) -> None:
    # As where it imports what a set names: the order is that of the hashes.
    chance = Chance(seed)
    nursery = Nursery(chance.application)
    for _ in range(25):
        pick = chance.random
        chance.application.order = pick.sample(chance.names, pick.randint(1, len(chance.names)))
        known = prospect(chance.application.started(), chance.places())
        chance.application.order = pick.sample(chance.names, pick.randint(1, len(chance.names)))
        nursery.expect(known)
        changed = chance.change()
        nursery.application = chance.application
        nursery.change(*changed)
        look_after(nursery, changed)
