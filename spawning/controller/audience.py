"""Who is told what happens: the log, the watcher of the source code, the status page.

The loop states each fact once and knows none of them.  What can be seen by
comparing the situation with the one before is not even stated: `look` sees it.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import Protocol

from spawning import chronicle
from spawning.controller.children import Child, State
from spawning.controller.policy import Situation
from spawning.controller.policy import Stopping as HowToStop
from spawning.controller.spawn import Process
from spawning.messages import (
    Graph,
    Refresh,
    Snapshots,
    Stopping,
    Wanted,
    WorkerGone,
    WorkerHeld,
    WorkerIs,
)

Fact = chronicle.Fact | Graph | Refresh | Snapshots


class Listener(Protocol):
    """One of those who are told."""

    @property
    def wake_at(self) -> float | None:
        """When `keep_up` has something to do though nothing happens; on the monotonic clock."""

    @property
    def process(self) -> Process | None:
        """The process that it keeps, None where there is none."""

    def keep_up(self, now: float) -> None:
        """Do what is due; called at each turn of the loop while the server runs."""

    def tell(self, fact: Fact) -> None:
        """Take notice of a fact, or not."""

    def end(self) -> None:
        """The controller ends."""


class Audience:
    """All of them."""

    def __init__(self, listeners: Sequence[Listener]) -> None:
        self._listeners = listeners
        self._seen: Situation | None = None

    @property
    def wake_at(self) -> float | None:
        """Return when `keep_up` has something to do though nothing happens."""
        times = [listener.wake_at for listener in self._listeners]
        return min((at for at in times if at is not None), default=None)

    def keep_up(self, now: float) -> None:
        """Have each do what is due."""
        for listener in self._listeners:
            listener.keep_up(now)

    def tell(self, fact: Fact) -> None:
        """State a fact."""
        for listener in self._listeners:
            listener.tell(fact)

    def look(self, known: Situation) -> None:
        """State what is new since the last look."""
        if known is not self._seen:
            for fact in _news(self._seen, known, time.time()):
                self.tell(fact)
            self._seen = known

    def processes(self) -> list[Process]:
        """Return those that they keep."""
        kept = (listener.process for listener in self._listeners)
        return [process for process in kept if process is not None]

    def end(self) -> None:
        """Let them go."""
        for listener in self._listeners:
            listener.end()


def gone(child: Child, code: int, failed: bool, wall: float) -> WorkerGone:
    """Return the fact that a worker has ended; `failed`: it has said why it had to."""
    if failed:
        how = "failed"
    elif child.killed:
        how = "killed"
    else:
        how = "retired" if child.state is State.DRAINING else "died"
    return WorkerGone(child.worker_id, child.pid, child.generation, how, code, wall)


def _news(
    before: Situation | None, known: Situation, wall: float
) -> Iterator[WorkerIs | WorkerHeld | Wanted | Stopping]:
    if before is None or before.target != known.target:
        yield Wanted(known.target, wall)
    for child in known.children:
        was = before.children.by_id.get(child.worker_id) if before is not None else None
        if was is None or was.state is not child.state:
            yield _as_told(child, wall)
        if child.held != (was.held if was is not None else None):
            yield _hold(child, wall)
    was_stopping = before is not None and before.stopping is not HowToStop.NO
    if known.stopping is not HowToStop.NO and not was_stopping:
        yield Stopping(wall)


def _as_told(child: Child, wall: float) -> WorkerIs:
    return WorkerIs(child.worker_id, child.pid, child.generation, child.state.value, wall)


def _hold(child: Child, wall: float) -> WorkerHeld:
    if child.held is None:
        return WorkerHeld(child.worker_id, "", "", "", wall)
    return WorkerHeld(child.worker_id, child.held.by, child.held.method, child.held.target, wall)
