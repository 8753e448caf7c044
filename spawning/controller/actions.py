"""What `policy` may say is to be done, and the loop then does."""

from __future__ import annotations

import dataclasses


@dataclasses.dataclass(frozen=True, slots=True)
class Begin:
    """Begin a new generation, for these causes; `since`: see `Asked`."""

    causes: tuple[str, ...]
    since: float


@dataclasses.dataclass(frozen=True, slots=True)
class Spawn:
    """Start a worker of a generation."""

    generation: int


@dataclasses.dataclass(frozen=True, slots=True)
class Open:
    """Let a worker of the serving generation accept."""

    worker_id: int


@dataclasses.dataclass(frozen=True, slots=True)
class TakeOver:
    """Let a generation serve from now on."""

    generation: int


@dataclasses.dataclass(frozen=True, slots=True)
class Retire:
    """Have a worker drain; `successor`: whether others take over its connections."""

    worker_id: int
    successor: bool


@dataclasses.dataclass(frozen=True, slots=True)
class Kill:
    """End a worker by SIGKILL; `overdue`: because its requests did not finish in time."""

    worker_id: int
    overdue: bool


@dataclasses.dataclass(frozen=True, slots=True)
class Stop:
    """The time of one that was leaving is up: stop gracefully."""


@dataclasses.dataclass(frozen=True, slots=True)
class Finish:
    """Nothing is left: end the controller."""


Action = Begin | Spawn | Open | TakeOver | Retire | Kill | Stop | Finish
