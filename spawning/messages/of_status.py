"""What happens in a server, as facts; and what the process that serves the status page is told."""

from __future__ import annotations

import dataclasses
from typing import Any

from spawning.messages.message import Message
from spawning.messages.of_workers import Failed

# ---------------------------------------------------------------- facts; `wall` is a time of day


@dataclasses.dataclass(frozen=True, slots=True)
class WorkerIs(Message):
    """A worker came into a state."""

    worker_id: int
    pid: int
    generation: int
    state: str
    """`starting`, `ready`, `serving` or `draining`."""
    wall: float


@dataclasses.dataclass(frozen=True, slots=True)
class WorkerHeld(Message):
    """A debugger has stopped a request of a worker, or something else in it."""

    worker_id: int
    by: str
    """Empty: no debugger holds it any more."""
    method: str
    """Of the request; empty where it is none."""
    target: str
    wall: float


@dataclasses.dataclass(frozen=True, slots=True)
class WorkerFailed(Message):
    """A worker could not load the application, and says why."""

    worker_id: int
    generation: int
    failure: Failed
    wall: float


@dataclasses.dataclass(frozen=True, slots=True)
class WorkerGone(Message):
    """A worker's process has ended."""

    worker_id: int
    pid: int
    generation: int
    how: str
    """`retired`: it was told to end and did; `killed` by the server; `failed` to load the
    application; `died` by itself."""
    code: int
    """Its exit code, negative for a signal."""
    wall: float


@dataclasses.dataclass(frozen=True, slots=True)
class GenerationBegun(Message):
    """A generation is being started, and why."""

    generation: int
    cause: str
    wall: float


@dataclasses.dataclass(frozen=True, slots=True)
class GenerationServes(Message):
    """A generation has taken over, so many seconds after its cause."""

    generation: int
    seconds: float
    wall: float


@dataclasses.dataclass(frozen=True, slots=True)
class GenerationFailed(Message):
    """A generation could not be started; the one before goes on serving."""

    generation: int
    wall: float


@dataclasses.dataclass(frozen=True, slots=True)
class Notice(Message):
    """Something else that an operator should know: a limit reached, a worker that hangs."""

    text: str
    """A sentence; further lines say more."""
    wall: float


@dataclasses.dataclass(frozen=True, slots=True)
class Wanted(Message):
    """How many workers there should be."""

    workers: int
    wall: float


@dataclasses.dataclass(frozen=True, slots=True)
class Stopping(Message):
    """The server is being stopped: not ready for further clients, whoever still serves."""

    wall: float


# ---------------------------------------------------------------- controller to status page


@dataclasses.dataclass(frozen=True, slots=True)
class Failure(Message):
    """Why a generation, or a further worker of it, could not be started."""

    generation: int
    reason: Failed | None
    """None where nobody could say so: the process died."""
    wall: float


@dataclasses.dataclass(frozen=True, slots=True)
class Chronicle(Message):
    """What all facts so far come to; `spawning.chronicle` says how."""

    wanted: int = 0
    serving: int = 0
    """The generation that serves, 0 where none does."""
    serving_since: float = 0.0
    """A time of day; 0 where none serves."""
    serving_after: float = 0.0
    """How long it took from its cause to its takeover, in seconds."""
    pending: int = 0
    """The generation that is being started, 0 where none is."""
    pending_cause: str = ""
    pending_since: float = 0.0
    failure: Failure | None = None
    """The last one, however long ago."""
    stopping_since: float = 0.0
    """0 while the server is not being stopped."""
    reloads: int = 0
    """Takeovers but for the first one."""
    reload_failures: int = 0
    retired: int = 0
    killed: int = 0
    failed: int = 0
    died: int = 0
    workers: tuple[WorkerIs, ...] = ()
    """Those that live, in the order in which they were started."""
    held: tuple[WorkerHeld, ...] = ()
    """Those of them that a debugger holds."""
    events: tuple[Message, ...] = ()
    """The last facts, oldest first."""


@dataclasses.dataclass(frozen=True, slots=True)
class StatusBoot(Message):
    """The first message to the process that serves the status page."""

    config: dict[str, Any]
    listeners: tuple[int, ...]
    """File descriptors of its listening sockets, inherited."""
    board: tuple[int, int, int]
    """The scoreboard's descriptor, rows and slots (`scoreboard.Shape`)."""
    controller_pid: int
    started_at: float
    """When the controller started, in seconds since the epoch."""
    urls: tuple[str, ...]
    """Where the application is served."""
    inodes: tuple[int, ...]
    """Of the sockets that listen there."""
    chronicle: Chronicle
