"""What a connection needs of the engine that it lives in."""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from spawning.http.batching import Batching
from spawning.http.body import RequestBody
from spawning.http.errors import BadRequest
from spawning.http.limits import Limits
from spawning.http.memo import HeadMemo
from spawning.http.parking import Parking
from spawning.http.request import Request

if TYPE_CHECKING:
    from spawning.http.connection import Connection
    from spawning.http.stream import Stream


class Loan(Protocol):
    """A client's socket while the application has it, and what the server still does with it."""

    socket: Any
    """What the application reads from and writes to."""

    @property
    def spoken(self) -> bool:
        """Whether the application has sent anything itself."""

    def send(self, data: bytes | memoryview, flags: int = 0) -> int:
        """Send all of an answer of the server's; raises OSError once the application has spoken."""

    def hang_up(self) -> None:
        """End the conversation: the application reads the end of it."""

    def give_back(self) -> socket.socket:
        """Return the client's socket, which the application must not use any more."""


class Extras(NamedTuple):
    """Names of what a runner adds to the environ of each call of the application."""

    input: str
    """`wsgi.input` under a second name: who looks for this one counts on its `get_socket`."""
    hooks: str
    """A list for what is to be called after the response: (callable, arguments, keywords)."""


@dataclass(slots=True, kw_only=True, eq=False)
class Host:
    """The engine, seen from a connection: what it asks for at each request, all in one place."""

    limits: Limits
    memo: HeadMemo = field(init=False)
    gate: Sequence[int]
    """`gate[0]` is the generation that may begin requests."""
    generation: int
    parking: Parking | None
    """What requests may have to wait for, before they are begun."""
    keeps_alive: bool = field(init=False)
    """Whether a response may leave its connection open."""
    idle_time: float = field(init=False)
    """Seconds that a connection may stay open without a request."""

    ready: Callable[[Connection], None]
    """See to it that another thread or greenlet works on a connection."""
    give_way: Callable[[Stream], None]
    """Return after others had their turn, where all share one thread."""
    wait: Callable[[Stream, bool, float], None]
    """Return after an edge, or when the deadline may have passed; True is for writing."""
    batching: Batching
    """Whether answers are to leave together."""
    gather: Callable[[Stream, bytes | memoryview], bool]
    """Wait for other answers, if there are any to come; return whether this one will be sent."""
    answer: Callable[[Connection, Request, RequestBody], bool]
    """Answer; return whether the connection may stay open.  Never raises."""
    refusal: Callable[[Connection, BadRequest, bytes], bytes]
    """Return the response to a request that is refused, of which these bytes have come."""

    call_soon: Callable[[Callable[[], None]], None]
    """Have the loop call something, after what came before."""
    give_away: Callable[[Connection, bytes], None]
    """Hand an open connection to the serving generation, with what was received."""
    lend: Callable[[Connection, socket.socket, bytes], Loan]
    """Let the application have a socket, with what was received of it in front."""
    reclaim: Callable[[Connection], None]
    """Be told of a connection's events again, after its socket was lent."""
    forget: Callable[[Connection], None]
    """Take a closed connection out of every table."""

    def __post_init__(self) -> None:
        limits = self.limits
        self.memo = HeadMemo(limits.head_fields)
        self.keeps_alive = limits.keep_alive_time > 0
        self.idle_time = limits.keep_alive_time if self.keeps_alive else limits.head_time
