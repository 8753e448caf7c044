"""Requests that wait before they are begun, on their connections: no thread, no greenlet, no timer.

Two kinds wait, both while the application is being written: every request, when
newer code is known and not ready yet (`--reload-wait`), and a question of a page
that is open in a browser, until there is news for it (`--livereload`).

Rules:
1. What waits is bytes.  A request that leaves for another worker is begun there as
   if it had just come: how often that happened does not matter to it.
2. Whether a request waits is looked at first, the gate afterwards (rule 4 of `gate`),
   so that none which came while newer code was known is begun in older code.
3. Nobody polls.  Who ends a wait has the engine `look_again`; the deadline of the
   connection is for waits that end by themselves.
4. `readable` is cleared before the look, and set when a request is begun: what its
   client sends meanwhile stays in the kernel.
5. A client that sends nothing more has closed the connection, if it asked a question.
   Any other may be waiting for its answer still (RFC 9112, 9.6).  The kernel is asked,
   for an event may be of a client that had this number before (rule 2 of `poller`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from spawning.http.phase import IDLE, PARKED
from spawning.http.poller import has_ended
from spawning.http.request import Request

if TYPE_CHECKING:
    from spawning.http.connection import Connection
    from spawning.http.host import Host

LONGEST_QUESTION = 25.0
"""Seconds; proxies give up on a response after 30 or 60."""


class Parked(NamedTuple):
    """A request that waits."""

    request: Request
    received: bytes
    """Its head, and all that came with it."""
    since: float


class Parking(NamedTuple):
    """What the requests of a worker may have to wait for."""

    hold: Sequence[float]
    """See `Gate.hold`."""
    waits: Callable[[Request], bool | None]
    """Whether the answer to a question is not known yet; None where a request is no question."""

    def until(self, parked: Parked) -> tuple[float, bool]:
        """Return how long a request waits, 0 for not at all, and whether it is a question."""
        waits = self.waits(parked.request)
        if waits is None:
            return self.hold[0], False
        return (parked.since + LONGEST_QUESTION if waits else 0.0), True


def admit(connection: Connection, parked: Parked, host: Host, now: float) -> Request | None:
    """Return a request that may be begun now, or None: it waits, is given away, or is closed."""
    connection.readable = False
    until, is_question = host.parking.until(parked) if host.parking is not None else (0.0, False)
    if host.gate[0] != host.generation:
        connection.leave(parked.received)
    elif until <= now:
        connection.parked, connection.phase = None, IDLE
        connection.readable = True
        return parked.request
    elif is_question and connection.has_ended and has_ended(connection.descriptor):
        connection.close()
    else:
        connection.parked, connection.phase = parked, PARKED
        connection.deadline = until
    return None
