"""What to prepare next, of the snapshots that `ladder` describes: pure."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from spawning.messages import Advance, Complete, GoOn, Prospect
from spawning_devtools.snapshots.rungs import Begin, Grow, Kind, Ladder, Rung, Spare, Step

STOPS = 4
"""Snapshots of a start where nothing was imported before its turn; each takes a few MiB."""


def next_step(known: Ladder) -> Step | None:
    """Return what to prepare next, None where everything is (rule 3)."""
    prospect = known.prospect
    if prospect is None or not prospect.project:
        return None
    cold = known.of(Kind.COLD)
    if not cold:
        return Begin()
    base = next((rung for rung in known.of(Kind.NATURAL) if is_base(rung, prospect)), None)
    if base is None:
        first = _first(prospect)
        if first <= known.unreached:
            return None
        return Grow(cold[0].pid, (GoOn((*first,)),), Kind.NATURAL)
    return (
        _installed(known, prospect, base) or _upwards(known, prospect, base) or _full(known, base)
    )


def is_base(rung: Rung, prospect: Prospect) -> bool:
    """Return whether it is at the project's first module, and nothing was imported ahead."""
    return rung.kind is Kind.NATURAL and not rung.ground and rung.at in _first(prospect)


def crowded(known: Ladder, prospect: Prospect) -> Iterator[str]:
    """Yield the stops without which no start would be long: left by edits of another day."""
    bare = known.bare()
    have = {rung.at for rung in known.of(Kind.NATURAL)}
    stops = [number for number, (name, _) in enumerate(prospect.project) if name in have]
    before = 0
    for number, after in itertools.pairwise([*stops, len(prospect.project)]):
        name, _ = prospect.project[number]
        if name in bare or after - before > _span(prospect):
            before = number
        else:
            yield name


def size(known: Ladder) -> int:
    """Return how many modules the project has."""
    return len(known.prospect.project) if known.prospect is not None else 0


def _first(prospect: Prospect) -> frozenset[str]:
    return frozenset(name for name, _ in prospect.project[:1])


def _installed(known: Ladder, prospect: Prospect, base: Rung) -> Grow | None:
    """Return how to import ahead what is needed of installed packages."""
    if prospect.order_matters:
        return None
    ground = known.ground()
    have = known.refused | ground.ahead if ground is not None else known.refused
    names = tuple(name for name in known.installed if name not in have)
    if not names:
        return None
    order = Advance(names, (), False, prospect.environ)
    return Grow(ground.pid if ground is not None else base.pid, (order,), Kind.INSTALLED)


def _upwards(known: Ladder, prospect: Prospect, base: Rung) -> Step | None:
    """Return the next step above the ground."""
    ground = known.ground() or base
    lowest = 0 if ground is base else ground.pid
    others = (Kind.COLD, Kind.FULL)
    above = [r for r in known.rungs.values() if r.ground == lowest and r.kind not in others]
    hot = _hot(known, prospect, [ground, *above])
    if hot is not None:
        return hot
    natural = [ground, *(rung for rung in above if rung.kind is Kind.NATURAL)]
    return _natural(known, prospect, natural) or _spare(known, prospect)


def _hot(known: Ladder, prospect: Prospect, below: list[Rung]) -> Grow | None:
    """Return how to import ahead what does not depend on what is likely to be edited."""
    if prospect.order_matters:
        return None
    have = {rung.place for rung in known.of(Kind.HOT)}
    for place in prospect.places:
        if place in have or place in known.hopeless or not place.ahead:
            continue
        needing = frozenset(place.dependents)
        sources = [r for r in below if place.name not in r.names and not _led(r) & needing]
        source = max(sources, key=lambda rung: len(rung.files), default=None)
        if source is not None:
            environ = prospect.environ if prospect.sets_up else ()
            advance = Advance(place.ahead, place.dependents, True, environ, prospect.sets_up)
            orders = (advance,) if source.at == place.name else (GoOn((place.name,)), advance)
            return Grow(source.pid, orders, Kind.HOT, place)
    return None


def _full(known: Ladder, base: Rung) -> Grow | None:
    """Return how to get all of the application."""
    if not known.may_be_full or known.full() is not None or known.incomplete == size(known):
        return None
    source = known.ground() or base
    return Grow(source.pid, (Complete(),), Kind.FULL)


def _led(rung: Rung) -> frozenset[str]:
    """Return the project's modules that came before their turn."""
    return rung.ahead if rung.kind is not Kind.INSTALLED else frozenset()


def _natural(known: Ladder, prospect: Prospect, have: list[Rung]) -> Grow | None:
    """Return how to get snapshots between which no start is long, whatever is edited."""
    span = _span(prospect)
    places = {rung.at for rung in have} | known.unreached
    bare = known.bare()
    since, wanted = 0, []
    for name, file in prospect.project:
        if name in places:
            since = 0
        elif (since >= span or name in bare) and file not in have[0].files:
            wanted.append((name, file))
            since = 0
        since += 1
    if not wanted:
        return None
    below = [rung for rung in have if wanted[0][1] not in rung.files]
    source = max(below, key=lambda rung: len(rung.files))
    stops = tuple(name for name, file in wanted if file not in source.files)
    return Grow(source.pid, (GoOn(stops),), Kind.NATURAL)


def _spare(known: Ladder, prospect: Prospect) -> Spare | None:
    """Return which snapshot is to have a spare: those that a change is likely to need."""
    bare = known.bare()
    for rung in known.rungs.values():
        is_likely = rung.kind in (Kind.HOT, Kind.INSTALLED, Kind.FULL) or rung.at in bare
        if not rung.spares and (
            is_likely or (prospect.order_matters and rung.kind is Kind.NATURAL)
        ):
            return Spare(rung.pid)
    return None


def _span(prospect: Prospect) -> int:
    return -(-len(prospect.project) // STOPS)
