"""What a connection needs of the engine that it lives in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol

from spawning.http.body import RequestBody
from spawning.http.limits import Limits
from spawning.http.request import BadRequest, Request

if TYPE_CHECKING:
    from spawning.http.connection import Connection
    from spawning.http.stream import Stream


class Host(Protocol):
    """The engine, seen from a connection."""

    limits: Limits
    gate: Sequence[int]
    """`gate[0]` is the generation that may begin requests."""
    generation: int
    keeps_alive: bool
    """Whether a response may leave its connection open."""
    idle_time: float
    """Seconds that a connection may stay open without a request."""

    ready: Callable[[Connection], None]
    """See to it that a thread or greenlet works on a connection."""
    wait: Callable[[Stream, bool, float], None]
    """Return after an edge, or when the deadline may have passed; True is for writing."""
    answer: Callable[[Connection, Request, RequestBody], bool]
    """Answer; return whether the connection may stay open.  Never raises."""

    def give_away(self, connection: Connection, received: bytes) -> None:
        """Hand an open connection to the serving generation, with what was received."""

    refusal: Callable[[Connection, BadRequest], bytes]
    """Return the response to a request that is refused."""

    def forget(self, connection: Connection) -> None:
        """Take a closed connection out of every table."""
