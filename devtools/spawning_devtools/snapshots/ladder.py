"""Which snapshots there are, which of them serve a change, and what to prepare next: pure.

The ladder, from the ground up:
  COLD       an interpreter with the server in it, and nothing of the application
  NATURAL    the application has started as always, as far as a module of the project
  INSTALLED  at the project's first module, and what it will need of installed packages
             has been imported ahead
  HOT        before modules that are likely to be edited, and what does not depend on them
             has been imported ahead; each is grown from another that holds less

Rules:
1. A snapshot that holds a file that has changed, or has looked for a module that is
   another now, or is there now, is thrown away.  So whatever is left is current, and a
   new generation is forked from the one that holds most.
2. No module is imported ahead where the order matters (`Prospect.order_matters`), nor
   again after it could not be; what holds any is thrown away once the order matters.
3. One thing is prepared at a time, and nothing while a change is being served.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable, Iterable, Iterator

from spawning.messages import Advance, GoOn, Parked, Prospect
from spawning_devtools.snapshots.rungs import Begin, Changes, Grow, Kind, Ladder, Rung, Spare, Step

STOPS = 4
"""Snapshots of a start where nothing was imported before its turn; each takes a few MiB."""


def mistaken(known: Ladder, environ: Changes) -> list[int]:
    """Return the snapshots that took the environment to become another."""
    grounds = [r.pid for r in known.of(Kind.INSTALLED) if r.environ != environ]
    grounds += [r.pid for r in known.of(Kind.HOT) if r.environ and r.environ != environ]
    return [r.pid for r in known.rungs.values() if r.pid in grounds or r.ground in grounds]


def outdated(known: Ladder, files: Iterable[str], names: Iterable[str]) -> list[int]:
    """Return the snapshots that hold what is no longer so (rule 1).

    `names` are the modules that the changed `files` are, would be, or were read by.  Where
    nobody knows of any, something has read them by itself: whatever has begun may have.
    """
    changed, concerned = frozenset(files), frozenset(names)
    return [
        rung.pid
        for rung in known.rungs.values()
        if rung.files & changed
        or rung.names & concerned
        or not (concerned or rung.kind is Kind.COLD)
    ]


def stale(known: Ladder, stamp_of: Callable[[str], str]) -> list[int]:
    """Return the snapshots that have read what is now another; their modules apart."""
    read = {path: stamp_of(path) for rung in known.rungs.values() for path, _ in rung.read}
    return [
        rung.pid
        for rung in known.rungs.values()
        if any(read[path] != stamp for path, stamp in rung.read)
    ]


def superfluous(known: Ladder) -> list[int]:
    """Return the snapshots that nobody will fork again."""
    prospect = known.prospect
    if prospect is None:
        return []
    ground = known.ground()
    names = {name for name, _ in prospect.project}.difference(_crowded(known, prospect))
    places = () if prospect.order_matters else prospect.places
    return [
        rung.pid
        for rung in known.rungs.values()
        if rung.kind is not Kind.COLD
        and rung is not ground
        and not _is_base(rung, prospect)
        and (
            rung.kind is Kind.INSTALLED
            or rung.ground != (ground.pid if ground is not None else 0)
            or (rung.place not in places if rung.kind is Kind.HOT else rung.at not in names)
        )
    ]


def step(known: Ladder) -> Step | None:
    """Return what to prepare next, None where everything is (rule 3)."""
    prospect = known.prospect
    if prospect is None or not prospect.project:
        return None
    cold = known.of(Kind.COLD)
    if not cold:
        return Begin()
    base = next((rung for rung in known.of(Kind.NATURAL) if _is_base(rung, prospect)), None)
    if base is None:
        first = _first(prospect)
        if first <= known.unreached:
            return None
        return Grow(cold[0].pid, (GoOn((*first,)),), Kind.NATURAL)
    return _installed(known, prospect, base) or _upwards(known, prospect, base)


def grown(source: Rung, grow: Grow | Begin, parked: Parked, pid: int) -> Rung:
    """Return the snapshot that has come of a process that was forked from `source`."""
    files = source.files.union(parked.files)
    rung = Rung(
        pid,
        Kind.COLD,
        parked.at,
        files,
        source.names.union(parked.names, parked.missing),
        source.read.union((path, stamp) for path, stamp in parked.read if path not in files),
        _ground_of(source),
        frozenset() if source.kind is Kind.INSTALLED else source.ahead,
    )
    match grow:
        case Grow(orders=(Advance() as order,), kind=Kind.INSTALLED):
            return dataclasses.replace(
                rung,
                kind=Kind.INSTALLED,
                ground=0,
                ahead=source.ahead.union(order.names),
                environ=order.environ,
            )
        case Grow(orders=(*_, Advance() as order), kind=Kind.HOT, place=place) if place is not None:
            ahead, environ = rung.ahead.union(place.ahead), order.environ
            return dataclasses.replace(
                rung, kind=Kind.HOT, place=place, ahead=ahead, environ=environ
            )
        case Grow(kind=kind):
            return dataclasses.replace(rung, kind=kind)
    return rung


def is_blind(known: Ladder, grow: Grow | Begin, parked: Parked) -> bool:
    """Return whether one that imports ahead looked in vain for what a start in turn finds.

    It stands where the application says later that modules are (`sys.path`).
    """
    project = known.prospect.project if known.prospect is not None else ()
    found = {*known.installed, *(name for name, _ in project)}
    is_ahead = isinstance(grow, Grow) and grow.kind in (Kind.INSTALLED, Kind.HOT)
    return is_ahead and not found.isdisjoint(parked.missing)


def refuse(known: Ladder, grow: Grow, name: str) -> Ladder:
    """Return what is known once `name` could not be imported ahead."""
    match grow:
        case Grow(kind=Kind.INSTALLED, orders=(Advance() as order,)):
            refused = known.refused | _relatives(name, order.names)
            return dataclasses.replace(known, refused=refused)
        case Grow(place=place) if place is not None:
            return dataclasses.replace(known, hopeless=known.hopeless | {place})
    return known


def given_up(known: Ladder, grow: Grow | Begin, at: str) -> Ladder:
    """Return what is known once `grow` has come to nothing; `at`: the stop it ended at, or ''."""
    match grow:
        case Grow(kind=Kind.INSTALLED, orders=(Advance() as order,)):
            return dataclasses.replace(known, refused=known.refused.union(order.names))
        case Grow(place=place) if place is not None:
            return refuse(known, grow, place.name)
        case Grow(source, (GoOn(stops),)):
            ground = _ground_of(known.rungs[source]) if source in known.rungs else 0
            reached = {rung.at for rung in known.of(Kind.NATURAL) if rung.ground == ground}
            return known.missing(name for name in stops if name == at or name not in reached)
    return dataclasses.replace(known, prospect=None)


def _ground_of(rung: Rung) -> int:
    return rung.pid if rung.kind is Kind.INSTALLED else rung.ground


def _first(prospect: Prospect) -> frozenset[str]:
    return frozenset(name for name, _ in prospect.project[:1])


def _relatives(name: str, names: Iterable[str]) -> frozenset[str]:
    """Return the names that are likely to fail for the same reason, `name` among them.

    One failure at a time would take a try for each model of Django's contrib packages.
    """
    parts = name.split(".")
    prefix = ".".join(parts[:2] if len(parts) > 2 else parts[:1])
    found = (other for other in names if other == prefix or other.startswith(f"{prefix}."))
    return frozenset([name, *found])


def _is_base(rung: Rung, prospect: Prospect) -> bool:
    return rung.kind is Kind.NATURAL and not rung.ground and rung.at in _first(prospect)


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
    above = [r for r in known.rungs.values() if r.ground == lowest and r.kind is not Kind.COLD]
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


def _crowded(known: Ladder, prospect: Prospect) -> Iterator[str]:
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


def _span(prospect: Prospect) -> int:
    return -(-len(prospect.project) // STOPS)


def _spare(known: Ladder, prospect: Prospect) -> Spare | None:
    """Return which snapshot is to have a spare: those that a change is likely to need."""
    bare = known.bare()
    for rung in known.rungs.values():
        is_likely = rung.kind in (Kind.HOT, Kind.INSTALLED) or rung.at in bare
        if not rung.spares and (
            is_likely or (prospect.order_matters and rung.kind is Kind.NATURAL)
        ):
            return Spare(rung.pid)
    return None
