"""One client: its phases and its timeouts.

Rules:
1. The poller is edge-triggered: `stream` says what that asks for.
2. One thread or greenlet at a time works on a connection: the runner sees to it.
3. A request begins only while the gate names our generation, asked after its
   bytes were received; otherwise the connection goes to the successor with the
   bytes unread by anyone (see `gate`).  It may have to wait before (see `parking`).
4. Deadlines only make the engine poke a connection; whoever works on it looks
   at the clock and decides.
"""

from __future__ import annotations

import socket
from _thread import allocate_lock
from time import monotonic
from typing import Any

from spawning.http.body import RequestBody
from spawning.http.errors import BadRequest, ClientGone
from spawning.http.head import PartialHead, end_of_head
from spawning.http.host import Host
from spawning.http.parking import Parked, admit
from spawning.http.phase import BUSY, CLOSED, HEAD, IDLE, LENT, LINGER
from spawning.http.poller import ENDED, READABLE
from spawning.http.proxy_protocol import Header, Introduction, Source
from spawning.http.request import Request
from spawning.http.stream import IN_A_ROW, NEVER, TIMEOUT, Stream
from spawning.slot import NO_SLOT, Slot


class Connection(Stream):
    """A client's connection, from accept to close."""

    __slots__ = tuple(
        "_partial _unread endpoint lock parked peer phase request since slot worker".split()
    )

    def __init__(
        self, sock: socket.socket, peer: Any, endpoint: Any, host: Host, received: bytes = b""
    ) -> None:
        super().__init__(sock, host, received)
        self._partial: PartialHead | Introduction | None = None
        self._unread: RequestBody | None = None
        """The body of an answered request, as far as it has still to be read away."""
        self.peer = peer
        """Whose connection this is: the other end of the socket, or a `Source` that it named."""
        self.endpoint = endpoint
        """What the owner of the listener knows of the address that was connected to."""
        self.phase = IDLE
        self.deadline = monotonic() + host.idle_time
        self.lock = allocate_lock()
        """Held by the thread that works on this connection; unused with greenlets."""
        self.parked: Parked | None = None
        """The request that waits to be begun."""
        self.request: Request | None = None
        self.since = 0.0
        self.slot: Slot = NO_SLOT
        """Where the thread or greenlet that works on this connection says what it does."""
        self.worker: Any = None
        """The thread's identifier, or the greenlet."""

    # ------------------------------------------------------------ on the loop

    def on_events(self, events: int) -> None:
        """Note an edge, and have somebody look; runners do so themselves, without a call."""
        if events & READABLE:
            if events & ENDED:
                self.has_ended = True
            self.readable = True
        self._host.ready(self)

    def poke(self) -> None:
        """Have somebody look although nothing came: a deadline passed, or we drain."""
        if self.phase is not LENT:
            self.readable = True
            self._host.ready(self)

    def expect_introduction(self) -> None:
        """Begin with a PROXY header, which comes before the first request and only there."""
        self._partial = Introduction(self._introduced)
        self.phase = HEAD
        self.deadline = monotonic() + self._host.limits.head_time

    def _introduced(self, header: Header, following: bytes) -> None:
        self.peer = Source.of(header.client, self.peer)
        self._partial, self._received = None, following
        self.phase = IDLE
        self.deadline = monotonic() + self._host.idle_time

    # ------------------------------------------------------------ requests

    def next_request(self) -> Request | None:
        """Return the next request whose head is whole, if it is ours to begin.

        None leaves the connection waiting for an edge, given away, or closed.
        """
        host = self._host
        # A late poke after the connection was given away: its bytes are the successor's.
        while self.phase is not CLOSED:
            if self.parked is not None:
                return admit(self, self.parked, host, monotonic())
            if self._unread is not None and not self._skip(self._unread):
                return None
            if self._received:
                data, self._received = self._received, b""
            elif self.readable:
                received = self.receive()
                if received is None:
                    self.close()
                    return None
                data = received
            else:
                data = b""
            if host.gate[0] != host.generation:
                self.leave(data)
                return None
            if not data:
                if monotonic() >= self.deadline:
                    self._expire()
                return None
            if self.phase is LINGER:
                continue
            try:
                request = self._parse(data)
            except BadRequest as error:
                self._refuse(error, data)
                return None
            if request is not None:
                return request
        self.readable = False
        return None

    def _parse(self, data: bytes) -> Request | None:
        """Return the request that `data` completes; None where there is none that may begin."""
        host, received = self._host, data
        end = end_of_head(data, host.limits) if self._partial is None else 0
        if end:
            if end < len(data):
                self._received = data[end:]
                data = data[:end]
            request = host.memo.parse(data)
        else:
            if self._partial is None:
                self._partial = PartialHead()
                self.phase = HEAD
                self.deadline = monotonic() + host.limits.head_time
            parsed = self._partial.add(data, host.limits)
            if parsed is None:
                return None
            request, self._received = parsed
            received, self._partial = self._partial.received, None
        if host.parking is None:
            return request
        parked = Parked(request, received, monotonic())
        return admit(self, parked, host, parked.since)

    def serve(self, slot: Slot, worker: Any) -> None:
        """Answer the request that has come, if one has, and whatever else is asked meanwhile."""
        host, answered, following = self._host, 0, self.next_request()
        self.slot, self.worker = slot, worker
        while following is not None:
            self.phase = BUSY
            self.request = following
            self.since = monotonic()
            body = RequestBody(self, following)
            if not host.keeps_alive:
                following.keep_alive = False
            keep = host.answer(self, following, body)
            self.request = None
            if self.phase is not BUSY:
                self._take_back()
                return
            has_body = following.content_length or following.chunked
            if not keep:
                self._finish(body if has_body else None)
                return
            self.phase = IDLE
            self.deadline = NEVER  # the next tick begins to count: the clock costs more than this
            if has_body and body.has_more():
                self._unread = body
            elif not (self._received or self.readable):
                return  # as most often: nothing more has come, not even a poke to leave
            if (answered := answered + 1) == IN_A_ROW:
                host.call_soon(self.poke)
                return
            self.send_off()
            following = self.next_request()

    # ------------------------------------------------------------ websockets

    def lend(self, unread: bytes) -> Any:
        """Let the application have the socket until its call returns (see `RequestBody`)."""
        if self.phase is not LENT:
            self._lend(self._host.lend(self, self._socket, unread + self._received))
            self.phase = LENT
        assert self.loan is not None
        return self.loan.socket

    def hang_up(self) -> bool:
        """End what may last for ever, a websocket or a stream of events; return whether it is."""
        if self.loan is not None:
            self.loan.hang_up()
        elif self.request is not None and self.request.wants_events:
            self.cut(b"")
        else:
            return False
        return True

    def _take_back(self) -> None:
        """End a connection whose socket was lent, as gently as any other."""
        if self.phase is LENT and self._get_back():
            self._host.reclaim(self)
            self._linger()
        else:
            self.close()

    # ------------------------------------------------------------ ends

    def _expire(self) -> None:
        """End a connection whose time is up."""
        if self._partial is not None and not self._partial.is_empty:
            self._refuse(BadRequest(TIMEOUT, "the head did not arrive in time"), b"")
        else:
            self.close()

    def leave(self, received: bytes) -> None:
        """Go to another worker with what was received, or end."""
        if self._partial is not None:
            received = self._partial.received + received
        if self.phase is LINGER:
            self.close()
        if self.phase is not CLOSED:
            self._host.give_away(self, received)

    def move_on(self) -> bool:
        """Go to another worker, if nothing of this one's is in the way; return whether."""
        may = self.phase in (IDLE, HEAD) and self._unread is None
        if may:
            self.leave(self.unread())
        return may

    def _refuse(self, error: BadRequest, data: bytes) -> None:
        received = data if self._partial is None else self._partial.received
        if self.try_to_send(self._host.refusal(self, error, received)):
            self._linger()
        else:
            self.close()

    def _skip(self, body: RequestBody) -> bool:
        """Read away what the application left of a body; return whether that is done."""
        try:
            if body.discard():
                self._unread = None
                return True
        except ClientGone:
            self.close()
        except BadRequest:
            self._linger()
        else:
            if not body.may_be_skipped or monotonic() >= self.deadline:
                self._linger()
        return False

    def _finish(self, body: RequestBody | None) -> None:
        """Close after a last response, gently where the client has sent more, or will."""
        self.send_off()
        if body is not None and not self._skip(body):
            if self.phase is BUSY:
                self._linger()
        elif self._received or self.readable:
            self._linger()
        else:
            self.close()

    def _linger(self) -> None:
        """Shut for writing and read on: a reset could destroy the response (RFC 9112, 9.6)."""
        if not self.shut():
            self.close()
            return
        self.phase = LINGER
        self.deadline = monotonic() + self._host.limits.linger_time
        self._received, self._partial, self._unread = b"", None, None
        self.poke()

    def close(self) -> None:
        """Close now; harmless when closed already."""
        if self.phase is not CLOSED:
            self.detach().close()

    def detach(self) -> socket.socket:
        """Give up the open socket, which is the caller's from now on."""
        self.phase = CLOSED
        self._received, self._partial, self._unread = b"", None, None
        self._host.forget(self)
        if self.loan is not None:
            self._get_back()
        return self._socket
