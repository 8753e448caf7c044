"""Which workers are to be replaced although they live: pure rules of what the scoreboard says.

A worker is worn when it is too old, has threads that nothing can free, its loop
is blocked, all processes together use too much memory, or when it says itself
that it has answered enough.  `policy` then replaces one at a time.  What a debugger
holds is none of that.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator

from spawning.config import Config
from spawning.controller.children import Child, Children, State
from spawning.scoreboard import InFlightNow, Reading

STUCK_INTERVAL = 1.0
MEMORY_INTERVAL = 2.0
SLOW_DRAIN = 2.0
"""Seconds after which a developer wants to know what old code still does."""
HEARTBEAT_INTERVALS = (0.25, 5.0)
"""Shortest and longest pause between two looks at the heartbeats, in seconds."""


@dataclasses.dataclass(frozen=True, slots=True)
class Worn:
    """A worker is to be replaced, and why."""

    worker_id: int
    why: str


@dataclasses.dataclass(frozen=True, slots=True)
class Hung:
    """The loop of a worker has been blocked for so long, in seconds."""

    worker_id: int
    seconds: float
    oldest: InFlightNow | None


@dataclasses.dataclass(frozen=True, slots=True)
class Lingers:
    """A worker of old code drains for long, because of this request."""

    worker_id: int
    oldest: InFlightNow


@dataclasses.dataclass(frozen=True, slots=True)
class Recovered:
    """The loop of a worker that hung turns again."""

    worker_id: int


@dataclasses.dataclass(frozen=True, slots=True)
class LimitTooLow:
    """All processes together use so many bytes before they have done anything."""

    used: int


Finding = Worn | Hung | Lingers | Recovered | LimitTooLow


def interval(config: Config) -> float | None:
    """Return the pause between two looks at the workers, None where nothing asks for any."""
    shortest, longest = HEARTBEAT_INTERVALS
    pauses = [STUCK_INTERVAL] * bool(config.request_timeout)
    pauses += [MEMORY_INTERVAL] * bool(config.max_memory)
    if config.heartbeat_timeout:
        pauses.append(min(longest, max(shortest, config.heartbeat_timeout / 4)))
    return min(pauses, default=None)


def too_old(children: Children, max_age: float, now: float) -> Iterator[Worn]:
    """Yield the serving workers that have lived for `max_age` seconds, if that is not 0."""
    for child in children:
        age = now - child.born
        if max_age and _may_age(child) and age >= max_age:
            yield Worn(child.worker_id, f"it is {age:.0f} s old")


def next_birthday(children: Children, max_age: float) -> float | None:
    """Return when the next serving worker will be too old, None where none will be."""
    return min(
        (child.born + max_age for child in children if max_age and _may_age(child)),
        default=None,
    )


def _may_age(child: Child) -> bool:
    return child.state is State.SERVING and not child.worn and child.held is None


def stuck(children: Children, readings: Iterable[Reading]) -> Iterator[Worn]:
    """Yield the serving workers that have threads or greenlets which nothing can free."""
    for child, reading in _free(children, readings, State.SERVING):
        if reading.stuck and not child.worn:
            what = "thread" if reading.stuck == 1 else "threads"
            yield Worn(child.worker_id, f"it has {reading.stuck} {what} that nothing can free")


def hung(
    children: Children, readings: Iterable[Reading], timeout: float, now: float
) -> Iterator[Hung]:
    """Yield the serving workers whose loop has not turned for `timeout` seconds."""
    for child, reading in _free(children, readings, State.SERVING):
        silent = now - max(reading.heartbeat, child.since, child.freed)
        if timeout and silent >= timeout:
            oldest = min(reading.in_flight, key=lambda request: request.since, default=None)
            yield Hung(child.worker_id, silent, oldest)


def lingering(children: Children, readings: Iterable[Reading], now: float) -> Iterator[Lingers]:
    """Yield the workers that have drained for a while, with what they still answer."""
    for child, reading in _free(children, readings, State.DRAINING):
        if reading.in_flight and not child.killed and now >= drains_slowly_at(child):
            yield Lingers(child.worker_id, min(reading.in_flight, key=lambda one: one.since))


def drains_slowly_at(child: Child) -> float:
    """Return from when on a draining worker drains slowly; time in a debugger is not counted."""
    return max(child.since, child.freed) + SLOW_DRAIN


def too_large(children: Children, used: int, limit: int) -> Iterator[Worn]:
    """Yield every serving worker if all processes together use more than `limit` bytes.

    None while an earlier replacement is under way: what it frees has to show first.
    """
    under_way = any(child.worn or child.state is not State.SERVING for child in children)
    if limit and used > limit and not under_way:
        for child in children:
            if child.held is None:
                yield Worn(child.worker_id, f"all processes together use {mebibytes(used)}")


def mebibytes(size: int) -> str:
    """Return a number of bytes as people read it."""
    return f"{size / 2**20:.0f} MiB"


def _free(
    children: Children, readings: Iterable[Reading], state: State
) -> Iterator[tuple[Child, Reading]]:
    """Yield the workers in one state that no debugger holds."""
    for reading in readings:
        child = children.by_id.get(reading.worker_id)
        if child is not None and child.state is state and child.held is None:
            yield child, reading
