"""Which death a failed request is owed to; pure.

A request may fail only for one of these reasons:
1. The worker that held its connection was killed.  Who held it is known where it has answered
   on this connection before, unless the connection may have changed workers since: then, and
   on a new connection, any worker that was killed meanwhile is a possible holder.
2. The controller was dead: nobody listens, and a connection that had just been made, or was
   idle for long, ends with the workers, which finish what they have begun.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass, field

from robustness_load import Failure

SLACK = 0.05
"""Seconds by which our clock readings may miss the moment of a death."""
MOVING = 5.0
"""Seconds that a connection may be on its way from an old worker to a new one."""


class Blame(enum.Enum):
    """What a failure is owed to."""

    HOLDER = "the killed worker was its holder"
    POSSIBLE_HOLDER = "a killed worker may have been its holder"
    REFUSED = "refused while no controller was there"
    ORPHANED = "cut while no controller was there"
    NOBODY = "nobody"


@dataclass
class Deeds:
    """What was done to the server, and when."""

    killed: list[tuple[float, int]] = field(default_factory=list)
    """Workers: time and process id."""
    moved: list[float] = field(default_factory=list)
    """Times at which connections began to change workers: HUP, TTOU."""
    dead: list[tuple[float, float]] = field(default_factory=list)
    """When the controller was killed, and when the next one served."""


def blame(failure: Failure, deeds: Deeds) -> Blame:
    """Return what a failure is owed to."""
    if failure.what not in ("cut", "refused"):
        return Blame.NOBODY
    first, last = failure.since - SLACK, failure.at + SLACK
    if any(begin - SLACK <= failure.at <= end + SLACK for begin, end in deeds.dead):
        return Blame.ORPHANED if failure.what == "cut" else Blame.REFUSED
    if failure.what != "cut":
        return Blame.NOBODY
    killed = {pid for at, pid in deeds.killed if first <= at <= last}
    if failure.holder in killed:
        return Blame.HOLDER
    may_have_moved = any(first - MOVING <= at <= last for at in deeds.moved)
    if killed and (not failure.holder or may_have_moved):
        return Blame.POSSIBLE_HOLDER
    return Blame.NOBODY


def blamed(failures: Sequence[Failure], deeds: Deeds) -> dict[Blame, list[Failure]]:
    """Return all failures by what they are owed to."""
    found: dict[Blame, list[Failure]] = {kind: [] for kind in Blame}
    for failure in failures:
        found[blame(failure, deeds)].append(failure)
    return found
