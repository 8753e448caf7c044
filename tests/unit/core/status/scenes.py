"""Scenes for the tests of the status page, put together from a few words."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

from spawning.config import Config
from spawning.messages import Chronicle, Failed, Failure, Frame, StatusBoot, WorkerIs
from spawning.row_slot import BUCKETS, CLASSES
from spawning.scoreboard import InFlightNow, Reading
from spawning.status.scene import Scene

WALL = 1_800_000_000.0
NOW = 5000.0
EVIL = "GET /<script>alert(1)</script>?a=\"&b='"

REASON = Failed(
    found=True,
    type="NameError",
    message="name 'x' is not defined",
    file="/project/app.py",
    line=3,
    column=5,
    frames=(Frame("/project/app.py", 3, "<module>", "x", True),),
    hint="",
)


def reading(worker_id: int, **fields: Any) -> Reading:
    """Return what the row of a worker that is well and idle says, but for `fields`."""
    fields.setdefault("by_class", (0,) * CLASSES)
    fields.setdefault("by_bucket", (0,) * len(BUCKETS))
    idle: dict[str, Any] = {
        "row": worker_id,
        "pid": 1000 + worker_id,
        "worker_id": worker_id,
        "generation": 1,
        "started_at": WALL - 60,
        "heartbeat": NOW - 0.5,
        "connections": 0,
        "busy": 0,
        "stuck": 0,
        "seconds": 0.0,
        "bytes": 0,
        "in_flight": (),
    }
    return Reading(**{**idle, **fields})


def busy_for(*ages: float, line: str = "GET /slow") -> tuple[InFlightNow, ...]:
    """Return requests that have been answered for so many seconds."""
    return tuple(InFlightNow(NOW - age, line) for age in ages)


def worker(worker_id: int, state: str = "serving", generation: int = 1) -> WorkerIs:
    """Return a worker that came into its state a minute ago."""
    return WorkerIs(worker_id, 1000 + worker_id, generation, state, WALL - 60)


def failure(generation: int, reason: Failed | None = REASON) -> Failure:
    """Return why a generation failed, a few seconds ago."""
    return Failure(generation, reason, WALL - 5)


def scene(
    *readings: Reading, config: Config | None = None, past: Reading | None = None, **facts: Any
) -> Scene:
    """Return a server whose chronicle has these facts: two workers of generation 1 serve."""
    told: dict[str, Any] = {
        "wanted": 2,
        "serving": 1,
        "serving_since": WALL - 60,
        "workers": (worker(1), worker(2)),
    }
    boot = StatusBoot(
        config=json.loads(json.dumps(dataclasses.asdict(config or Config(args=("app.app",))))),
        listeners=(),
        board=(0, 10, 4),
        controller_pid=999,
        started_at=WALL - 90061,
        urls=("http://127.0.0.1:8080",),
        inodes=(),
        chronicle=Chronicle(),
    )
    return Scene(
        boot=boot,
        chronicle=Chronicle(**{**told, **facts}),
        readings=readings or (reading(1), reading(2)),
        past=past or reading(0, pid=0),
        memory={1001: 2**24, 1002: 2**25},
        backlog=None,
        monotonic=NOW,
        wall=WALL,
    )
