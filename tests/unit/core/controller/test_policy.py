"""What the controller does in every kind of situation."""

from __future__ import annotations

from typing import Any

import pytest

from spawning.controller.policy import (
    LONGEST_PAUSE,
    Action,
    Finish,
    Kill,
    Open,
    Retire,
    Situation,
    Spawn,
    Stopping,
    TakeOver,
    decide,
    died_at_start,
    pause_after,
    wake_at,
)
from unit.core.situations import NOW, children, situation

GRACEFULLY: dict[str, Any] = {"stopping": Stopping.GRACEFULLY}
AT_ONCE: dict[str, Any] = {"stopping": Stopping.AT_ONCE}
Row = tuple[Situation, list[Action]]

STARTS: dict[str, Row] = {
    "nothing is asked for": (situation(), []),
    "the first worker": (situation(pending=1), [Spawn(1)]),
    "it starts": (situation("1T", pending=1), []),
    "it is ready and nobody serves": (situation("1R", pending=1), [TakeOver(1)]),
    "it serves, the others follow": (situation("1R", serving=1), [Open(1), Spawn(1)]),
    "the others start": (situation("1S 1T", serving=1), []),
    "the others are ready": (situation("1S 1R", serving=1), [Open(2)]),
    "all serve": (situation("1S 1S", serving=1), []),
}

RELOADS: dict[str, Row] = {
    "one worker first": (situation("1S 1S", serving=1, pending=2), [Spawn(2)]),
    "it starts": (situation("1S 1S 2T", serving=1, pending=2), []),
    "it is ready, the others follow": (situation("1S 1S 2R", serving=1, pending=2), [Spawn(2)]),
    "the others start": (situation("1S 1S 2R 2T", serving=1, pending=2), []),
    "all are ready": (situation("1S 1S 2R 2R", serving=1, pending=2), [TakeOver(2)]),
    "the old ones go": (
        situation("1S 1S 2R 2R", serving=2),
        [Open(3), Open(4), Retire(1, True), Retire(2, True)],
    ),
    "the old ones drain": (situation("1D 1D 2S 2S", serving=2), []),
    "in development one is enough": (
        situation("1S 1S 2R", serving=1, pending=2, development=True),
        [TakeOver(2)],
    ),
    "in development the others follow": (
        situation("1S 1S 2R", serving=2, development=True),
        [Open(3), Retire(1, True), Retire(2, True), Spawn(2)],
    ),
    "in development one worker first": (
        situation("1S 1S", serving=1, pending=2, development=True),
        [Spawn(2)],
    ),
    "a ready one that was killed": (situation("1S 1S 2R!", serving=1, pending=2), [Spawn(2)]),
    "one that is newer yet": (
        situation("1S 1S 2T 2R", serving=1, pending=3),
        [Kill(3, False), Kill(4, False), Spawn(3)],
    ),
    "it was given up": (situation("1S 1S 2T 2R", serving=1), [Kill(3, False), Kill(4, False)]),
    "it was given up and nobody serves": (situation("1T"), [Kill(1, False)]),
    "the old generation gets no further worker": (
        situation("1S 2T", serving=1, pending=2),
        [],
    ),
    "an old one that starts has to go": (
        situation("1S 1T", serving=1, pending=2),
        [Kill(2, False), Spawn(2)],
    ),
    "an old one that is ready may serve": (
        situation("1S 1R 2T", serving=1, pending=2),
        [Open(2)],
    ),
    "but nobody serves": (situation("2T", serving=1, pending=2), [Spawn(1), Spawn(1)]),
    "more are wanted meanwhile": (
        situation("1S 1S 2R 2R", serving=1, pending=2, target=3),
        [Spawn(2)],
    ),
}

LOSSES: dict[str, Row] = {
    "one is missing": (situation("1S", serving=1), [Spawn(1)]),
    "one drains of its own accord": (situation("1S 1D", serving=1), [Spawn(1)]),
    "one was killed": (situation("1S 1S!", serving=1), [Spawn(1)]),
    "all are missing": (situation(serving=1), [Spawn(1), Spawn(1)]),
    "before the pause is over": (situation("1S", serving=1, spawn_not_before=NOW + 1), []),
    "when the pause is over": (situation("1S", serving=1, spawn_not_before=NOW), [Spawn(1)]),
    "all died at their start": (situation(serving=1, deaths_at_start=1, target=4), [Spawn(1)]),
    "a pause delays no new generation": (
        situation("1S", serving=1, pending=2, spawn_not_before=NOW + 1),
        [Spawn(2)],
    ),
    "the new code is broken": (situation("1S", serving=1, outdated=True), [Spawn(1)]),
    "the new code is broken in development": (
        situation("1S", serving=1, outdated=True, development=True),
        [],
    ),
    "the new code is broken in development and nobody serves": (
        situation(serving=1, outdated=True, development=True),
        [Spawn(1), Spawn(1)],
    ),
    "one fewer is wanted": (situation("1S 1S", serving=1, target=1), [Retire(2, True)]),
    "two fewer are wanted": (
        situation("1S 1S 1S", serving=1, target=1),
        [Retire(2, True), Retire(3, True)],
    ),
    "one that starts is too many": (situation("1S 1T", serving=1, target=1), [Kill(2, False)]),
    # To open it first would let it accept what dies with it.
    "one that is ready is too many": (situation("1S 1R", serving=1, target=1), [Kill(2, False)]),
    "drained ones do not count": (situation("1S 1D", serving=1, target=1), []),
}

