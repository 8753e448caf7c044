"""Greenlets that work on connections (`--threads 0`), and the only door to eventlet.

The poller's descriptor is the one thing registered with eventlet's hub.  A
request's application runs in a pooled greenlet, switched to directly from the
hub's callback: a fresh greenlet costs twenty times a switch.  An idle connection
owns none.

eventlet's hub has traps which this arrangement avoids: a second reader on a
descriptor raises, an exception in a callback drops the descriptor silently, a
BaseException ends the hub, a descriptor closed without removal strikes the next
socket with its number.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from time import monotonic
from typing import Any

from spawning import log
from spawning.http.connection import Connection
from spawning.http.engine import TICK
from spawning.http.phase import BUSY
from spawning.http.poller import Poller
from spawning.http.request import Request
from spawning.http.stream import NEVER, Stream

with warnings.catch_warnings():
    # Its own category, a message that begins with a newline; users' warnings stay.
    warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated", category=Warning)
    import eventlet
    import eventlet.hubs
    import eventlet.patcher

import greenlet

KEPT_GREENLETS = 256
TURNS = 8
"""Of our poller for one of eventlet's hub, which takes several microseconds for its own."""


def monkey_patch() -> None:
    """Make socket, pipe, time and thread operations cooperative, before the application loads."""
    eventlet.monkey_patch()


class GreenletRunner:
    """Greenlets on eventlet's hub; implements `engine.Runner`."""

    def __init__(self) -> None:
        self._hub = eventlet.hubs.get_hub()
        self._to_hub = self._hub.greenlet
        self._pool: list[Any] = []

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

    def drive(
        self, poller: Poller, tick: Callable[[float], None], finished: Callable[[], bool]
    ) -> None:
        """Run eventlet's hub until `finished`; called in the main greenlet."""
        main = greenlet.getcurrent()

        def turn(_descriptor: int) -> None:
            for _ in range(TURNS):
                if not poller.turn(0):
                    break
            if finished():
                main.switch()

        def tick_again() -> None:
            self._hub.schedule_call_global(TICK, tick_again)
            tick(monotonic())
            if finished():
                main.switch()

        self._hub.add(self._hub.READ, poller.fileno(), turn, turn, lambda: None)
        self._hub.schedule_call_global(TICK, tick_again)
        self._hub.switch()

    def _work(self, connection: Connection, request: Request) -> None:
        me = greenlet.getcurrent()
        while True:
            try:
                connection.serve(request)
            except BaseException:
                # The hub is our parent: what leaves here would end it.
                log.say_bug("bug in the server, please report it:")
                connection.close()
            if len(self._pool) >= KEPT_GREENLETS:
                return
            self._pool.append(me)
            connection, request = self._to_hub.switch()
