"""What an event makes of a situation."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest

from spawning.controller import events
from spawning.controller.children import Child, State
from spawning.controller.policy import (
    Asked,
    Situation,
    Stopping,
    pause_after,
)
from spawning.controller.signals import ORDERS, Order
from spawning.messages import InFlight
from unit.core.situations import HELD, NOW, children, situation

Event = Callable[[Situation], Situation]
REQUEST = InFlight("GET", "/slow", 1.5)
PAUSED: dict[str, Any] = {"deaths_at_start": 3, "spawn_not_before": 9.0}
UNPAUSED: dict[str, Any] = {"deaths_at_start": 0, "spawn_not_before": 0.0}
ONE = situation("1S 1S 1T", serving=1)

# (before, event, fields of the situation that differ afterwards)
ROWS: dict[str, tuple[Situation, Event, dict[str, Any]]] = {
    "begun": (ONE, lambda s: events.begun(s, 2), {"pending": 2}),
    "begun while another is pending": (
        situation("1S", serving=1, pending=2),
        lambda s: events.begun(s, 3),
        {"pending": 3},
    ),
    "spawned": (
        situation("1S"),
        lambda s: events.spawned(s, Child(worker_id=2, pid=1002, generation=2, since=95.0)),
        {"children": children("1S 2T")},
    ),
    "ready": (ONE, lambda s: events.ready(s, 3, NOW), {"children": children("1S 1S 1R@100")}),
    "opened": (
        situation("1R"),
        lambda s: events.opened(s, 1, NOW),
        {"children": children("1S@100")},
    ),
    "taken over": (
        situation(
            "1S 2R", serving=1, pending=2, outdated=True, deaths_at_start=3, spawn_not_before=9.0
        ),
        lambda s: events.taken_over(s, 2, 0.0),
        {
            "serving": 2,
            "pending": 0,
            "outdated": False,
            "deaths_at_start": 0,
            "spawn_not_before": 0.0,
        },
    ),
    "taken over in development, where the siblings wait": (
        situation("2R", pending=2, development=True),
        lambda s: events.taken_over(s, 2, NOW),
        {"serving": 2, "pending": 0, "spawn_not_before": NOW + events.FOLLOW},
    ),
    "draining twice keeps the time": (
        situation("1D@90"),
        lambda s: events.draining(s, 1, (), NOW),
        {},
    ),
    "held": (situation("1S"), lambda s: events.held(s, 1, HELD), {"children": children("1S*")}),
    "a reload is asked for": (
        situation("1S"),
        lambda s: events.asked(s, "a.py changed", 90.0),
        {"asked": Asked(("a.py changed",), 90.0, waits=False)},
    ),
    "a reload is asked for while a debugger holds a worker": (
        situation("1S*"),
        lambda s: events.asked(s, "a.py changed", 90.0),
        {"asked": Asked(("a.py changed",), 90.0, waits=True)},
    ),
    "it is asked for once more, and again for the same": (
        situation("1S*", asked=Asked(("a.py changed",), 90.0, waits=True)),
        lambda s: events.asked(events.asked(s, "b.py changed", 91.0), "a.py changed", 92.0),
        {"asked": Asked(("a.py changed", "b.py changed"), 90.0, waits=True)},
    ),
    "begun though it was to wait": (
        situation("1S*", serving=1, asked=Asked(("a.py changed",), 90.0, waits=True)),
        lambda s: events.begun(s, 2),
        {"asked": None, "pending": 2},
    ),
    "killed": (situation("1D"), lambda s: events.killed(s, 1), {"children": children("1D!")}),
    "one died that had served": (
        situation("1S@0 1S@0", serving=1, deaths_at_start=3),
        lambda s: events.died(s, 2, NOW),
        {"children": children("1S@0"), "deaths_at_start": 0},
    ),
    "a serving one died": (
        situation("1S@0 1S@0", serving=1),
        lambda s: events.died(s, 2, NOW),
        {"children": children("1S@0")},
    ),
    "a draining one ended": (
        situation("1S 1D", serving=1),
        lambda s: events.died(s, 2, NOW),
        {"children": children("1S")},
    ),
    "one that was killed ended": (
        situation("1S 1T!", serving=1, pending=1),
        lambda s: events.died(s, 2, NOW),
        {"children": children("1S")},
    ),
    "one died at its start": (
        situation("1S 1T", serving=1),
        lambda s: events.died(s, 2, NOW),
        {"children": children("1S"), "deaths_at_start": 1, "spawn_not_before": NOW + 0.5},
    ),
    "one died at its start again": (
        situation("1S 1R", serving=1, deaths_at_start=1, spawn_not_before=NOW - 1),
        lambda s: events.died(s, 2, NOW),
        {"children": children("1S"), "deaths_at_start": 2, "spawn_not_before": NOW + 1},
    ),
    "one died at its start, long after another": (
        situation("1S 1R", serving=1, deaths_at_start=5, spawn_not_before=NOW - 31),
        lambda s: events.died(s, 2, NOW),
        {"children": children("1S"), "deaths_at_start": 1, "spawn_not_before": NOW + 0.5},
    ),
    "one died just after it was opened": (
        situation("1S@0 1S@99.5", serving=1),
        lambda s: events.died(s, 2, NOW),
        {"children": children("1S@0"), "deaths_at_start": 1, "spawn_not_before": NOW + 0.5},
    ),
    "one of the pending generation died": (
        situation("1S 2T", serving=1, pending=2),
        lambda s: events.died(s, 2, NOW),
        {"children": children("1S"), "pending": 0, "outdated": True},
    ),
    "the second of the pending generation died": (
        situation("2R 2T", pending=2),
        lambda s: events.died(s, 2, NOW),
        {"children": children("2R"), "pending": 0, "outdated": True},
    ),
    # It says nothing about the code that serves.
    "one of a generation that was given up died": (
        situation("1S 2T", serving=1, pending=3),
        lambda s: events.died(s, 2, NOW),
        {"children": children("1S")},
    ),
}


@pytest.mark.parametrize(("before", "event", "differs"), ROWS.values(), ids=ROWS)
def test_what_an_event_changes(before: Situation, event: Event, differs: dict[str, Any]) -> None:
    assert event(before) == dataclasses.replace(before, **differs)


def test_a_draining_worker_says_what_it_is_doing() -> None:
    known = events.draining(situation("1S@0"), 1, (REQUEST,), NOW)
    [child] = known.children
    assert (child.state, child.since, child.requests) == (State.DRAINING, NOW, (REQUEST,))


def test_a_death_whose_pause_doubles() -> None:
    known, pauses = situation(serving=1), []
    for _ in range(4):
        known = events.spawned(known, Child(worker_id=1, pid=1, generation=1, since=NOW))
        known = events.died(known, 1, NOW)
        pauses.append(known.spawn_not_before - NOW)
    assert pauses == [pause_after(deaths) for deaths in (1, 2, 3, 4)]


NO, LEAVING, GRACEFULLY, AT_ONCE = Stopping

# (order, before, after)
STOPPING = [
    (Order.STOP, NO, LEAVING),
    (Order.STOP, LEAVING, GRACEFULLY),
    (Order.INTERRUPT, LEAVING, GRACEFULLY),
    (Order.STOP_AT_ONCE, LEAVING, AT_ONCE),
    (Order.STOP, GRACEFULLY, GRACEFULLY),
    (Order.STOP, AT_ONCE, AT_ONCE),
    (Order.INTERRUPT, NO, GRACEFULLY),
    (Order.INTERRUPT, GRACEFULLY, AT_ONCE),
    (Order.INTERRUPT, AT_ONCE, AT_ONCE),
    (Order.STOP_AT_ONCE, NO, AT_ONCE),
    (Order.STOP_AT_ONCE, GRACEFULLY, AT_ONCE),
    (Order.RELOAD, NO, NO),
    (Order.REAP, GRACEFULLY, GRACEFULLY),
]


@pytest.mark.parametrize(("order", "before", "after"), STOPPING)
def test_an_order_to_stop(order: Order, before: Stopping, after: Stopping) -> None:
    known = situation("1S 1S", serving=1, stopping=before, shutdown_delay=5.0)
    assert events.ordered(known, order, NOW).stopping is after


@pytest.mark.parametrize("known", [situation(shutdown_delay=5.0), situation(serving=1)])
def test_nobody_looks_away_from_a_server_that_serves_nothing_or_has_no_delay(
    known: Situation,
) -> None:
    assert events.ordered(known, Order.STOP, NOW).stopping is GRACEFULLY


def test_a_server_that_is_leaving_stops_after_its_delay() -> None:
    known = events.ordered(situation("1S", serving=1, shutdown_delay=5.0), Order.STOP, NOW)
    assert known.stop_at == NOW + 5.0
    assert events.stopping(known).stopping is GRACEFULLY


@pytest.mark.parametrize(
    ("order", "before", "after"),
    [(Order.MORE, 2, 3), (Order.FEWER, 2, 1), (Order.FEWER, 1, 1), (Order.RELOAD, 2, 2)],
)
def test_an_order_about_how_many(order: Order, before: int, after: int) -> None:
    assert events.ordered(situation(target=before), order, NOW) == situation(target=after)


def test_every_order_has_one_signal() -> None:
    assert sorted(ORDERS.values(), key=str) == sorted(Order, key=str)


def test_a_worker_that_is_released_has_a_whole_deadman_left() -> None:
    known = events.released(situation("1D*@10"), 1, NOW)
    [child] = known.children
    assert child.held is None
    assert child.overdue_at(known.deadman) == NOW + known.deadman
