"""Greenlets that work on connections (`--threads 0`), and the only door to eventlet.

The loop waits in the poller, and the epoll of eventlet's hub stands in that: the other way
round, nobody would be waiting in the poller, and the kernel would wake all workers for each
connection.  A request's application runs in a pooled greenlet, switched to directly from
the event: a fresh greenlet costs twenty times a switch.  An idle connection owns none.

eventlet's hub has traps which this arrangement avoids: a second reader on a
descriptor raises, an exception in a callback drops the descriptor silently, a
BaseException ends the hub, a descriptor closed without removal strikes the next
socket with its number.

What lives on eventlet's own server finds here what it knows from there:
`eventlet.input`, whose `get_socket` lends the client's socket (eventlet.websocket
and all that is built on it), and `eventlet.posthooks`.  A lent socket is back when
the application's call returns; until then it counts as a request being answered.
"""

from __future__ import annotations

import contextlib
import socket
import sys
import warnings
from _thread import get_ident
from collections.abc import Callable, Sequence
from select import epoll
from time import monotonic
from typing import Any

from spawning import log
from spawning.http.connection import Connection
from spawning.http.host import Extras, Loan
from spawning.http.phase import BUSY
from spawning.http.poller import Poller
from spawning.http.request import Request, RequestTimeout
from spawning.http.runner import FIRST_TICK, TICK, no_loop
from spawning.http.stack import lines_of
from spawning.http.stream import NEVER, Stream
from spawning.scoreboard import Slot

with warnings.catch_warnings():
    # Its own category, a message that begins with a newline; users' warnings stay.
    warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated", category=Warning)
    import eventlet
    import eventlet.hubs
    import eventlet.patcher
    from eventlet.greenio import GreenSocket

import greenlet

TURNS = 8
"""Of our poller for one of eventlet's hub, which takes several microseconds for its own."""
GOING_AWAY = b"\x88\x02\x03\xe9"
"""The closing frame of a websocket with status 1001 (RFC 6455, 5.5.1 and 7.4.1)."""


def monkey_patch() -> None:
    """Make socket, pipe, time and thread operations cooperative, before the application loads."""
    eventlet.monkey_patch()


def renew_hub() -> None:
    """Have an epoll of one's own in a forked process, which shares its parent's.

    The hub itself is kept: what the application has begun with `eventlet.spawn` waits in it.
    """
    hub = eventlet.hubs.get_hub()
    if isinstance(getattr(hub, "poll", None), epoll):
        hub.poll.close()
        hub.poll = epoll()


class GreenletRunner:
    """Greenlets on eventlet's hub; implements `engine.Runner`."""

    extras = Extras("eventlet.input", "eventlet.posthooks")
    edges = None

    def __init__(self, slots: Sequence[Slot]) -> None:
        self._hub = eventlet.hubs.get_hub()
        self._thread = get_ident()
        self.call_soon: Callable[[Callable[[], None]], None] = no_loop
        self.when_free: Callable[[], None] | None = None
        self._to_hub = self._hub.greenlet
        self._pool: list[Any] = []
        self._kept = len(slots)
        """Greenlets that are kept for further requests."""
        *self._slots, self._shared_slot = slots

    def ready(self, connection: Connection) -> None:
        """Let the greenlet that waits for this connection go on, or begin its next request."""
        waiter = connection.waiter
        if waiter is not None:
            waiter.switch()
        elif connection.phase is not BUSY:
            request = connection.next_request()
            if request is not None:
                pool = self._pool
                worker = pool.pop() if pool else greenlet.greenlet(self._work, self._to_hub)
                worker.switch(connection, request)

    def wait(self, stream: Stream, _writing: bool, deadline: float) -> None:
        """Switch to the hub until the next edge; the engine pokes us when the deadline passes."""
        stream.waiter = greenlet.getcurrent()
        stream.deadline = deadline
        try:
            self._hub.switch()
        finally:
            stream.waiter = None
            stream.deadline = NEVER

    def give_way(self, stream: Stream) -> None:
        """Switch to the hub until the loop's next turn."""
        me = greenlet.getcurrent()

        def go_on() -> None:
            if stream.waiter is me:
                me.switch()

        self.call_soon(go_on)
        self.wait(stream, True, NEVER)

    def is_stuck(self, _now: float) -> bool:
        """Return False: there is always a greenlet for one more."""
        return False

    def give_back(self) -> list[Connection]:
        """Return nothing: no connection waits for a greenlet."""
        return []

    def stack_of(self, worker: Any) -> list[str]:
        """Return the stack of a greenlet, as lines; callable from any thread."""
        frame = worker.gr_frame
        # The one that runs has no frame of its own: it is what the loop's thread does.
        return lines_of(frame or sys._current_frames().get(self._thread))

    def interrupt(self, worker: Any, still: Callable[[], bool]) -> None:
        """Have the loop raise RequestTimeout in a greenlet; callable from any thread."""

        def throw() -> None:
            if still():
                worker.throw(RequestTimeout)

        self.call_soon(throw)

    def take_back(self) -> None:
        """Do nothing: an interruption comes while the greenlet waits, or never."""

    def lend(self, connection: Connection, sock: socket.socket, received: bytes) -> Loan:
        """Let the application have a socket."""
        headers = connection.request.headers if connection.request is not None else {}
        return LentSocket(sock, received, "HTTP_SEC_WEBSOCKET_VERSION" in headers)

    def me(self) -> Any:
        """Return this greenlet."""
        return greenlet.getcurrent()

    def drive(
        self, poller: Poller, tick: Callable[[float], None], finished: Callable[[], bool]
    ) -> None:
        """Run eventlet's hub until `finished`; called in the main greenlet."""
        main = greenlet.getcurrent()
        hub, theirs = self._hub, Theirs()
        wait_in_hub = hub.wait

        def wait(seconds: float) -> None:
            if poller.turn(seconds):
                for _ in range(TURNS):
                    if not poller.turn(0):
                        break
            if theirs.came:
                theirs.came = False
                wait_in_hub(0)
            if finished():
                main.switch()

        def tick_again() -> None:
            hub.schedule_call_global(TICK, tick_again)
            tick(monotonic())
            if finished():
                main.switch()

        hub.wait = wait
        poller.add_level(hub.poll.fileno(), theirs)
        hub.schedule_call_global(FIRST_TICK, tick_again)
        hub.switch()

    def _work(self, connection: Connection, request: Request) -> None:
        me = greenlet.getcurrent()
        slots = self._slots
        slot = slots.pop() if slots else self._shared_slot
        while True:
            connection.slot, connection.worker = slot, me
            try:
                connection.serve(request)
            except BaseException:
                # The hub is our parent: what leaves here would end it.
                log.say_bug("bug in the server, please report it:")
                connection.close()
            if len(self._pool) >= self._kept:
                if slot is not self._shared_slot:
                    slots.append(slot)
                return
            self._pool.append(me)
            connection, request = self._to_hub.switch()


