"""Which snapshots there are, which of them serve a change, and what to prepare next: pure.

The ladder, from the ground up:
  COLD       an interpreter with the server in it, and nothing of the application
  NATURAL    the application has started as always, as far as a module of the project
  INSTALLED  at the project's first module, and what it will need of installed packages
             has been imported ahead
  HOT        before a module that is being edited, and what does not depend on it has been
             imported ahead

Rules:
1. A snapshot that holds a file that has changed, or has looked for a module that is
   another now, or is there now, is thrown away.  So whatever is left is current, and a
   new generation is forked from the one that holds most.
2. No module is imported ahead where the order matters (`Prospect.order_matters`), nor
   again after it could not be.
3. One thing is prepared at a time, and nothing while a change is being served.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator

from spawning.messages import Advance, GoOn, Parked, Prospect
from spawning_devtools.snapshots.rungs import Begin, Changes, Grow, Kind, Ladder, Rung, Spare, Step

STOPS = 12
"""Snapshots of one start, beyond those of what is being edited: each takes a few MiB."""


def mistaken(known: Ladder, environ: Changes) -> list[int]:
    """Return the INSTALLED snapshots that took the environment to become another."""
    grounds = [r.pid for r in known.of(Kind.INSTALLED) if r.environ != environ]
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


def superfluous(known: Ladder) -> list[int]:
    """Return the snapshots that nobody will fork again."""
    prospect = known.prospect
    if prospect is None:
        return []
    ground = _ground(known)
    names = {name for name, _ in prospect.project}
    recent = {one.name for one in prospect.recent}
    return [
        rung.pid
        for rung in known.rungs.values()
        if rung.kind is not Kind.COLD
        and rung is not ground
        and not _is_base(rung, prospect)
        and (
            rung.kind is Kind.INSTALLED
            or rung.ground != (ground.pid if ground is not None else 0)
            or rung.at not in (recent if rung.kind is Kind.HOT else names)
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
        return (
            None if first <= known.unreached else Grow(cold[0].pid, GoOn((*first,)), Kind.NATURAL)
        )
    return _installed(known, prospect, base) or _upwards(known, prospect, base)


def grown(source: Rung, grow: Grow | Begin, parked: Parked, pid: int) -> Rung:
    """Return the snapshot that `grow` has made of a process forked from `source`."""
    rung = Rung(
        pid,
        Kind.COLD,
        parked.at,
        source.files.union(parked.files),
        source.names.union(parked.names),
        source.pid if source.kind is Kind.INSTALLED else source.ground,
    )
    match grow:
        case Grow(order=Advance() as order, kind=Kind.INSTALLED):
            ahead = source.ahead.union(order.names)
            return dataclasses.replace(
                rung, kind=Kind.INSTALLED, ground=0, ahead=ahead, environ=order.environ
            )
        case Grow(kind=kind):
            return dataclasses.replace(rung, kind=kind)
    return rung


def given_up(known: Ladder, grow: Grow | Begin, at: str) -> Ladder:
    """Return what is known once `grow` has come to nothing; `at`: the stop it ended at, or ''."""
    match grow:
        case Grow(order=Advance() as order):
            for name in order.names if not order.project else order.names[:1]:
                known = refuse(known, order, name)
            return known
        case Grow(order=GoOn(stops)):
            reached = {rung.at for rung in known.rungs.values()}
            return known.missing(name for name in stops if name == at or name not in reached)
    return dataclasses.replace(known, prospect=None)


def refuse(known: Ladder, order: Advance, name: str) -> Ladder:
    """Return what is known once `name` could not be imported ahead."""
    if not order.project:
        return dataclasses.replace(known, refused=known.refused | _relatives(name, order.names))
    prospect = known.prospect
    recent = prospect.recent if prospect is not None else ()
    failed = frozenset(one for one in recent if one.ahead == order.names)
    return dataclasses.replace(known, cold_recent=known.cold_recent | failed)


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


def _ground(known: Ladder) -> Rung | None:
    return max(known.of(Kind.INSTALLED), key=lambda rung: len(rung.files), default=None)


def _installed(known: Ladder, prospect: Prospect, base: Rung) -> Grow | None:
    """Return how to import ahead what is needed of installed packages."""
    if prospect.order_matters:
        return None
    ground = _ground(known)
    have = known.refused | ground.ahead if ground is not None else known.refused
    names = tuple(name for name in known.installed if name not in have)
    if not names:
        return None
    order = Advance(names, (), False, prospect.environ)
    return Grow(ground.pid if ground is not None else base.pid, order, Kind.INSTALLED)


def _upwards(known: Ladder, prospect: Prospect, base: Rung) -> Step | None:
    """Return the next step above the ground."""
    ground = _ground(known) or base
    lowest = 0 if ground is base else ground.pid
    natural = [r for r in known.of(Kind.NATURAL) if r.ground == lowest]
    have = {rung.at for rung in natural} | known.unreached
    if ground is not base:
        have |= _first(prospect)
    wanted = [(name, file) for name, file in _stops(prospect, have) if name not in have]
    if wanted:
        _, first = wanted[0]
        below = [r for r in (ground, *natural) if first not in r.files]
        source = max(below, key=lambda rung: len(rung.files), default=ground)
        stops = tuple(name for name, file in wanted if file not in source.files)
        return Grow(source.pid, GoOn(stops), Kind.NATURAL)
    return _hot(known, prospect, [ground, *natural]) or _spare(known)


def _stops(prospect: Prospect, have: frozenset[str] | set[str]) -> Iterator[tuple[str, str]]:
    """Yield the modules before which there is to be a snapshot: what is being edited, and
    so many others that no start from one of them is long.
    """
    recent = {one.name for one in prospect.recent}
    span = -(-len(prospect.project) // STOPS)
    since = span
    for name, file in prospect.project:
        if name in recent or name in have or since >= span:
            yield name, file
            since = 0
        since += 1


def _hot(known: Ladder, prospect: Prospect, natural: list[Rung]) -> Grow | None:
    """Return how to import ahead what does not depend on something that is being edited."""
    if prospect.order_matters:
        return None
    hot = {rung.at for rung in known.of(Kind.HOT)}
    for recent in prospect.recent:
        source = next((rung for rung in natural if rung.at == recent.name), None)
        if source is None or recent.name in hot or recent in known.cold_recent or not recent.ahead:
            continue
        order = Advance(recent.ahead, recent.dependents, True, ())
        return Grow(source.pid, order, Kind.HOT)
    return None


def _spare(known: Ladder) -> Spare | None:
    """Return which snapshot is to have a spare."""
    for rung in known.rungs.values():
        if not rung.spares and rung.kind is not Kind.COLD:
            return Spare(rung.pid)
    return None
