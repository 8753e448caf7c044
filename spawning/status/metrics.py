"""`/metrics`: the text format of Prometheus, version 0.0.4; pure.

Counters count from the start of the controller and never fall: what dead
workers had counted is added to what the living ones have.
"""

from __future__ import annotations

import math
import platform
from collections.abc import Iterable, Iterator, Mapping

import spawning
from spawning.row_slot import BUCKETS
from spawning.status.health import Worker, readiness, workers_of
from spawning.status.scene import Scene
from spawning.status.snapshot import by_status, deaths

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
STATES = ("starting", "ready", "serving", "draining", "hung")

Samples = Iterable[tuple[Mapping[str, str], float]]


def exposition(scene: Scene) -> str:
    """Return all metrics."""
    workers = workers_of(scene)
    return "".join([*_server(scene), *_requests(scene), *_workers(scene, workers)])


def _server(scene: Scene) -> Iterator[str]:
    chronicle = scene.chronicle
    labels = {"version": spawning.__version__, "python": platform.python_version()}
    yield _family("info", "gauge", "The server, as labels.", [(labels, 1)])
    yield _single(
        "start_time_seconds",
        "gauge",
        "When the controller started, in seconds since the epoch.",
        scene.boot.started_at,
    )
    yield _single(
        "ready", "gauge", "Whether clients may be sent here, as /readyz says.", readiness(scene)[0]
    )
    yield _single(
        "generation", "gauge", "The generation that serves, 0 if none does.", chronicle.serving
    )
    yield _single(
        "generation_pending",
        "gauge",
        "The generation that is being started, 0 if none is.",
        chronicle.pending,
    )
    yield _single("reloads_total", "counter", "Takeovers but for the first.", chronicle.reloads)
    yield _single(
        "reload_failures_total",
        "counter",
        "Generations that could not be started.",
        chronicle.reload_failures,
    )


def _requests(scene: Scene) -> Iterator[str]:
    everyone = (scene.past, *scene.readings)
    yield _family(
        "requests_total",
        "counter",
        "Requests that have ended, by class of status; cut: before they had one.",
        [({"code": name}, count) for name, count in by_status(everyone).items()],
    )
    yield _histogram(
        "request_duration_seconds",
        "From the request's head to the last byte of its response.",
        [sum(column) for column in zip(*(r.by_bucket for r in everyone), strict=True)],
        sum(reading.seconds for reading in everyone),
    )
    yield _single(
        "response_bytes_total",
        "counter",
        "Bytes of response bodies.",
        sum(reading.bytes for reading in everyone),
    )
    if scene.backlog is not None:
        yield _single("backlog", "gauge", "Connections that wait to be accepted.", scene.backlog)


def _workers(scene: Scene, workers: list[Worker]) -> Iterator[str]:
    states = [worker.state for worker in workers]
    yield _family(
        "workers",
        "gauge",
        "Worker processes, by state.",
        [({"state": state}, states.count(state)) for state in STATES],
    )
    yield _single("workers_wanted", "gauge", "How many should serve.", scene.chronicle.wanted)
    yield _family(
        "worker_deaths_total",
        "counter",
        "Worker processes that have ended: retired as they were told, killed by the server, "
        "failed to load the application, or died by themselves.",
        [({"how": how}, count) for how, count in deaths(scene).items()],
    )
    yield _single(
        "busy", "gauge", "Requests that are being answered.", sum(w.busy for w in workers)
    )
    yield _single(
        "connections", "gauge", "Connections that are open.", sum(w.connections for w in workers)
    )
    ages = [scene.monotonic - worker.oldest.since for worker in workers if worker.oldest]
    yield _single(
        "oldest_request_seconds",
        "gauge",
        "Age of the oldest request that is being answered, 0 if none is.",
        max([0.0, *ages]),
    )
    yield _family(
        "worker_memory_bytes",
        "gauge",
        "Resident memory of a worker process.",
        [
            ({"worker": str(worker.worker_id)}, scene.memory[worker.pid])
            for worker in workers
            if worker.pid in scene.memory
        ],
    )


def _single(name: str, kind: str, help_: str, value: float) -> str:
    return _family(name, kind, help_, [({}, value)])


def _family(name: str, kind: str, help_: str, samples: Samples) -> str:
    lines = [_head(name, kind, help_)]
    lines += [_sample(name, labels, value) for labels, value in samples]
    return "".join(lines)


def _histogram(name: str, help_: str, counts: list[int], seconds: float) -> str:
    lines = [_head(name, "histogram", help_)]
    so_far = 0
    for bound, count in zip(BUCKETS, counts, strict=True):
        so_far += count
        edge = "+Inf" if math.isinf(bound) else f"{bound:g}"
        lines.append(_sample(f"{name}_bucket", {"le": edge}, so_far))
    lines += [_sample(f"{name}_sum", {}, seconds), _sample(f"{name}_count", {}, so_far)]
    return "".join(lines)


def _head(name: str, kind: str, help_: str) -> str:
    return f"# HELP spawning_{name} {help_}\n# TYPE spawning_{name} {kind}\n"


def _sample(name: str, labels: Mapping[str, str], value: float) -> str:
    # Our labels are words and numbers: nothing in them needs to be escaped.
    inside = ",".join(f'{key}="{text}"' for key, text in labels.items())
    return (
        f"spawning_{name}{{{inside}}} {_number(value)}\n"
        if inside
        else (f"spawning_{name} {_number(value)}\n")
    )


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(float(value))
