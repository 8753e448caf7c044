"""A server as `spawnctl status` prints it; pure."""

from __future__ import annotations

from collections.abc import Iterable

from spawning_devtools.ctl.figures import count, duration, size
from spawning_devtools.ctl.rendering import Fragments, clean, table
from spawning_devtools.ctl.status.sight import HELD, HUNG, Sight, Worker

COLUMNS = ("worker", "pid", "generation", "state", "age", "busy", "connections", "requests",
           "memory", "oldest request")  # fmt: skip
SERVERS = ("pid", "application", "generation", "workers", "busy", "memory", "age", "health",
           "where")  # fmt: skip


def described(sight: Sight, width: int) -> Fragments:
    """Return a server in full."""
    shown: Fragments = [("class:head", clean(sight.application)), ("", f", pid {sight.pid}, ")]
    shown += [("", f"for {duration(sight.age)}"), ("", f" on {' '.join(sight.urls)}\n")]
    if not sight.urls:
        shown[-1] = ("", "\n")
    shown += [(health_style(sight.health), sight.health), ("", f": {sight.sentence}\n")]
    shown += [("", f"{line}\n") for line in _failure(sight)]
    pairs = [
        ("folder", sight.folder),
        ("backdoor", " ".join(sight.backdoor)),
        ("status page", sight.status),
    ]
    shown += [("", f"{name:<12} {clean(value)}\n") for name, value in pairs if value]
    shown.append(("", f"{'requests':<12} {_totals(sight)}\n\n"))
    if not sight.workers:
        return [*shown[:-1], ("", shown[-1][1][:-1])]
    return shown + table(COLUMNS, [_row(worker) for worker in sight.workers], width)


def listed(sights: Iterable[Sight], width: int) -> Fragments:
    """Return servers, a line each."""
    rows = [
        (str(sight.pid), sight.application, sight.generation, len(sight.workers), sight.busy,
         size(sight.memory), duration(sight.age), sight.health,
         " ".join((*sight.urls, sight.folder)))
        for sight in sights
    ]  # fmt: skip
    return table(SERVERS, rows, width)


def health_style(word: str) -> str:
    """Return the class of how a server fares."""
    return {"healthy": "class:good", "starting": "class:notice", "degraded": "class:notice"}.get(
        word, "class:error"
    )


def state_style(state: str) -> str:
    """Return the class of how a worker fares."""
    styles = {"serving": "class:good", "draining": "class:notice", HUNG: "class:error"}
    return {**styles, HELD: "class:held"}.get(state, "class:starting")


def busy(worker: Worker) -> str:
    """Return how many requests it answers, and of how many."""
    return f"{worker.busy}/{worker.slots}" if worker.slots else str(worker.busy)


def oldest(worker: Worker) -> str:
    """Return its oldest request, or what else is to be said of it."""
    if worker.why:
        return clean(worker.why)
    if not worker.in_flight:
        return ""
    request = worker.in_flight[0]
    return f"{duration(request.seconds)} {clean(request.line)}"


def _row(worker: Worker) -> tuple[object, ...]:
    return (worker.number, str(worker.pid), worker.generation, worker.state, duration(worker.age),
            busy(worker), worker.connections, count(worker.requests), size(worker.memory),
            oldest(worker))  # fmt: skip


def _totals(sight: Sight) -> str:
    classes = dict(enumerate(sight.by_class))
    told = [f"{classes[n]:,} {n}xx" for n in range(1, 6) if classes.get(n)]
    told += [f"{classes[0]:,} cut"] if classes.get(0) else []
    return f"{sight.requests:,}" + (f" ({', '.join(told)})" if told else "")


def _failure(sight: Sight) -> list[str]:
    failure = sight.failure
    if not failure:
        return []
    place = f" at {failure['file']}:{failure['line']}" if failure.get("file") else ""
    return [clean(f"  {failure.get('type')}: {failure.get('message')}{place}")]
