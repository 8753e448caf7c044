"""A host for one connection over a socket pair, driven by the test alone.

No thread, no loop and no clock: the client's bytes arrive when the connection
has nothing left to do, or when it waits for them.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Sequence
from typing import Any

from spawning.http.batching import Batching
from spawning.http.body import RequestBody
from spawning.http.connection import CLOSED, Connection
from spawning.http.errors import BadRequest, ClientGone
from spawning.http.host import Host
from spawning.http.limits import Limits
from spawning.http.poller import EPOLLIN
from spawning.http.request import Request
from spawning.slot import NO_SLOT, Slot

PEER = ("192.0.2.1", 50000)
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
_RECEIVE = 1 << 20
_STATUS_LINE = re.compile(rb"HTTP/1\.1 (\d\d\d) [^\r\n]*\r\n")


class Recorder:
    """A gateway that reads each request's body and writes down what it was asked."""

    def __init__(self) -> None:
        self.seen: list[dict[str, Any]] = []
        self.refused = 0
        """Status of the request that was refused, 0 where none was."""

    def answer(self, connection: Connection, request: Request, body: RequestBody) -> bool:
        """Answer 200, or refuse a body that is malformed."""
        try:
            content = body.read()
        except BadRequest as error:
            connection.send(self.refusal(connection, error, b""))
            return False
        except ClientGone:
            connection.close()
            return False
        self.seen.append(
            {
                "method": request.method,
                "target": request.target,
                "version": "1.1" if request.http11 else "1.0",
                "headers": dict(request.headers),
                "body": content,
                "keep_alive": request.keep_alive,
            }
        )
        connection.send(OK)
        return request.keep_alive

    def refusal(self, _connection: Connection, error: BadRequest, _received: bytes) -> bytes:
        """Return a response without a body."""
        self.refused = int(error.status[:3])
        return f"HTTP/1.1 {error.status}\r\nConnection: close\r\n\r\n".encode()


class MemoryHost:
    """What one connection needs of an engine; `client` is the other end of the connection."""

    def __init__(self, gateway: Any, endpoint: Any = "endpoint", **limits: Any) -> None:
        self.word = [1]
        self.host = Host(
            limits=Limits(**limits),
            gate=self.word,
            generation=1,
            parking=None,
            ready=self._note,
            wait=self._go_on,
            give_way=self._let_others,
            batching=Batching(),
            gather=lambda _stream, _data: False,
            answer=gateway.answer,
            refusal=gateway.refusal,
            call_soon=self._call_soon,
            give_away=self._give_away,
            lend=_never,
            reclaim=_never,
            forget=lambda _connection: None,
        )
        self.turns_of_others = 0
        self.slot: Slot = NO_SLOT
        self.received = b""
        """What the client has received."""
        self.given_away: list[bytes] = []
        self.client_reads = True
        self._wanted = False
        self._arrivals: list[bytes] = []
        self.client, server = socket.socketpair()
        server.setblocking(False)
        self.client.setblocking(False)
        self.connection = Connection(server, PEER, endpoint, self.host)

    # ------------------------------------------------------------ for the connection

    def _note(self, _connection: Connection) -> None:
        """Note that somebody has to look."""
        self._wanted = True

    def _go_on(self, connection: Connection, writing: bool, _deadline: float) -> None:
        """Let the client read, or send what comes next; without either it goes away."""
        if writing and self.client_reads:
            self._read()
        elif not writing and self._arrivals:
            self._arrive()
        else:
            self.client.close()
        connection.readable = True

    def _let_others(self, _connection: Connection) -> None:
        self.turns_of_others += 1

    def _call_soon(self, call: Callable[[], None]) -> None:
        """Count a turn of others, and call."""
        self.turns_of_others += 1
        call()

    def _give_away(self, connection: Connection, received: bytes) -> None:
        """Keep what would travel along."""
        connection.detach().close()
        self.given_away.append(received)

    # ------------------------------------------------------------ for tests

    def exchange(self, *pieces: bytes) -> bytes:
        """Have the client send `pieces` one after another; return what it received of late."""
        before = len(self.received)
        self._arrivals += [piece for piece in pieces if piece]
        self._work()
        while self._arrivals and self.connection.phase is not CLOSED:
            self._arrive()
            self.connection.on_events(EPOLLIN)
            self._work()
        self._read()
        return self.received[before:]

    def hang_up(self) -> None:
        """Have the client end its side, and the connection notice it."""
        if self.client.fileno() >= 0 and self.connection.phase is not CLOSED:
            self.client.shutdown(socket.SHUT_WR)
            self.connection.on_events(EPOLLIN)
            self._work()
        self._read()

    def poke(self) -> bytes:
        """Have the connection look at its deadline; return what the client received of it."""
        before = len(self.received)
        self.connection.poke()
        self._work()
        self._read()
        return self.received[before:]

    def close(self) -> None:
        """Close both ends."""
        self.connection.close()
        self.client.close()

    def _work(self) -> None:
        while self._wanted:
            self._wanted = False
            self.connection.serve(self.slot, "the test")

    def _arrive(self) -> None:
        self.client.send(self._arrivals.pop(0))

    def _read(self) -> None:
        while self.client.fileno() >= 0:
            try:
                data = self.client.recv(_RECEIVE)
            except (BlockingIOError, ConnectionResetError):
                return
            if not data:
                return
            self.received += data


def _never(*_arguments: Any) -> Any:
    raise AssertionError("no application here asks for a socket")


def statuses(received: bytes) -> list[int]:
    """Return the status codes of responses without bodies, interim ones left out."""
    codes = [int(code) for code in _STATUS_LINE.findall(received)]
    return [code for code in codes if code >= 200]


def one_by_one(data: bytes) -> Sequence[bytes]:
    """Return every byte for itself."""
    return [data[i : i + 1] for i in range(len(data))]
