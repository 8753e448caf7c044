from __future__ import annotations

import dataclasses

import pytest

from spawning.config import Config
from spawning.messages import Chronicle
from spawning.status.health import LATE, LONG, health, readiness, workers_of
from spawning.status.scene import Scene

from .scenes import NOW, WALL, busy_for, failure, reading, scene, worker

THREADS = Config(threads=4, args=("app.app",))
GREENLETS = Config(threads=0, args=("app.app",))
OLD = (LONG + 1,) * 4


@pytest.mark.parametrize(
    ("state", "row", "config", "is_hung"),
    [
        ("serving", reading(1), THREADS, False),
        ("serving", reading(1, heartbeat=NOW - LATE + 0.1), THREADS, False),
        ("serving", reading(1, heartbeat=NOW - LATE - 0.1), THREADS, True),
        ("serving", reading(1, heartbeat=NOW - LATE - 0.1), GREENLETS, True),
        ("ready", reading(1, heartbeat=NOW - LATE - 0.1), THREADS, True),
        ("draining", reading(1, heartbeat=NOW - LATE - 0.1), THREADS, True),
        ("starting", reading(1, heartbeat=NOW - LATE - 0.1), THREADS, False),
        ("serving", reading(1, heartbeat=0.0), THREADS, True),
        ("starting", reading(1, heartbeat=0.0), THREADS, False),
        ("serving", reading(1, in_flight=busy_for(*OLD)), THREADS, True),
        ("serving", reading(1, in_flight=busy_for(*OLD[:3], LONG - 1)), THREADS, False),
        ("serving", reading(1, in_flight=busy_for(*OLD[:3])), THREADS, False),
        ("serving", reading(1, in_flight=busy_for(*OLD)), GREENLETS, False),
        ("draining", reading(1, in_flight=busy_for(*OLD)), THREADS, False),
    ],
)
def test_which_worker_is_hung(state: str, row: object, config: Config, is_hung: bool) -> None:
    seen = scene(row, config=config, workers=(worker(1, state),))  # type: ignore[arg-type]
    (shown,) = workers_of(seen)
    assert bool(shown.hung) == is_hung
    assert shown.state == ("hung" if is_hung else state)


def test_a_worker_that_has_just_come_into_its_state_is_not_hung() -> None:
    fresh = dataclasses.replace(worker(1), wall=WALL - 1)
    (shown,) = workers_of(scene(reading(1, heartbeat=0.0), workers=(fresh,)))
    assert shown.hung == ""


def test_a_worker_without_a_row_is_shown_as_the_controller_knows_it() -> None:
    (shown,) = workers_of(scene(workers=(worker(9, "starting"),)))
    assert (shown.state, shown.pid, shown.requests, shown.heartbeat_age) == (
        "starting",
        1009,
        0,
        None,
    )


def test_the_requests_in_flight_are_told_from_the_oldest_on() -> None:
    (shown,) = workers_of(scene(reading(1, in_flight=busy_for(2, 7, 5)), workers=(worker(1),)))
    assert shown.busy == 3
    assert [request.since for request in shown.in_flight] == [NOW - 7, NOW - 5, NOW - 2]
    assert shown.oldest == shown.in_flight[0]


def test_greenlets_beyond_the_slots_are_counted_by_the_heartbeat() -> None:
    row = reading(1, in_flight=busy_for(1, 1, 1, 1), busy=30)
    (shown,) = workers_of(scene(row, config=GREENLETS, workers=(worker(1),)))
    assert shown.busy == 30


HUNG = reading(1, heartbeat=NOW - 60), reading(2, heartbeat=NOW - 60)
STARTING = {"serving": 0, "pending": 1, "workers": (worker(1, "starting"),)}
SCENES: dict[str, tuple[Scene, str, bool, str]] = {
    "well": (scene(), "healthy", True, "Generation 1 serves."),
    "begins": (scene(**STARTING), "starting", False, "Generation 1 is being started."),
    "tries again": (
        scene(**STARTING | {"pending": 2}, failure=failure(1)),
        "starting",
        False,
        "Generation 2 is being started.",
    ),
    "could not begin": (
        scene(serving=0, pending=0, workers=(), failure=failure(1)),
        "down",
        False,
        "Nothing serves: generation 1 failed at /project/app.py:3: NameError: name 'x' is not"
        " defined.",
    ),
    "no workers left": (scene(workers=()), "down", False, "Nobody answers: generation 1 has no"),
    "all hang": (scene(*HUNG), "down", False, "Nobody answers: every worker of generation 1"),
    "one hangs": (scene(HUNG[0], reading(2)), "degraded", True, "Worker 1 hangs."),
    "one is missing": (scene(workers=(worker(1),)), "degraded", True, "1 of 2 workers is missing"),
    "one is being replaced": (
        scene(workers=(worker(1), worker(3, "starting"))),
        "healthy",
        True,
        "Generation 1 serves.",
    ),
    "the next one failed": (
        scene(failure=failure(2)),
        "failing",
        True,
        "Generation 2 failed at /project/app.py:3: NameError: name 'x' is not defined;"
        " generation 1 goes on serving.",
    ),
    "the next one died": (
        scene(failure=failure(2, None)),
        "failing",
        True,
        "Generation 2 failed; generation 1 goes on serving.",
    ),
    "the next but one serves": (
        scene(serving=3, workers=(worker(1, generation=3), worker(2)), failure=failure(2)),
        "healthy",
        True,
        "Generation 3 serves.",
    ),
    "a further worker fails": (
        scene(failure=failure(1), workers=(worker(1),)),
        "failing",
        True,
        "Generation 1 failed",
    ),
    "is stopped": (scene(stopping_since=WALL), "stopping", False, "The server is being stopped."),
}


@pytest.mark.parametrize(("seen", "word", "ready", "sentence"), SCENES.values(), ids=SCENES)
def test_how_the_server_fares(seen: Scene, word: str, ready: bool, sentence: str) -> None:
    found = health(seen, workers_of(seen))
    assert (found.word, readiness(seen)[0]) == (word, ready)
    assert found.sentence.startswith(sentence)
    assert found.sentence.endswith(".")


def test_a_server_that_knows_nothing_yet_starts() -> None:
    seen = dataclasses.replace(scene(), chronicle=Chronicle(), readings=())
    assert health(seen, workers_of(seen)).word == "starting"
    assert not readiness(seen)[0]
