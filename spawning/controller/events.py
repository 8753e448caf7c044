"""What an event makes of the situation: pure, one function an event.

`decide` in `policy` then says what to do about it.
"""

from __future__ import annotations

import dataclasses

from spawning.controller.children import Child, State
from spawning.controller.policy import (
    LONGEST_PAUSE,
    Asked,
    Situation,
    Stopping,
    died_at_start,
    holder,
    pause_after,
)
from spawning.controller.signals import Order
from spawning.messages import Held, InFlight

FOLLOW = 0.03
"""Seconds after the first worker of a generation in which its siblings are not started."""

NO, LEAVING, GRACEFULLY, AT_ONCE = Stopping

AFTER_ORDER = {
    # Whoever sends SIGTERM may need time to look away; whoever types Ctrl-C waits.
    (Order.STOP, NO): LEAVING,
    (Order.STOP, LEAVING): GRACEFULLY,
    (Order.STOP, GRACEFULLY): GRACEFULLY,
    (Order.STOP, AT_ONCE): AT_ONCE,
    (Order.INTERRUPT, NO): GRACEFULLY,
    (Order.INTERRUPT, LEAVING): GRACEFULLY,
    (Order.INTERRUPT, GRACEFULLY): AT_ONCE,
    (Order.INTERRUPT, AT_ONCE): AT_ONCE,
    **{(Order.STOP_AT_ONCE, before): AT_ONCE for before in Stopping},
}


def asked(known: Situation, cause: str, since: float) -> Situation:
    """A reload is wanted, for one more cause."""
    before = known.asked
    causes = before.causes if before else ()
    new = Asked(
        causes if cause in causes else (*causes, cause),
        before.since if before else since,
        bool(before and before.waits) or holder(known) is not None,
    )
    return dataclasses.replace(known, asked=new)


def begun(known: Situation, generation: int) -> Situation:
    """A new generation was asked for; one that was pending is given up for it."""
    return dataclasses.replace(known, pending=generation, asked=None)


def spawned(known: Situation, child: Child) -> Situation:
    """A worker was started."""
    return dataclasses.replace(known, children=known.children.with_child(child))


def ready(known: Situation, worker_id: int, now: float) -> Situation:
    """A worker has loaded the application."""
    children = known.children.in_state(worker_id, State.READY, now)
    return dataclasses.replace(known, children=children)


def opened(known: Situation, worker_id: int, now: float) -> Situation:
    """A worker has been told to accept."""
    children = known.children.in_state(worker_id, State.SERVING, now)
    return dataclasses.replace(known, children=children)


def taken_over(known: Situation, generation: int, now: float) -> Situation:
    """A generation serves from now on.

    In development one worker is enough for that.  The others wait a moment, so that they do
    not take the processors from the first request, for which somebody waits.
    """
    return dataclasses.replace(
        known,
        serving=generation,
        pending=0,
        outdated=False,
        deaths_at_start=0,
        spawn_not_before=now + FOLLOW if known.development else 0.0,
    )


def draining(
    known: Situation, worker_id: int, requests: tuple[InFlight, ...], now: float
) -> Situation:
    """A worker drains, by order or of its own accord, and is still answering `requests`."""
    children = known.children.in_state(worker_id, State.DRAINING, now)
    child = dataclasses.replace(children.by_id[worker_id], requests=requests)
    return dataclasses.replace(known, children=children.with_child(child))


def killed(known: Situation, worker_id: int) -> Situation:
    """A worker was sent SIGKILL."""
    child = dataclasses.replace(known.children.by_id[worker_id], killed=True)
    return dataclasses.replace(known, children=known.children.with_child(child))


def worn(known: Situation, worker_id: int, why: str) -> Situation:
    """A worker is to be replaced."""
    child = dataclasses.replace(known.children.by_id[worker_id], worn=why)
    return dataclasses.replace(known, children=known.children.with_child(child))


def held(known: Situation, worker_id: int, by: Held) -> Situation:
    """A debugger has stopped a thread of a worker, or another one has."""
    child = dataclasses.replace(known.children.by_id[worker_id], held=by)
    return dataclasses.replace(known, children=known.children.with_child(child))


def released(known: Situation, worker_id: int, now: float) -> Situation:
    """No debugger holds the worker any more."""
    child = dataclasses.replace(known.children.by_id[worker_id], held=None, freed=now)
    return dataclasses.replace(known, children=known.children.with_child(child))


def stopping(known: Situation) -> Situation:
    """The time of a server that was leaving is up."""
    return dataclasses.replace(known, stopping=Stopping.GRACEFULLY)


def died(known: Situation, worker_id: int, now: float) -> Situation:
    """A worker is gone: its generation may be given up, or its replacement has to wait."""
    child = known.children.by_id[worker_id]
    known = dataclasses.replace(known, children=known.children.without(worker_id))
    if child.killed:
        return known
    if not died_at_start(child, now):
        return dataclasses.replace(known, deaths_at_start=0)
    if child.generation == known.pending:
        return dataclasses.replace(known, pending=0, outdated=True)
    if child.generation != known.serving:
        return known
    long_ago = now > known.spawn_not_before + LONGEST_PAUSE
    deaths = 1 if long_ago else known.deaths_at_start + 1
    return dataclasses.replace(
        known, deaths_at_start=deaths, spawn_not_before=now + pause_after(deaths)
    )


def ordered(known: Situation, order: Order, now: float) -> Situation:
    """The user sent a signal that changes how many workers there are, or that there are any."""
    match order:
        case Order.MORE:
            return dataclasses.replace(known, target=known.target + 1)
        case Order.FEWER:
            return dataclasses.replace(known, target=max(1, known.target - 1))
        case Order.STOP | Order.INTERRUPT | Order.STOP_AT_ONCE:
            after = AFTER_ORDER[order, known.stopping]
            if after is Stopping.LEAVING and not (known.shutdown_delay and known.serving):
                after = Stopping.GRACEFULLY
            return dataclasses.replace(known, stopping=after, stop_at=now + known.shutdown_delay)
        case _:
            return known