DEADLINES: dict[str, Row] = {
    "in time": (situation("1S 1S 1D@90.1", serving=1), []),
    "at the deadline": (situation("1S 1S 1D@90", serving=1), [Kill(3, True)]),
    "killed already": (situation("1S 1S 1D!@80", serving=1), []),
    "of an old generation": (situation("2S 2S 1D@80", serving=2), [Kill(3, True)]),
    "without patience": (situation("1S 1S 1D@100", serving=1, deadman=0.0), [Kill(3, True)]),
    "while another takes over": (
        situation("1D@80 1S 2R 2R", serving=1, pending=2),
        [Kill(1, True), TakeOver(2)],
    ),
    "serving workers have none": (situation("1S@0 1S@0", serving=1), []),
    "starting workers have none": (situation("1T@0", pending=1), []),
}

STOPS: dict[str, Row] = {
    "nobody is left": (situation(serving=1, **GRACEFULLY), [Finish()]),
    "nobody is left, at once": (situation(serving=1, **AT_ONCE), [Finish()]),
    "gracefully": (
        situation("1S 1R 1T 1D", serving=1, **GRACEFULLY),
        [Retire(1, False), Kill(2, False), Kill(3, False)],
    ),
    "at once": (
        situation("1S 1R 1T 1D", serving=1, **AT_ONCE),
        [Kill(1, False), Kill(2, False), Kill(3, False), Kill(4, False)],
    ),
    "killed already": (situation("1S! 1D!", serving=1, **AT_ONCE), []),
    "a pending generation too": (
        situation("1S 2R 2T", serving=1, pending=2, **GRACEFULLY),
        [Retire(1, False), Kill(2, False), Kill(3, False)],
    ),
    "none takes over any more": (
        situation("1D 2R 2R", serving=1, pending=2, **GRACEFULLY),
        [Kill(2, False), Kill(3, False)],
    ),
    "drain on": (situation("1D 1D", serving=1, **GRACEFULLY), []),
    "until the deadline": (situation("1D 1D@90", serving=1, **GRACEFULLY), [Kill(2, True)]),
    "none is replaced": (situation("1D", serving=1, **GRACEFULLY), []),
    "none is started": (situation("1D", pending=1, **GRACEFULLY), []),
    "at once, and overdue": (situation("1D@90", serving=1, **AT_ONCE), [Kill(1, True)]),
}

TABLES = {
    "start": STARTS,
    "reload": RELOADS,
    "loss": LOSSES,
    "deadline": DEADLINES,
    "stop": STOPS,
}
ROWS = {f"{table}: {name}": row for table, rows in TABLES.items() for name, row in rows.items()}


@pytest.mark.parametrize(("known", "actions"), ROWS.values(), ids=ROWS)
def test_what_is_done(known: Situation, actions: list[Action]) -> None:
    assert decide(known, NOW) == actions


# The loop asks until nothing is left to do, so this is what "one at a time" means.
def test_workers_that_die_at_start_are_replaced_one_at_a_time() -> None:
    known = situation("1T", serving=1, deaths_at_start=1, target=4)
    assert decide(known, NOW) == []


# A time that has passed already would make the loop turn without a pause.
def test_nobody_is_woken_while_a_replacement_starts() -> None:
    known = situation("1S 1T", serving=1, deaths_at_start=1, spawn_not_before=NOW - 1, target=3)
    assert decide(known, NOW) == []
    assert wake_at(known) is None


WAKES: dict[str, tuple[Situation, float | None]] = {
    "nothing goes on": (situation("1S 1S", serving=1), None),
    "nothing was begun": (situation(), None),
    "one starts": (situation("1T", pending=1), None),
    "one drains": (situation("1S 1S 1D@95", serving=1), 105.0),
    "two drain": (situation("1S 1S 1D@95 1D@93", serving=1), 103.0),
    "one was killed": (situation("1S 1S 1D!@95", serving=1), None),
    "a pause": (situation("1S", serving=1, spawn_not_before=107.0), 107.0),
    "a pause and a deadline": (situation("1S 1D@95", serving=1, spawn_not_before=107.0), 105.0),
    "a pause that nobody needs": (situation("1S 1S", serving=1, spawn_not_before=107.0), None),
    "a pause that a new generation ends": (
        situation("1S 2T", serving=1, pending=2, spawn_not_before=107.0),
        None,
    ),
    "a pause while stopping": (situation("1D@95", serving=1, spawn_not_before=9.0, **AT_ONCE), 105),
}


@pytest.mark.parametrize(("known", "at"), WAKES.values(), ids=WAKES)
def test_when_to_ask_again(known: Situation, at: float | None) -> None:
    assert wake_at(known) == at


@pytest.mark.parametrize("known", [row[0] for row in ROWS.values()], ids=ROWS)
def test_where_nothing_is_done_nobody_is_woken_for_nothing(known: Situation) -> None:
    at = wake_at(known)
    assert decide(known, NOW) or at is None or at > NOW


def test_pauses_double_up_to_a_limit() -> None:
    pauses = [pause_after(deaths) for deaths in range(1, 9)]
    assert pauses == [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, LONGEST_PAUSE, LONGEST_PAUSE]
    assert pause_after(10_000) == LONGEST_PAUSE


@pytest.mark.parametrize(
    ("worker", "at_start"),
    [
        ("1T@0", True),
        ("1R@0", True),
        ("1S@99.5", True),
        ("1S@99", False),
        ("1S@0", False),
        ("1D@99.9", False),
    ],
)
def test_a_death_at_start(worker: str, at_start: bool) -> None:
    [child] = children(worker)
    assert died_at_start(child, NOW) is at_start
