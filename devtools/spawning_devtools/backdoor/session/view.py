"""What a session sees of the process that it is in, and what it is told of its client."""

from __future__ import annotations

import dataclasses
import socket
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from spawning.config import Config
from spawning.devhooks import Debugged
from spawning.http.connection import Connection
from spawning.scoreboard import Scoreboard


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A client, as the door hands it over; plain values, so that it travels as JSON."""

    number: int
    """By which the door knows it."""
    user: str
    """Who it is, admitted."""
    pid: int = 0
    """The client's process, 0 where that is not known."""
    plain: bool = False
    """Whether it is `nc`, `telnet` and the like, not `spawnctl attach`."""
    about: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    """What `spawnctl attach` said of itself in its first line (`spawnctl 1 {json}`)."""
    received: str = ""
    """What has come from it and nobody has used, as latin-1: without that first line."""
    to: str = ""
    """Where it is going: the number of a worker, 'controller', or '' for the newest generation."""
    why: str = ""
    """Why it has left where it was ('worker 3 died'), '' for a client that has just come."""


@dataclasses.dataclass(frozen=True, slots=True)
class Stop:
    """A request, or other code, that waits at a `breakpoint()` for a client."""

    request: str
    """`METHOD TARGET`; '' where it is no request."""
    file: str
    line: int


class WorkerView(Protocol):
    """The process that sessions are in, as they see it; all is called from any thread."""

    @property
    def worker(self) -> int:
        """The worker's number; 0 in the controller."""

    @property
    def generation(self) -> int:
        """Its generation; the one that serves, in the controller."""

    @property
    def config(self) -> Config:
        """What the user asked for."""

    @property
    def application(self) -> Any:
        """What was loaded; None in the controller."""

    @property
    def names(self) -> Mapping[str, Any]:
        """What the namespace holds besides what it always does: `controller`, in the controller."""

    @property
    def board(self) -> Scoreboard:
        """The counters of all workers."""

    @property
    def debugged(self) -> Debugged:
        """Who has to know that a thread stops at a breakpoint (`worker.holding`)."""

    @property
    def attach_command(self) -> str:
        """What the user types to come here: `spawnctl attach`, with --pid if need be."""

    def call_soon(self, call: Callable[[], None]) -> None:
        """Have the loop call `call` (`Engine.call_soon`)."""

    def busy(self) -> Sequence[Connection]:
        """Return the connections whose requests are being answered here (`Engine.busy`)."""

    def reload(self) -> None:
        """Begin a new generation, as SIGHUP does."""

    def move(self, sock: socket.socket, arrival: Arrival) -> None:
        """Give a session's end back to the door, which hands it to `arrival.to`.

        The socket pair lives on, with the bytes that are in it; `arrival.received` goes along.
        The socket is closed here.  Raises OSError where there is no door.
        """

    def stopped(self, stops: Sequence[Stop]) -> None:
        """These wait at a breakpoint for a client; called whenever that changes.

        The door tells its clients in other workers, and brings the next one here.
        """

    def record(self, arrival: Arrival, statement: str) -> None:
        """A client is about to run a statement (`--backdoor-log`)."""
