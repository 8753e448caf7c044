"""One worker's HTTP engine: its connections and listeners, and how it drains.

Rules:
1. `open_gate` begins to accept; until then the kernel's backlog holds what comes.
2. `hand_over` gives every connection that is not answering a request to the
   successor, and the others when they have answered.
3. `close_down` is for when nobody succeeds: requests that still come are answered
   with `Connection: close`; idle connections get a moment, for one may be on its way.
4. `tick` runs once a second: it gives idle connections a deadline, and pokes late ones.
"""

from __future__ import annotations

import collections
import functools
import socket
from collections.abc import Callable, Sequence
from time import monotonic
from typing import Any

from spawning.http.connection import Connection
from spawning.http.gateway import Gateway
from spawning.http.handoff import Outbox
from spawning.http.host import Host, Loan
from spawning.http.limits import Limits
from spawning.http.parking import Parking
from spawning.http.peers import Peers
from spawning.http.phase import BUSY, HEAD, IDLE, PARKED
from spawning.http.poller import Poller
from spawning.http.proxy_protocol import Source
from spawning.http.runner import Runner
from spawning.http.share import Share
from spawning.http.sources import Sources
from spawning.http.stream import NEVER
from spawning.http.waker import Waker

LAST_CHANCE = 0.5
"""Seconds that an idle connection is kept when nobody takes it over."""
FAREWELL = 0.5
"""Seconds that an application has to notice that nobody listens to its stream any more."""


