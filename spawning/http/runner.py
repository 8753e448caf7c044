"""What works on connections, as the engine sees it: threads or greenlets."""

from __future__ import annotations

import socket
from collections.abc import Callable, Hashable
from typing import Protocol

from spawning.http.batching import Batching
from spawning.http.connection import Connection
from spawning.http.host import Extras, Loan
from spawning.http.poller import Poller
from spawning.http.stream import Stream

TICK = 1.0
"""Seconds between two ticks of the loop."""
FIRST_TICK = 0.03
"""Seconds until the first one: what could wait while the first requests come in."""


class Runner(Protocol):
    """Threads or greenlets that work on connections, and the loop that feeds them."""

    extras: Extras | None
    """What each call of the application is given besides what PEP 3333 says."""

    edges: Poller | None
    """What it is told of connections by; None where the loop tells it."""

    def ready(self, connection: Connection) -> None:
        """See to it that another thread or greenlet works on a connection."""

    def wait(self, stream: Stream, writing: bool, deadline: float) -> None:
        """Return after an edge, or when the deadline may have passed."""

    def give_way(self, stream: Stream) -> None:
        """Return after others had their turn, where all share one thread."""

    batching: Batching
    """How many answers leave together."""

    def gather(self, stream: Stream, data: bytes | memoryview) -> bool:
        """Have an answer leave with others (see `Host.gather`)."""

    call_soon: Callable[[Callable[[], None]], None]
    """Has the loop call something; set by the engine."""
    when_free: Callable[[], None] | None
    """What the loop is to call when a thread becomes free."""

    def is_stuck(self, now: float) -> bool:
        """Return whether nothing more can be begun for a while."""

    def give_back(self) -> list[Connection]:
        """Return the connections that wait to be worked on, whose locks are held."""

    def lend(self, connection: Connection, sock: socket.socket, received: bytes) -> Loan:
        """Let the application have a socket; raises RuntimeError where it cannot."""

    def me(self) -> Hashable:
        """Return what `Connection.worker` is for the connection that the caller works on."""

    def drive(
        self, poller: Poller, tick: Callable[[float], None], finished: Callable[[], bool]
    ) -> None:
        """Run the loop: `poller`'s turns, and `tick` once a second, until `finished`."""


def no_loop(_call: Callable[[], None]) -> None:
    """Stand for `Runner.call_soon` until an engine has set it."""
    raise RuntimeError("no engine drives this runner")
