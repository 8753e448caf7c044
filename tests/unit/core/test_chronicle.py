from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from spawning.chronicle import KEPT_EVENTS, Fact, extended
from spawning.messages import (
    Chronicle,
    Failure,
    GenerationBegun,
    GenerationFailed,
    GenerationServes,
    Notice,
    Stopping,
    Wanted,
    WorkerFailed,
    WorkerGone,
    WorkerHeld,
    WorkerIs,
    decode,
    encode,
)

from .status.scenes import REASON

BEGUN = GenerationBegun(1, "start", 10.0)
SERVES = GenerationServes(1, 0.5, 11.0)
BEGUN_2 = GenerationBegun(2, "SIGHUP", 20.0)
FAILED_2 = WorkerFailed(5, 2, REASON, 21.0)
GIVEN_UP_2 = GenerationFailed(2, 22.0)


def told(facts: Sequence[Fact]) -> Chronicle:
    """Return what facts come to."""
    so_far = Chronicle()
    for fact in facts:
        so_far = extended(so_far, fact)
    return so_far


HELD = WorkerHeld(1, "pdb", "GET", "/a", 1.0)
HELD_2 = WorkerHeld(2, "debugpy", "", "", 2.0)
HELD_AGAIN = WorkerHeld(1, "pdb", "GET", "/b", 2.0)

CASES: dict[str, tuple[list[Fact], dict[str, Any]]] = {
    "begun": ([BEGUN], {"pending": 1, "pending_cause": "start", "pending_since": 10.0}),
    "serves": (
        [BEGUN, SERVES],
        {"serving": 1, "serving_since": 11.0, "serving_after": 0.5, "pending": 0, "reloads": 0},
    ),
    "reloaded": (
        [BEGUN, SERVES, BEGUN_2, GenerationServes(2, 0.1, 21.0)],
        {"serving": 2, "pending": 0, "pending_cause": "", "reloads": 1, "failure": None},
    ),
    "failed": (
        [BEGUN, SERVES, BEGUN_2, FAILED_2, GIVEN_UP_2],
        {
            "serving": 1,
            "pending": 0,
            "reload_failures": 1,
            "failure": Failure(2, REASON, 21.0),
        },
    ),
    "failed without a word": (
        [BEGUN, SERVES, BEGUN_2, GIVEN_UP_2],
        {"failure": Failure(2, None, 22.0), "reload_failures": 1},
    ),
    "failed without a word after one that spoke": (
        [BEGUN, SERVES, BEGUN_2, FAILED_2, GIVEN_UP_2, GenerationFailed(3, 30.0)],
        {"failure": Failure(3, None, 30.0), "reload_failures": 2},
    ),
    "a newer one is pending": (
        [BEGUN, SERVES, BEGUN_2, GenerationBegun(3, "SIGHUP", 23.0), GIVEN_UP_2],
        {"pending": 3, "reload_failures": 1},
    ),
    "workers": (
        [
            WorkerIs(1, 101, 1, "starting", 1.0),
            WorkerIs(2, 102, 1, "starting", 2.0),
            WorkerIs(1, 101, 1, "serving", 3.0),
        ],
        {
            "workers": (
                WorkerIs(1, 101, 1, "serving", 3.0),
                WorkerIs(2, 102, 1, "starting", 2.0),
            )
        },
    ),
    "deaths": (
        [
            WorkerIs(1, 101, 1, "serving", 1.0),
            *(WorkerGone(1, 101, 1, how, 0, 2.0) for how in ("died", "died", "killed")),
            *(WorkerGone(1, 101, 1, how, 0, 2.0) for how in ("retired", "failed", "failed")),
        ],
        {"workers": (), "died": 2, "killed": 1, "retired": 1, "failed": 2},
    ),
    "held": ([HELD, HELD_2], {"held": (HELD, HELD_2)}),
    "let go": ([HELD, HELD_2, WorkerHeld(1, "", "", "", 3.0)], {"held": (HELD_2,)}),
    "held by another one": ([HELD, HELD_AGAIN], {"held": (HELD_AGAIN,)}),
    "held to the end": ([HELD, WorkerGone(1, 101, 1, "killed", -9, 2.0)], {"held": ()}),
    "wanted": ([Wanted(3, 1.0), Wanted(4, 2.0)], {"wanted": 4}),
    "stopping": ([Stopping(5.0)], {"stopping_since": 5.0}),
    "notice": ([Notice("x", 1.0)], {"events": (Notice("x", 1.0),)}),
}


@pytest.mark.parametrize(("facts", "expected"), CASES.values(), ids=CASES)
def test_what_facts_come_to(facts: list[Fact], expected: dict[str, Any]) -> None:
    so_far = told(facts)
    assert {name: getattr(so_far, name) for name in expected} == expected
    assert so_far.events == tuple(facts)


def test_only_the_last_events_are_kept() -> None:
    facts = [Notice(str(number), float(number)) for number in range(KEPT_EVENTS + 5)]
    assert told(facts).events == tuple(facts[5:])


@pytest.mark.parametrize("facts", [facts for facts, _ in CASES.values()], ids=CASES)
def test_a_chronicle_survives_the_wire(facts: list[Fact]) -> None:
    so_far = told(facts)
    assert decode(encode(so_far)) == so_far
