"""Which snapshots there are, and which of them serve a change: pure.

The ladder, from the ground up:
  COLD       an interpreter with the server in it, and nothing of the application
  NATURAL    the application has started as always, as far as a module of the project
  INSTALLED  at the project's first module, and what it will need of installed packages
             has been imported ahead
  HOT        before modules that are likely to be edited, and what does not depend on them
             has been imported ahead; each is grown from another that holds less
  FULL       all of the application is there

Rules:
1. A snapshot that holds a file that has changed, or has looked for a module that is
   another now, or is there now, is thrown away.  So whatever is left is current, and a
   new generation is forked from the one that holds most.
2. No module is imported ahead where the order matters (`Prospect.order_matters`), nor
   again after it could not be; what holds any is thrown away once the order matters.
3. One thing is prepared at a time, and nothing while a change is being served.
4. FULL alone is kept where it holds what has changed: a process that is forked from it
   takes the new bodies of functions, or says that there is more to it (see `full`).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable

from spawning.messages import Advance, GoOn, Parked, Taken
from spawning_devtools.environ import Changes
from spawning_devtools.snapshots.rungs import Begin, Grow, Kind, Ladder, Rung, Task
from spawning_devtools.snapshots.steps import crowded, is_base, size

MOST = 4
"""So many files may differ from what FULL holds; each is read and compared at each save."""
PATIENCE = 2.0
"""Seconds in which a snapshot has to fork."""
LEAST_PATIENCE = 0.2
"""Seconds: a machine may have other things to do."""


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
        if not _may_take(rung, changed)
        and (
            rung.files & changed
            or rung.names & concerned
            or not (concerned or rung.kind is Kind.COLD)
        )
    ]


def _may_take(rung: Rung, files: frozenset[str]) -> bool:
    """Return whether what is forked from it may come to have what was saved."""
    is_known = rung.kind is Kind.FULL and files and files <= rung.files
    return bool(is_known and len(rung.changed | files) <= MOST)


def changed(known: Ladder, files: Iterable[str]) -> Ladder:
    """Return what is known once `files` were saved."""
    saved = frozenset(files)
    refusals = {file: why for file, why in known.refusals.items() if file not in saved}
    known = dataclasses.replace(known, refusals=refusals)
    full = known.full()
    if full is None:
        return known
    held = full.files & saved
    return known.with_rung(dataclasses.replace(full, changed=full.changed | held))


def patience(full: Rung) -> float:
    """Return for how many seconds one that was forked from FULL is waited for.

    Longer than a start takes is of no use, and the controller does nothing meanwhile.
    """
    return min(max(LEAST_PATIENCE, full.took), PATIENCE)


def not_taken(known: Ladder, answer: Taken) -> Ladder:
    """Return what is known once a process of FULL has said why it cannot take what was saved."""
    return dataclasses.replace(known, refusals={**known.refusals, answer.file: answer.why_not})


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
    names = {name for name, _ in prospect.project}.difference(crowded(known, prospect))
    places = () if prospect.order_matters else prospect.places
    return [
        rung.pid
        for rung in known.rungs.values()
        if rung.kind not in (Kind.COLD, Kind.FULL)
        and rung is not ground
        and not is_base(rung, prospect)
        and (
            rung.kind is Kind.INSTALLED
            or rung.ground != (ground.pid if ground is not None else 0)
            or (rung.place not in places if rung.kind is Kind.HOT else rung.at not in names)
        )
    ]


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


def given_up(known: Ladder, grow: Grow | Begin, at: str, why: str = "") -> Ladder:
    """Return what is known once `grow` has come to nothing; `at`: the stop it ended at, or ''."""
    match grow:
        case Grow(kind=Kind.INSTALLED, orders=(Advance() as order,)):
            return dataclasses.replace(known, refused=known.refused.union(order.names))
        case Grow(place=place) if place is not None:
            return refuse(known, grow, place.name)
        case Grow(kind=Kind.FULL):
            return dataclasses.replace(known, incomplete=size(known), why_not_full=why)
        case Grow(source, (GoOn(stops),)):
            ground = _ground_of(known.rungs[source]) if source in known.rungs else 0
            reached = {rung.at for rung in known.of(Kind.NATURAL) if rung.ground == ground}
            return known.missing(name for name in stops if name == at or name not in reached)
    return dataclasses.replace(known, prospect=None)


def is_full(task: Task | None) -> bool:
    """Return whether all of the application is being made."""
    return task is not None and isinstance(task.grow, Grow) and task.grow.kind is Kind.FULL


def _ground_of(rung: Rung) -> int:
    return rung.pid if rung.kind is Kind.INSTALLED else rung.ground


def _relatives(name: str, names: Iterable[str]) -> frozenset[str]:
    """Return the names that are likely to fail for the same reason, `name` among them.

    One failure at a time would take a try for each model of Django's contrib packages.
    """
    parts = name.split(".")
    prefix = ".".join(parts[:2] if len(parts) > 2 else parts[:1])
    found = (other for other in names if other == prefix or other.startswith(f"{prefix}."))
    return frozenset([name, *found])