class Engine:
    """The connections of one worker."""

    def __init__(
        self,
        *,
        limits: Limits,
        gate: Sequence[int],
        generation: int,
        gateway: Gateway,
        runner: Runner,
        inbox: socket.socket,
        outbox: socket.socket,
        introducers: Peers | None = None,
        is_one_of_many: bool = False,
        share: Share | None = None,
        parking: Parking | None = None,
    ) -> None:
        self._host = Host(
            limits=limits,
            gate=gate,
            generation=generation,
            parking=parking,
            ready=runner.ready,
            wait=runner.wait,
            give_way=runner.give_way,
            batching=runner.batching,
            gather=runner.gather,
            answer=gateway.answer,
            refusal=gateway.refusal,
            call_soon=self.call_soon,
            give_away=self.give_away,
            lend=self.lend,
            reclaim=self.reclaim,
            forget=self.forget,
        )
        self._runner = runner
        runner.call_soon = self.call_soon
        self._poller = Poller()
        self._edges = runner.edges or self._poller
        self._connections: dict[int, Connection] = {}
        self._departing: set[Connection] = set()
        self._endpoints: list[Any] = []
        self._share = share
        self._sources = Sources(self._poller, inbox, self.adopt, share)
        self._outbox_socket = outbox
        self._outbox = Outbox(outbox)
        self._outboxes = [self._outbox]
        self._introducers = introducers
        """Peers whose connections begin with a PROXY header."""
        self._is_one_of_many = is_one_of_many
        """Whether other workers take what this one leaves."""
        self._calls: collections.deque[Callable[[], None]] = collections.deque()
        self._waker = Waker(self._woken)
        self._poller.add(self._waker.fileno(), self._waker)
        self.draining = False
        self._hung_up: set[Connection] = set()
        self._patience = 0.0  # until when those are waited for

    # ------------------------------------------------------------ life

    def watch(self, descriptor: int, watched: Any) -> None:
        """Have the loop tell `watched` of a descriptor that is not a connection's."""
        self._poller.add(descriptor, watched)

    def receive(self, endpoints: Sequence[Any]) -> None:
        """Take over what other processes have accepted, on these endpoints, and accept nothing."""
        self._endpoints.extend(endpoints)
        self._sources.take_in()

    def add_outbox(self, sock: socket.socket) -> Outbox:
        """Return another way by which connections can leave (see `give_to`)."""
        outbox = Outbox(sock)
        self._outboxes.append(outbox)
        self._poller.add(sock.fileno(), outbox)
        return outbox

    def open_gate(self, listeners: Sequence[tuple[socket.socket, Any]]) -> None:
        """Begin to accept; each listening socket comes with what `Connection.endpoint` will be."""
        for sock, endpoint in listeners:
            number = len(self._endpoints)
            self._endpoints.append(endpoint)
            self._sources.listen(sock, functools.partial(self._welcome, number))
        self._sources.take_in()
        self._count()

    def hand_over(self) -> None:
        """Give every connection to the successor, now or when its request is answered."""
        self._host.generation = -1  # no longer the one that the gate names, whatever it names
        self._stop_accepting()
        self._poller.add(self._outbox_socket.fileno(), self._outbox)
        for connection in list(self._connections.values()):
            connection.poke()

    def close_down(self, now: float) -> None:
        """Answer what still comes on open connections, and close them; there is no successor."""
        host = self._host
        host.keeps_alive, host.idle_time = False, LAST_CHANCE
        self._stop_accepting()
        host.gate, host.parking = (host.generation,), None
        self.look_again()
        for connection in list(self._connections.values()):
            if connection.phase is not BUSY:
                connection.deadline = min(connection.deadline, now + LAST_CHANCE)

    def look_again(self) -> None:
        """Have requests begun that need not wait any more."""
        # One that is on its way to be parked is still in one of the first two phases.
        for connection in list(self._connections.values()):
            if connection.phase in (PARKED, IDLE, HEAD):
                connection.poke()

    def hang_up(self) -> None:
        """End websockets and streams of events, whose clients come back by themselves.

        An application that does not notice is not waited for: nobody listens to it any more.
        """
        self._hung_up |= {c for c in list(self._connections.values()) if c.hang_up()}
        self._patience = monotonic() + FAREWELL

    def run(self, tick: Callable[[float], None], finished: Callable[[], bool]) -> None:
        """Serve until `finished`, and what was begun is done; `tick` is called every second."""

        def both(now: float) -> None:
            self._tick(now)
            tick(now)

        self._runner.drive(self._poller, both, lambda: finished() and self.is_empty)

    def call_soon(self, call: Callable[[], None]) -> None:
        """Have the loop call `call`; for signal handlers and other threads."""
        self._calls.append(call)
        self._waker.wake()

    @property
    def is_empty(self) -> bool:
        """Whether no connection is left in this worker."""
        # In the order in which they leave, or what a thread gives away just now is seen nowhere.
        if self._connections and not (self._hung_up and monotonic() >= self._patience):
            return False
        if not self._hung_up.issuperset(list(self._connections.values())):
            return False
        return not (self._departing or any(self._outboxes))

    @property
    def count(self) -> int:
        """Connections that are open here."""
        return len(self._connections)

    def busy(self) -> list[Connection]:
        """Return the connections that are answering a request."""
        return [c for c in list(self._connections.values()) if c.request is not None]

    # ------------------------------------------------------------ for connections

    def give_away(self, connection: Connection, received: bytes) -> None:
        """Hand an open connection to the serving generation; callable from any thread."""
        self.give_to(self._outbox, connection, received)

    def give_to(self, outbox: Outbox, connection: Connection, received: bytes) -> None:
        """Have an open connection leave by `outbox`; callable from any thread."""
        # Counted all the way: in no table for a moment, it might end with the process.
        self._departing.add(connection)
        number = self._endpoints.index(connection.endpoint)
        introduction = connection.peer.packed() if isinstance(connection.peer, Source) else b""
        outbox.put(connection.detach(), number, introduction, received)
        self._departing.discard(connection)
        self._waker.wake()

    def lend(self, connection: Connection, sock: socket.socket, received: bytes) -> Loan:
        """Let the application have a connection's socket; it stays one that is answering."""
        loan = self._runner.lend(connection, sock, received)
        self._edges.remove(connection.descriptor)
        return loan

    def reclaim(self, connection: Connection) -> None:
        """Be told of a connection's events again, after its socket was lent."""
        self._edges.add(connection.descriptor, connection)

    def forget(self, connection: Connection) -> None:
        """Take a closed connection out of the tables; callable from any thread."""
        # An application that was lent a socket may have closed it, and its number is another's.
        if self._connections.get(connection.descriptor) is connection:
            self._edges.remove(connection.descriptor)
            del self._connections[connection.descriptor]
            self._count()
        if self.draining:
            self._waker.wake()

    def _welcome(self, number: int, sock: socket.socket, peer: Any, received: bytes = b"") -> None:
        connection = Connection(sock, peer, self._endpoints[number], self._host, received)
        introducers = self._introducers
        if introducers is not None and not isinstance(peer, Source) and introducers.has(peer):
            connection.expect_introduction()
        self._connections[connection.descriptor] = connection
        self._count()
        self._edges.add(connection.descriptor, connection)

    def _count(self) -> None:
        if self._share is not None and not self.draining:
            self._share.tell(len(self._connections))

    def adopt(self, sock: socket.socket, number: int, introduction: bytes, received: bytes) -> None:
        """Take over an open connection of the endpoint with this number (see `handoff`)."""
        try:
            peer = sock.getpeername()
        except OSError:
            sock.close()  # the client has gone meanwhile
            return
        sock.setblocking(False)
        if introduction:
            peer = Source.unpacked(introduction, peer)
        self._welcome(number, sock, peer, received)

    def _woken(self) -> None:
        self._flush()
        for _ in range(len(self._calls)):  # what is added meanwhile comes after others' turn
            self._calls.popleft()()

    def _flush(self) -> None:
        for outbox in self._outboxes:
            outbox.flush()

    def _stop_accepting(self) -> None:
        self.draining = True
        if self._share is not None:
            self._share.withdraw()
        self._sources.close()

    def _hold_back(self) -> None:
        """Leave to others what would wait here, behind requests that take long.

        The kernel prefers the worker that was idle last, however busy its threads are.
        """
        self._runner.when_free = self._go_on
        self._sources.hold_back()
        for connection in self._runner.give_back():
            if not connection.move_on():
                connection.lock.release()
                connection.poke()

    def _go_on(self) -> None:
        if self._runner.when_free is not None:
            self._runner.when_free = None
            self._sources.go_on()

    def _tick(self, now: float) -> None:
        for connection in list(self._connections.values()):
            if connection.deadline <= now:
                connection.poke()
            elif connection.deadline == NEVER and connection.phase is IDLE:
                connection.deadline = now + self._host.idle_time
        self._flush()
        if self._sources.are_open and self._is_one_of_many and self._runner.is_stuck(now):
            self._hold_back()
            return
        self._go_on()
        self._sources.look()
