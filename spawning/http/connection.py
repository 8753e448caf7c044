"""One client: its phases, its timeouts, and the only recv and send.

Rules:
1. The poller is edge-triggered.  `readable` remembers an edge; it is cleared
   before each receive, so an edge that comes meanwhile is not lost.
2. One thread or greenlet at a time works on a connection: the runner sees to it.
3. A request begins only while the gate names our generation, asked after its
   bytes were received; otherwise the connection goes to the successor with the
   bytes unread by anyone (see `gate`).
4. Deadlines only make the engine poke a connection; whoever works on it looks
   at the clock and decides.
"""

from __future__ import annotations

import math
import socket
from _thread import allocate_lock
from time import monotonic
from typing import Any

from spawning.http.body import RequestBody
from spawning.http.head import PartialHead, whole_head
from spawning.http.host import Host
from spawning.http.phase import BUSY, CLOSED, HEAD, IDLE, LINGER
from spawning.http.poller import READABLE
from spawning.http.request import BadRequest, ClientGone, Request

RECEIVE_SIZE = 65536  # larger ones cost malloc an mmap each
NEVER = math.inf


class Connection:
    """A client's connection, from accept to close."""

    __slots__ = (
        "_host",
        "_partial",
        "_received",
        "_socket",
        "deadline",
        "descriptor",
        "endpoint",
        "lock",
        "peer",
        "phase",
        "readable",
        "request",
        "since",
        "waiter",
    )

    def __init__(
        self, sock: socket.socket, peer: Any, endpoint: Any, host: Host, received: bytes = b""
    ) -> None:
        self._socket = sock
        self._host = host
        self._received = received
        """Bytes that nobody has looked at: of a body, or of the next request."""
        self._partial: PartialHead | None = None
        self.descriptor = sock.fileno()
        self.peer = peer
        self.endpoint = endpoint
        """What the owner of the listener knows of the address that was connected to."""
        self.phase = IDLE
        self.deadline = monotonic() + host.idle_time
        self.readable = True
        self.lock = allocate_lock()
        """Held by the thread that works on this connection; unused with greenlets."""
        self.waiter: Any = None
        """The greenlet that waits for an edge."""
        self.request: Request | None = None
        self.since = 0.0

    # ------------------------------------------------------------ on the loop

    def on_events(self, events: int) -> None:
        """Note an edge, and have somebody look."""
        if events & READABLE:
            self.readable = True
        self._host.ready(self)

    def poke(self) -> None:
        """Have somebody look although nothing came: a deadline passed, or we drain."""
        self.on_events(READABLE)

    # ------------------------------------------------------------ requests

    def next_request(self) -> Request | None:
        """Return the next request whose head is whole, if it is ours to begin.

        None leaves the connection waiting for an edge, given away, or closed.
        """
        host = self._host
        # A late poke after the connection was given away: its bytes are the successor's.
        while self.phase is not CLOSED:
            if self._received:
                data, self._received = self._received, b""
            elif self.readable:
                data = self._receive()
            else:
                data = b""
            if host.gate[0] != host.generation:
                self._leave(data)
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
                self._refuse(error)
                return None
            if request is not None:
                return request
        self.readable = False
        return None

    def _receive(self) -> bytes:
        self.readable = False
        try:
            data = self._socket.recv(RECEIVE_SIZE)
        except BlockingIOError:
            return b""
        except OSError:
            data = b""
        if not data:
            self.close()
        elif len(data) == RECEIVE_SIZE:
            self.readable = True
        return data

    def _parse(self, data: bytes) -> Request | None:
        """Parse `data` as a head, or as the beginning or the continuation of one."""
        limits = self._host.limits
        if self._partial is None:
            parsed = whole_head(data, limits)
            if parsed is None:
                self._partial = PartialHead()
                self.phase = HEAD
                self.deadline = monotonic() + limits.head_time
                parsed = self._partial.add(data, limits)
        else:
            parsed = self._partial.add(data, limits)
        if parsed is None:
            return None
        request, self._received = parsed
        self._partial = None
        return request

    def serve(self, request: Request) -> None:
        """Answer `request`, and whatever else this connection asks meanwhile."""
        host = self._host
        following: Request | None = request
        while following is not None:
            self.phase = BUSY
            self.deadline = NEVER
            self.request = following
            self.since = monotonic()
            body = RequestBody(self, following)
            following.keep_alive = following.keep_alive and host.keeps_alive
            keep = host.answer(self, following, body)
            self.request = None
            if self.phase is CLOSED:
                return
            if (following.content_length or following.chunked) and not self._discard(body):
                self._linger()
                return
            if not keep:
                self._finish()
                return
            self.phase = IDLE
            self.deadline = monotonic() + host.idle_time
            following = self.next_request()

    # ------------------------------------------------------------ bytes

    def take(self, wait: bool) -> bytes:
        """Return received bytes of a body; raises ClientGone."""
        if self._received:
            data, self._received = self._received, b""
            return data
        deadline = monotonic() + self._host.limits.body_time
        while True:
            self.readable = False
            try:
                data = self._socket.recv(RECEIVE_SIZE)
            except BlockingIOError:
                if not wait:
                    return b""
            except OSError as error:
                raise ClientGone(str(error)) from error
            else:
                if not data:
                    raise ClientGone("the client closed the connection within a request body")
                if len(data) == RECEIVE_SIZE:
                    self.readable = True
                return data
            if monotonic() >= deadline:
                raise ClientGone("the client paused too long within a request body")
            self._host.wait(self, False, deadline)

    def put_back(self, data: bytes) -> None:
        """Keep bytes that belong to the next request."""
        self._received = data + self._received

    def send(self, data: bytes | memoryview) -> None:
        """Send all of `data`, waiting for the client as needed; raises ClientGone."""
        try:
            sent = self._socket.send(data)
        except BlockingIOError:
            sent = 0
        except OSError as error:
            raise ClientGone(str(error)) from error
        if sent < len(data):
            self._send_rest(memoryview(data)[sent:])

    def _send_rest(self, data: memoryview) -> None:
        deadline = monotonic() + self._host.limits.write_time
        while data:
            self._host.wait(self, True, deadline)
            try:
                sent = self._socket.send(data)
            except BlockingIOError:
                if monotonic() >= deadline:
                    raise ClientGone("the client stopped reading the response") from None
                continue
            except OSError as error:
                raise ClientGone(str(error)) from error
            data = data[sent:]
            deadline = monotonic() + self._host.limits.write_time

    # ------------------------------------------------------------ ends

    def _expire(self) -> None:
        """End a connection whose time is up."""
        if self._partial is not None and not self._partial.is_empty:
            self._refuse(BadRequest("408 Request Timeout", "the head did not arrive in time"))
        else:
            self.close()

    def _leave(self, received: bytes) -> None:
        if self._partial is not None:
            received = self._partial.received + received
        if self.phase is LINGER:
            self.close()
        if self.phase is not CLOSED:
            self._host.give_away(self, received)

    def _refuse(self, error: BadRequest) -> None:
        # One attempt: this may run on the loop, where nobody may wait for a client.
        response = self._host.refusal(self, error)
        try:
            self._socket.send(response)
        except OSError:
            self.close()
        else:
            self._linger()

    def _discard(self, body: RequestBody) -> bool:
        try:
            return body.discard()
        except (ClientGone, BadRequest):
            return False

    def _finish(self) -> None:
        """Close after a last response, gently where the client has sent more."""
        if self._received or self.readable:
            self._linger()
        else:
            self.close()

    def _linger(self) -> None:
        """Shut for writing and read on: closing with unread bytes would reset the connection
        and could destroy the response on its way (RFC 9112, 9.6).
        """
        try:
            self._socket.shutdown(socket.SHUT_WR)
        except OSError:
            self.close()
            return
        self.phase = LINGER
        self.deadline = monotonic() + self._host.limits.linger_time
        self._received, self._partial = b"", None
        self.poke()

    def close(self) -> None:
        """Close now; harmless when closed already."""
        if self.phase is not CLOSED:
            self.detach().close()

    def detach(self) -> socket.socket:
        """Give up the open socket, which is the caller's from now on."""
        self.phase = CLOSED
        self._received, self._partial = b"", None
        self._host.forget(self)
        return self._socket
