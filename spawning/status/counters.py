"""What changes of a status without a fact that tells it: pure.

Ages grow all the time, and memory moves by a page or two: that is told along with what has
changed, and is no change.
"""

from __future__ import annotations

from typing import Any

from spawning.status import snapshot
from spawning.status.health import health, workers_of
from spawning.status.scene import Scene

MEBIBYTE = 2**20
_AGES = frozenset({"age", "uptime", "heartbeat_age", "error", "oldest_request"})
"""Fields of a worker that grow by themselves, or whose text does; the oldest request is among
those in flight."""


def counted(scene: Scene) -> dict[str, Any]:
    """Return the fields of `/status.json` that no event tells, under the same names."""
    workers = workers_of(scene)
    fares = health(scene, workers)
    return {
        "health": fares.word,
        "sentence": fares.sentence,
        "children": snapshot.children(scene, workers),
        "connections": snapshot.connections(workers),
        "memory": snapshot.memory(scene, workers),
        "totals": snapshot.totals(scene),
    }


def lasting(told: dict[str, Any]) -> dict[str, Any]:
    """Return what has to be the same for nothing to have changed."""
    children = {pid: _lasting(child) for pid, child in told["children"].items()}
    return {**told, "children": children, "memory": None}


def _lasting(child: dict[str, Any]) -> dict[str, Any]:
    memory = child["memory"]
    kept = {name: value for name, value in child.items() if name not in _AGES}
    return {
        **kept,
        "in_flight": [request["line"] for request in child["in_flight"]],
        "memory": memory and memory // MEBIBYTE,
    }
