"""The ladder through a life of changes at random: what is left never holds old code."""

from __future__ import annotations

import itertools
import random

import pytest

from spawning.messages import Place
from spawning_devtools.reload.graph.ahead import dependents, place_before
from spawning_devtools.snapshots import ladder
from spawning_devtools.snapshots.rungs import Kind
from spawning_devtools.snapshots.steps import STOPS
from unit.devtools.snapshots.growing import (
    Application,
    Nursery,
    files_of,
    prospect,
)

DATA = ("", "", "", "/a.toml", "/b.toml")
"""What modules read, if anything."""


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
