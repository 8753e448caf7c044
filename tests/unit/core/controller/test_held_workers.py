"""What a debugger holds is left alone: the rules of it, from the situation to the log."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from spawning.config import Config
from spawning.controller import replacement, report
from spawning.controller.children import Children
from spawning.controller.overseer import Overseer
from spawning.controller.policy import (
    Action,
    Asked,
    Begin,
    Kill,
    Retire,
    Situation,
    Spawn,
    Stopping,
    decide,
    wake_at,
)
from spawning.controller.replacement import Lingers
from spawning.messages import Held
from spawning.scoreboard import InFlightNow, Scoreboard
from unit.core.controller.test_replacement import reading, worn
from unit.core.situations import NOW, children, situation

GRACEFULLY: dict[str, Any] = {"stopping": Stopping.GRACEFULLY}
ONE: dict[str, Any] = {"serving": 1, "target": 1}
CAUSES = ("a.py changed", "b.py changed")
ASKED = Asked(CAUSES, 90.0, waits=True)


def with_worn(known: Situation) -> Situation:
    """Return it with its first worker worn."""
    return dataclasses.replace(known, children=worn(known.children, 1))


ROWS: dict[str, tuple[Situation, list[Action]]] = {
    "a reload begins": (
        situation("1S", **ONE, asked=Asked(("a.py changed",), 90.0, waits=False)),
        [Begin(("a.py changed",), 90.0)],
    ),
    "a reload waits": (situation("1S 1S*", serving=1, asked=ASKED), []),
    "it waits for one that imports": (situation("1S 2T*", **ONE, pending=2, asked=ASKED), []),
    "it begins with all its causes": (situation("1S", **ONE, asked=ASKED), [Begin(CAUSES, NOW)]),
    "it does not wait for what is superseded": (
        situation("1D* 2S", serving=2, target=1, asked=ASKED),
        [Begin(CAUSES, NOW)],
    ),
    "it never begins in a server that is being stopped": (
        situation("1D", **ONE, asked=ASKED, **GRACEFULLY),
        [],
    ),
    "no deadman": (situation("1D*@10 2S 2S", serving=2), []),
    "no replacement": (with_worn(situation("1S*", **ONE)), []),
    "a replacement when it is let go": (with_worn(situation("1S", **ONE)), [Spawn(1)]),
    "of too many it is the last to go": (situation("1S 1S*", **ONE), [Retire(1, True)]),
    "a server that is being stopped waits for no debugger": (
        situation("1S* 1D*@99 1S", serving=1, **GRACEFULLY),
        [Kill(1, False), Kill(2, False), Retire(3, False)],
    ),
}


@pytest.mark.parametrize(("known", "actions"), ROWS.values(), ids=ROWS)
def test_what_is_done(known: Situation, actions: list[Action]) -> None:
    assert decide(known, NOW) == actions


@pytest.mark.parametrize("known", [row[0] for row in ROWS.values()], ids=ROWS)
def test_nobody_is_woken_for_nothing(known: Situation) -> None:
    at = wake_at(known)
    assert decide(known, NOW) or at is None or at > NOW


def test_what_a_debugger_holds_is_never_found_worn() -> None:
    workers = children("1S*@10")
    readings = [reading(1, heartbeat=NOW - 90, stuck=1)]
    found = [
        *replacement.too_old(workers, 1.0, NOW),
        *replacement.stuck(workers, readings),
        *replacement.hung(workers, readings, 1.0, NOW),
        *replacement.too_large(workers, 2, 1),
    ]
    assert found == []
    assert replacement.next_birthday(workers, 1.0) is None


def released(workers: Children, at: float) -> Children:
    """Return the workers, the first of which was let go at this time."""
    child = dataclasses.replace(workers.by_id[1], held=None, freed=at)
    return workers.with_child(child)


def test_the_heartbeat_has_its_time_when_the_debugger_has_gone() -> None:
    readings = [reading(1, heartbeat=NOW - 90)]
    assert not list(replacement.hung(released(children("1S*@10"), NOW - 1), readings, 2.0, NOW))
    assert list(replacement.hung(released(children("1S*@10"), NOW - 2), readings, 2.0, NOW))


# the old worker, and the request that is named if any is
OLD = InFlightNow(NOW - 5, "GET /slow")
DRAINS: list[tuple[str, tuple[InFlightNow, ...], list[Lingers]]] = [
    ("1D@97.9", (InFlightNow(NOW - 1, "GET /b"), OLD), [Lingers(1, OLD)]),
    ("1D@98.1", (OLD,), []),
    ("1D@97.9", (), []),
    ("1D*@97.9", (OLD,), []),
    ("1D!@97.9", (OLD,), []),
    ("1S@97.9", (OLD,), []),
]


@pytest.mark.parametrize(("worker", "in_flight", "found"), DRAINS)
def test_a_slow_drain(
    worker: str, in_flight: tuple[InFlightNow, ...], found: list[Lingers]
) -> None:
    readings = [reading(1, in_flight=in_flight)]
    assert list(replacement.lingering(children(worker), readings, NOW)) == found


@pytest.mark.parametrize(("development", "count"), [(True, 1), (False, 0)])
def test_a_slow_drain_is_told_once_and_to_developers(development: bool, count: int) -> None:
    board = Scoreboard.create(2, 1)
    board.reserve(1, 1)
    row = board.row(1, False)
    row.introduce(1, 1, 0.0)
    row.slots[0].begin(b"GET /slow", NOW - 5)
    overseer = Overseer(Config(heartbeat_timeout=0.0), board)
    known = situation("1D@95 2S 2S", serving=2, development=development)
    assert (overseer.wake_at(known) == 97.0) is development
    assert overseer.look(known, 96.5) == []
    assert overseer.look(known, NOW) == [Lingers(1, OLD)] * count
    assert overseer.look(known, NOW + 1) == []
    assert overseer.wake_at(known) is None


LINES: list[tuple[str, Held, str]] = [
    (
        "1S",
        Held("pdb", "GET", "/orders/7"),
        "x.py changed; the reload waits for the debugger (pdb) in GET /orders/7, worker 1",
    ),
    (
        "1T",
        Held("debugpy", "", ""),
        "x.py changed; the reload waits for the debugger (debugpy) in the import of the"
        " application, worker 1",
    ),
    (
        "1S",
        Held("pdb", "", ""),
        "x.py changed; the reload waits for the debugger (pdb) in worker 1",
    ),
]


@pytest.mark.parametrize(("worker", "held", "line"), LINES)
def test_the_line_about_a_reload_that_waits(worker: str, held: Held, line: str) -> None:
    [child] = children(worker)
    workers = Children().with_child(dataclasses.replace(child, held=held))
    known = dataclasses.replace(situation(), children=workers)
    assert report.waiting("x.py changed", known) == line
    again = dataclasses.replace(known, asked=Asked(("x.py changed",), 0.0, waits=True))
    assert report.waiting("x.py changed", again) == ""


@pytest.mark.parametrize("workers", ["1S", "1D* 2S"])
def test_a_reload_that_need_not_wait_has_no_line(workers: str) -> None:
    assert report.waiting("x.py changed", situation(workers)) == ""


@pytest.mark.parametrize(
    ("causes", "text"),
    [(1, "0"), (4, "0, 1, 2, 3"), (5, "0, 1, 2, 2 more"), (9, "0, 1, 2, 6 more")],
)
def test_causes_that_have_gathered(causes: int, text: str) -> None:
    assert report.together([str(number) for number in range(causes)]) == text
