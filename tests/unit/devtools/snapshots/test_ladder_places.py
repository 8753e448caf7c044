"""Snapshots for places: what is likely to be edited."""

from __future__ import annotations

import dataclasses

from spawning.messages import Advance, GoOn, Place
from spawning_devtools.snapshots.rungs import Grow, Kind
from spawning_devtools.snapshots.steps import STOPS
from unit.devtools.snapshots.growing import (
    INSTALLED,
    ORDER,
    Application,
    Nursery,
    prospect,
)

VIEWS = Place("mine.views", ("mine.admin",), ("mine.views", "mine.wsgi"))
# By class of dependents: each keeps back what the next does, and more.
MANY = Place("b", ("f",), ("b", "c", "d", "e", "g"))
SOME = Place("c", ("f", "g"), ("c", "d", "e"))
FEW = Place("d", ("f", "g"), ("d", "e"))
NESTED = (MANY, SOME, FEW)


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
