"""Counters of the status: what is a change of them, and what is not."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from spawning.status.counters import counted, lasting
from spawning.status.scene import Scene
from spawning.status.snapshot import snapshot

from .scenes import NOW, WALL, busy_for, reading, scene, worker

HUNG = reading(2, heartbeat=NOW - 20)


def older(before: Scene, seconds: float) -> Scene:
    """Return the same, later."""
    return dataclasses.replace(
        before, monotonic=before.monotonic + seconds, wall=before.wall + seconds
    )


def test_they_are_fields_of_the_status() -> None:
    seen = scene(reading(1, in_flight=busy_for(3.0)), HUNG)
    told = counted(seen)
    whole = snapshot(seen)
    assert told == {name: whole[name] for name in told}
    assert told["children"]["1001"]["oldest_request"] == {"line": "GET /slow", "seconds": 3.0}


@pytest.mark.parametrize(
    "seen",
    [
        scene(),
        scene(reading(1, in_flight=busy_for(3.0)), HUNG),
        scene(workers=(worker(1, "starting"),)),
    ],
)
def test_that_time_goes_by_is_no_change(seen: Scene) -> None:
    later = counted(older(seen, 0.5))
    assert later != counted(seen)
    assert lasting(later) == lasting(counted(seen))


CHANGES: list[dict[str, Any]] = [
    {"connections": 1},
    {"by_class": (0, 0, 1, *[0] * 7)},
    {"in_flight": busy_for(1.0)},
    {"in_flight": (*busy_for(3.0), *busy_for(1.0, line="GET /other"))},
    {"heartbeat": NOW - 20},
    {"stuck": 1},
]


@pytest.mark.parametrize("change", CHANGES)
def test_a_change(change: dict[str, Any]) -> None:
    assert lasting(counted(scene(reading(1, **change)))) != lasting(counted(scene(reading(1))))


def test_memory_and_a_worker_more_are_changes() -> None:
    before = lasting(counted(scene()))
    assert (
        lasting(counted(dataclasses.replace(scene(), memory={1001: 2**26, 1002: 2**25}))) != before
    )
    pages = {1001: 2**24 + 4096, 1002: 2**25 + 8192}
    assert lasting(counted(dataclasses.replace(scene(), memory=pages))) == before
    assert lasting(counted(scene(workers=(worker(1),)))) != before
    assert lasting(counted(scene(stopping_since=WALL))) != before
