"""Which workers are found to be worn; values in, values out."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from spawning.config import Config
from spawning.controller import replacement
from spawning.controller.children import Children
from spawning.controller.replacement import Hung, Worn
from spawning.row_slot import BUCKETS, CLASSES
from spawning.scoreboard import InFlightNow, Reading
from spawning.worker.quota import limit_of
from unit.core.situations import NOW, children


def reading(worker_id: int, **said: Any) -> Reading:
    """Return what the row of a worker says that has done nothing."""
    facts = {
        "row": worker_id,
        "pid": 1000 + worker_id,
        "worker_id": worker_id,
        "generation": 1,
        "started_at": 0.0,
        "heartbeat": NOW,
        "connections": 0,
        "busy": 0,
        "stuck": 0,
        "seconds": 0.0,
        "bytes": 0,
        "by_class": (0,) * CLASSES,
        "by_bucket": (0,) * len(BUCKETS),
        "in_flight": (),
    }
    return Reading(**{**facts, **said})


def worn(workers: Children, *ids: int) -> Children:
    """Return the workers, some of whom were found worn before."""
    for worker_id in ids:
        child = dataclasses.replace(workers.by_id[worker_id], worn="already")
        workers = workers.with_child(child)
    return workers


# options, and how often they have the workers looked at
INTERVALS: list[tuple[dict[str, Any], float | None]] = [
    ({"heartbeat_timeout": 0.0}, None),
    ({"heartbeat_timeout": 0.0, "max_requests": 5, "max_age": 5.0}, None),
    ({}, 5.0),
    ({"heartbeat_timeout": 10.0}, 2.5),
    ({"heartbeat_timeout": 0.1}, 0.25),
    ({"request_timeout": 3.0}, 1.0),
    ({"max_memory": 1}, 2.0),
    ({"max_memory": 1, "request_timeout": 3.0}, 1.0),
]


@pytest.mark.parametrize(("options", "seconds"), INTERVALS)
def test_workers_are_looked_at_only_as_often_as_an_option_asks(
    options: dict[str, Any], seconds: float | None
) -> None:
    assert replacement.interval(Config(**options)) == seconds


def test_a_worker_with_a_thread_that_nothing_can_free() -> None:
    readings = [reading(1, stuck=2), reading(2), reading(3, stuck=1), reading(9, stuck=1)]
    found = list(replacement.stuck(children("1S 1S 1D"), readings))
    assert found == [Worn(1, "it has 2 threads that nothing can free")]
    assert list(replacement.stuck(worn(children("1S"), 1), readings)) == []


def test_a_worker_whose_loop_is_blocked() -> None:
    oldest = InFlightNow(70.0, "GET /slow")
    readings = [
        reading(1, heartbeat=NOW - 31, in_flight=(InFlightNow(80.0, "GET /b"), oldest)),
        reading(2, heartbeat=NOW - 29),
        reading(3, heartbeat=NOW - 31),
    ]
    workers = children("1S@10 1S@10 1D@10")
    found = list(replacement.hung(workers, readings, 30.0, NOW))
    assert found == [Hung(1, 31.0, oldest)]
    assert list(replacement.hung(workers, readings, 0.0, NOW)) == []


def test_a_worker_that_has_only_begun_to_serve_does_not_hang() -> None:
    assert not list(replacement.hung(children("1S@95"), [reading(1, heartbeat=0.0)], 30.0, NOW))


def test_workers_that_are_too_old() -> None:
    workers = children("1S 1S 1S 1D")
    for worker_id, born in ((1, 10.0), (2, 50.0), (3, 10.0), (4, 10.0)):
        child = dataclasses.replace(workers.by_id[worker_id], born=born)
        workers = workers.with_child(child)
    workers = worn(workers, 3)
    assert list(replacement.too_old(workers, 60.0, NOW)) == [Worn(1, "it is 90 s old")]
    assert list(replacement.too_old(workers, 0.0, NOW)) == []
    assert replacement.next_birthday(workers, 60.0) == 70.0
    assert replacement.next_birthday(workers, 0.0) is None


# the workers, those that are worn already, bytes used, and who is found
MEMORY: list[tuple[str, tuple[int, ...], int, list[int]]] = [
    ("1S 1S", (), 100, []),
    ("1S 1S", (), 101, [1, 2]),
    ("1S 1S", (2,), 101, []),
    ("1S 1S 1D", (), 101, []),
    ("1S 1S 1T", (), 101, []),
]


@pytest.mark.parametrize(("workers", "already", "used", "found"), MEMORY)
def test_all_workers_are_worn_when_all_use_too_much_unless_that_is_being_mended(
    workers: str, already: tuple[int, ...], used: int, found: list[int]
) -> None:
    known = worn(children(workers), *already)
    assert [one.worker_id for one in replacement.too_large(known, used, 100)] == found


@pytest.mark.parametrize(("chance", "limit"), [(0.0, 1000), (0.5, 1050), (1.0, 1100)])
def test_jitter_is_added_to_the_number_of_requests(chance: float, limit: int) -> None:
    assert limit_of(Config(max_requests=1000, max_requests_jitter=100), chance) == limit
