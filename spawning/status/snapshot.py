"""`/status.json`: the fields of 0.9.7 by their old names, and what came after; pure.

Fields are added, never renamed or given another meaning, while `format` stays
the same; see docs/reference/status.md.
"""

from __future__ import annotations

import platform
import time
from typing import Any

import spawning
from spawning.scoreboard import Reading
from spawning.status import events
from spawning.status.health import Worker, health, is_current, readiness, workers_of
from spawning.status.scene import Scene

FORMAT = 1
TOLD = 16
"""Requests in flight that are told of each worker; `busy` says how many there are."""
CUT = "cut"
"""What stands for a status where a request was cut before it had one."""


def snapshot(scene: Scene) -> dict[str, Any]:
    """Return everything that the status page shows, as plain values."""
    workers = workers_of(scene)
    is_ready, why = readiness(scene)
    fares = health(scene, workers)
    return {
        "format": FORMAT,
        **_as_0_9_7(scene, workers),
        "time": scene.wall,
        "uptime_seconds": scene.wall - scene.boot.started_at,
        "version": spawning.__version__,
        "python": platform.python_version(),
        "urls": list(scene.boot.urls),
        "health": fares.word,
        "sentence": fares.sentence,
        "ready": is_ready,
        "ready_reason": why,
        "generation": _generation(scene),
        "last_failure": _last_failure(scene),
        "hung_children_count": sum(bool(worker.hung) for worker in workers),
        "connections": connections(workers),
        "memory": memory(scene, workers),
        "backlog": scene.backlog,
        "totals": totals(scene),
        "events": [events.described(fact) for fact in scene.chronicle.events],
    }


def _as_0_9_7(scene: Scene, workers: list[Worker]) -> dict[str, Any]:
    started_at = scene.boot.started_at
    return {
        "active_children_count": sum(worker.is_active for worker in workers),
        # Not how many were killed ever: those that were told to end, and still live.
        "killed_children_count": sum(not worker.is_active for worker in workers),
        "configured_children_count": scene.chronicle.wanted,
        "now": time.ctime(scene.wall),
        "pid": scene.boot.controller_pid,
        "uptime": duration(scene.wall - started_at),
        "started_at": time.ctime(started_at),
        "config": scene.boot.config,
        "children": children(scene, workers),
        "concurrent_requests": sum(worker.busy for worker in workers),
    }


def children(scene: Scene, workers: list[Worker]) -> dict[str, Any]:
    """Return the workers by process id."""
    return {str(worker.pid): _child(scene, worker) for worker in workers}


def connections(workers: list[Worker]) -> int:
    """Return how many connections all of them have open."""
    return sum(worker.connections for worker in workers)


def memory(scene: Scene, workers: list[Worker]) -> int:
    """Return how many bytes all of them have in memory."""
    return sum(scene.memory.get(worker.pid, 0) for worker in workers)


def _child(scene: Scene, worker: Worker) -> dict[str, Any]:
    age = scene.wall - worker.started_at
    in_flight = [
        {"line": request.line, "seconds": max(0.0, scene.monotonic - request.since)}
        for request in worker.in_flight[:TOLD]
    ]
    child: dict[str, Any] = {
        "pid": worker.pid,
        "active": worker.is_active,
        "uptime": duration(age),
        "forked_at": time.ctime(worker.started_at),
        "concurrent_requests": worker.busy,
        "worker": worker.worker_id,
        "generation": worker.generation,
        "state": worker.state,
        "age": age,
        "busy": worker.busy,
        "threads": scene.boot.config["threads"],
        "connections": worker.connections,
        "requests": worker.requests,
        "stuck": worker.stuck,
        "memory": scene.memory.get(worker.pid),
        "heartbeat_age": worker.heartbeat_age,
        "oldest_request": in_flight[0] if in_flight else None,
        "in_flight": in_flight,
        "debugger": worker.debugger or None,
    }
    if worker.hung:
        child["error"] = worker.hung
    elif worker.state == "starting":
        child["error"] = "it is starting"
    return child


def _generation(scene: Scene) -> dict[str, Any]:
    chronicle = scene.chronicle
    pending = {
        "generation": chronicle.pending,
        "cause": chronicle.pending_cause,
        "since": chronicle.pending_since,
    }
    return {
        "serving": chronicle.serving,
        "since": chronicle.serving_since if chronicle.serving else None,
        "after": chronicle.serving_after if chronicle.serving else None,
        "pending": pending if chronicle.pending else None,
    }


def _last_failure(scene: Scene) -> dict[str, Any] | None:
    failure = scene.chronicle.failure
    if failure is None:
        return None
    return {"current": is_current(scene.chronicle), **events.failure(failure)}


def totals(scene: Scene) -> dict[str, Any]:
    """Return what was counted since the server started, dead workers' share included."""
    chronicle = scene.chronicle
    everyone = (scene.past, *scene.readings)
    return {
        "requests": sum(reading.requests for reading in everyone),
        "by_status": by_status(everyone),
        "seconds": sum(reading.seconds for reading in everyone),
        "bytes": sum(reading.bytes for reading in everyone),
        "reloads": chronicle.reloads,
        "reload_failures": chronicle.reload_failures,
        "deaths": deaths(scene),
    }


def by_status(readings: tuple[Reading, ...]) -> dict[str, int]:
    """Return how many requests ended with which class of status."""
    counts = [sum(column) for column in zip(*(r.by_class for r in readings), strict=True)]
    named = {f"{digit}xx": counts[digit] for digit in range(1, 6)}
    return {**named, CUT: counts[0]}


def deaths(scene: Scene) -> dict[str, int]:
    """Return how many workers have ended, and how."""
    chronicle = scene.chronicle
    return {
        "retired": chronicle.retired,
        "killed": chronicle.killed,
        "failed": chronicle.failed,
        "died": chronicle.died,
    }


def duration(seconds: float) -> str:
    """Return a duration as 0.9.7 wrote it: its two largest units, or one."""
    whole = int(max(0.0, seconds))
    days, hours, minutes = whole // 86400, whole // 3600, whole // 60
    if days:
        return f"{days}d {hours % 24}h"
    if hours:
        return f"{hours}h {minutes % 60}m"
    return f"{minutes}m" if minutes else f"{whole}s"
