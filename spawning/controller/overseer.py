"""Looks at the workers now and then: at their counters, their heartbeats, and what they use.

`replacement` has the rules; this has the clock, and what was found before.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from spawning.config import Config
from spawning.controller import replacement
from spawning.controller.children import Child, State
from spawning.controller.policy import Situation
from spawning.controller.replacement import (
    MEMORY_INTERVAL,
    Finding,
    Hung,
    LimitTooLow,
    Recovered,
)
from spawning.inspection import used_by_family
from spawning.scoreboard import Scoreboard


class Overseer:
    """Finds workers that are to be replaced."""

    def __init__(self, config: Config, board: Scoreboard) -> None:
        self._config = config
        self._board = board
        self._interval = replacement.interval(config)
        self._memory_at = 0.0
        self._has_rested = False
        """Whether the memory of a server that serves with all its workers was seen."""
        self._hung: set[int] = set()
        self._look_at = -math.inf
        self._slow: set[int] = set()
        """Draining workers that have been looked at because they were slow."""

    def wake_at(self, known: Situation) -> float | None:
        """Return when `look` may find something though nothing happens."""
        times: list[float | None] = [
            replacement.drains_slowly_at(child) for child in self._drainers(known)
        ]
        if known.is_running:
            times.append(self._look_at if self._interval is not None else None)
            times.append(replacement.next_birthday(known.children, self._config.max_age))
        return min((at for at in times if at is not None), default=None)

    def look(self, known: Situation, now: float) -> list[Finding]:
        """Return what is new, if it is time to look; at the end, who keeps it waiting."""
        if not known.is_running:
            return list(self._slow_drains(known, now))
        if not self._has_rested and _all_serve(known):
            self._has_rested = True
            used = used_by_family() if self._config.max_memory else 0
            if used > self._config.max_memory:
                return [LimitTooLow(used)]
        found: list[Finding] = list(replacement.too_old(known.children, self._config.max_age, now))
        found += self._slow_drains(known, now)
        if self._interval is not None and now >= self._look_at:
            self._look_at = now + self._interval
            readings = self._board.read_all()
            timeout = self._config.heartbeat_timeout
            found += replacement.stuck(known.children, readings)
            silent = list(replacement.hung(known.children, readings, timeout, now))
            found += self._heartbeats(known, silent)
            found += self._memory(known, now)
        return found

    def _drainers(self, known: Situation) -> list[Child]:
        """Return those whose slowness would be told; in development only."""
        return [
            child
            for child in known.children
            if known.development
            and child.state is State.DRAINING
            and child.held is None
            and child.worker_id not in self._slow
        ]

    def _slow_drains(self, known: Situation, now: float) -> Iterator[Finding]:
        """Yield each worker that drains slowly, once."""
        slow = {
            child.worker_id
            for child in self._drainers(known)
            if now >= replacement.drains_slowly_at(child)
        }
        if slow:
            self._slow = (self._slow & set(known.children.by_id)) | slow
            for found in replacement.lingering(known.children, self._board.read_all(), now):
                if found.worker_id in slow:
                    yield found

    def _heartbeats(self, known: Situation, silent: list[Hung]) -> Iterator[Finding]:
        """Yield what has changed: each worker is found hung once."""
        alive = {child.worker_id for child in known.children}
        before, self._hung = self._hung & alive, {found.worker_id for found in silent}
        for found in silent:
            if found.worker_id not in before:
                yield found
        for worker_id in before - self._hung:
            if known.children.by_id[worker_id].state is State.SERVING:
                yield Recovered(worker_id)

    def _memory(self, known: Situation, now: float) -> Iterator[Finding]:
        limit = self._config.max_memory
        if limit and now >= self._memory_at and _all_serve(known):
            self._memory_at = now + MEMORY_INTERVAL
            yield from replacement.too_large(known.children, used_by_family(), limit)


def _all_serve(known: Situation) -> bool:
    serving = known.children.of(known.serving, State.SERVING) if known.serving else []
    return bool(serving) and len(serving) >= known.target