class Theirs:
    """Notes that something came for those who use eventlet's hub."""

    came = False

    def on_events(self, _events: int) -> None:
        """The hub's own epoll has something."""
        self.came = True


class BorrowedSocket(GreenSocket):  # type: ignore[misc]
    """The application's side of a lent socket: cooperative, and what came early comes first."""

    def __init__(self, sock: socket.socket, received: bytes) -> None:
        super().__init__(sock, set_nonblocking=False)
        del self.close  # a method of the socket's, which would shadow ours
        self._received = received
        self.spoken = False
        """Whether anything was sent."""

    def recv(self, bufsize: int, flags: int = 0) -> bytes:
        """Return what comes next."""
        if not self._received:
            data: bytes = super().recv(bufsize, flags)
            return data
        data = self._received[:bufsize]
        if not flags & socket.MSG_PEEK:
            self._received = self._received[bufsize:]
        return data

    def recv_into(self, buffer: Any, nbytes: int = 0, flags: int = 0) -> int:
        """Receive into `buffer`; return the number of bytes."""
        if not self._received:
            count: int = super().recv_into(buffer, nbytes, flags)
            return count
        with memoryview(buffer).cast("B") as view:
            data = self.recv(nbytes or len(view), flags)
            view[: len(data)] = data
        return len(data)

    def send(self, data: Any, flags: int = 0) -> int:
        """Send some of `data`; return how much."""
        self.spoken = True
        sent: int = super().send(data, flags)
        return sent

    def close(self) -> None:
        """Send no more.  The socket itself is closed by the server, when the call has returned:
        other greenlets may still wait for its descriptor.
        """
        with contextlib.suppress(OSError):
            self.shutdown(socket.SHUT_WR)


class LentSocket:
    """The server's side of a lent socket; implements `host.Loan`."""

    def __init__(self, sock: socket.socket, received: bytes, is_websocket: bool) -> None:
        self._socket = sock
        self._is_websocket = is_websocket
        eventlet.hubs.notify_opened(sock.fileno())  # lest an old listener be taken for ours
        self.socket = BorrowedSocket(sock, received)

    @property
    def spoken(self) -> bool:
        """Whether the application has sent anything itself."""
        return self.socket.spoken

    def send(self, data: bytes | memoryview, flags: int = 0) -> int:
        """Send all of an answer of the server's; raises OSError once the application has spoken."""
        if self.spoken:
            raise BrokenPipeError("the application answers on the socket itself")
        left = memoryview(data)
        while left:
            left = left[GreenSocket.send(self.socket, left, flags) :]
        return len(data)

    def hang_up(self) -> None:
        """Say goodbye and end the conversation: the application reads the end of it."""
        hub = eventlet.hubs.get_hub()
        # While a greenlet waits to send, the half of a frame may be on its way.
        if self._is_websocket and self._socket.fileno() not in hub.listeners[hub.WRITE]:
            with contextlib.suppress(OSError):
                self._socket.send(GOING_AWAY)
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def give_back(self) -> socket.socket:
        """Return the socket; greenlets of the application that still wait for it are woken."""
        if self._socket.fileno() >= 0:
            eventlet.hubs.notify_opened(self._socket.fileno())
        return self._socket
