"""`--request-timeout`: no client waits for ever, and no thread is lost for ever.

Rules:
1. What counts is the time in which the application makes no progress: from the
   request to the first bytes of its response, and between any two pieces.  Time
   in which the client is waited for does not count (`--body-timeout` and
   `--write-timeout` do), nor does a connection that the application has taken
   over, as websockets do.
2. A native thread looks at the clock, because the loop may be what hangs.
3. Either the application's first bytes or our 504 reach the client, never both:
   whoever takes the guard's lock first.  A response that has begun is cut.
4. Then the thread or greenlet is interrupted by RequestTimeout.  One that does not
   notice (it waits in C, or blocks the loop) is counted as stuck, and the
   controller replaces the worker.
5. No request times out while a debugger holds any: what it stops, it may stop all.
6. An interruption that comes when the answer is complete is taken back: it must
   not strike the server's own code, or the next request.
"""

from __future__ import annotations

import math

# By name, before anything monkey-patches them: the thread and its locks are real.
from _thread import allocate_lock, start_new_thread
from collections.abc import Callable
from time import monotonic, sleep
from typing import Any, Protocol

from spawning.http.body import RequestBody
from spawning.http.connection import Connection
from spawning.http.errors import BadRequest, RequestTimeout
from spawning.http.phase import LENT
from spawning.http.request import Request
from spawning.wsgi.response import Sender

LOOKS = 8
"""How often the clock is looked at within a timeout."""
LONGEST_PAUSE = 0.5
GRACE = 2.0
"""Seconds that an interrupted thread has to end its request."""


class Interrupter(Protocol):
    """The runner, as far as it can stop what it runs; `worker` is `Connection.worker`."""

    def stack_of(self, worker: Any) -> list[str]:
        """Return the stack, outermost frame first, as lines; empty where it is not known."""

    def interrupt(self, worker: Any, still: Callable[[], bool]) -> None:
        """Raise RequestTimeout there soon, if then `still` holds."""

    def take_back(self) -> None:
        """Have no interruption of the calling thread come any more."""


class Answers(Protocol):
    """The gateway that is timed."""

    def answer(
        self,
        connection: Connection,
        request: Request,
        body: RequestBody,
        sender: Sender | None = None,
    ) -> bool:
        """Answer through `sender`; return whether the connection may stay open."""

    def refusal(self, connection: Connection, error: BadRequest, received: bytes) -> bytes:
        """Return the response to a request that is refused."""

    def timeout(self) -> bytes:
        """Return the response to a request that took too long."""


class Guard:
    """One request that is being answered."""

    __slots__ = ("_lock", "begun", "connection", "inside", "progress", "request", "struck_at")

    def __init__(self, connection: Connection, request: Request) -> None:
        self._lock = allocate_lock()
        self.connection = connection
        self.request = request
        self.progress = connection.since
        """When the application was last seen to get on."""
        self.begun = False
        """Whether bytes of the response are on their way."""
        self.inside = True
        self.struck_at = math.inf

    def send(self, data: bytes | memoryview, is_last: bool = False) -> None:
        """Send for the application; raises RequestTimeout where it is too late."""
        self._begin()
        self.connection.send(data, is_last)
        self.progress = monotonic()

    def send_file(self, head: bytes, file: int, start: int, most: int) -> int:
        """Send some of a file for the application, as `Stream.send_file` does."""
        self._begin()
        sent = self.connection.send_file(head, file, start, most)
        self.progress = monotonic()
        return sent

    def _begin(self) -> None:
        with self._lock:
            if self.struck_at < math.inf:
                raise RequestTimeout
            self.begun = True

    def strike(self, answer: bytes, now: float) -> bool:
        """End the client's wait; return whether that was still to be done."""
        with self._lock:
            if not self.inside or self.struck_at < math.inf:
                return False
            self.struck_at = now
            self.connection.cut(b"" if self.begun else answer)
            return True

    def interrupt(self, interrupter: Interrupter) -> None:
        """Interrupt the thread or greenlet, unless it is done."""
        with self._lock:
            if self.inside:
                interrupter.interrupt(self.connection.worker, lambda: self.inside)

    def leave(self, interrupter: Interrupter) -> None:
        """The answer is complete: from here on nothing may interrupt."""
        with self._lock:
            if self.inside and self.struck_at < math.inf:
                interrupter.take_back()
            self.inside = False


class Timed:
    """A gateway whose requests are timed; implements `gateway.Gateway`."""

    def __init__(
        self,
        gateway: Answers,
        seconds: float,
        interrupter: Interrupter,
        say: Callable[[str], None],
        stuck: Callable[[int], None],
        is_held: Callable[[], bool] = lambda: False,
    ) -> None:
        """`stuck` is told how many threads or greenlets could not be freed, when that changes.

        `is_held` says whether a debugger holds a request.
        """
        self._gateway = gateway
        self._seconds = seconds
        self._interrupter = interrupter
        self._say = say
        self._stuck = stuck
        self._is_held = is_held
        self._guards: set[Guard] = set()
        self.refusal = gateway.refusal
        start_new_thread(self._watch, ())

    def answer(self, connection: Connection, request: Request, body: RequestBody) -> bool:
        """Answer; return whether the connection may stay open.  Never raises."""
        guard = Guard(connection, request)
        self._guards.add(guard)
        try:
            try:
                return self._gateway.answer(connection, request, body, guard)
            finally:
                guard.leave(self._interrupter)
        except RequestTimeout:
            guard.leave(self._interrupter)
            connection.close()
            return False
        finally:
            self._guards.discard(guard)

    # ------------------------------------------------------------ the watching thread

    def _watch(self) -> None:
        known = 0
        while True:
            sleep(min(LONGEST_PAUSE, self._seconds / LOOKS))
            now = monotonic()
            guards = list(self._guards)
            for guard in guards:
                self._look(guard, now)
            stuck = sum(now - guard.struck_at >= GRACE for guard in guards)
            if stuck != known:
                known = stuck
                self._stuck(stuck)

    def _look(self, guard: Guard, now: float) -> None:
        connection = guard.connection
        if connection.waiter is not None or connection.phase is LENT or self._is_held():
            guard.progress = now
        elif now - guard.progress >= self._seconds:
            stack = self._interrupter.stack_of(connection.worker)
            if guard.strike(self._gateway.timeout(), now):
                self._report(guard, stack, now)
                guard.interrupt(self._interrupter)

    def _report(self, guard: Guard, stack: list[str], now: float) -> None:
        request = guard.request
        seconds = now - guard.connection.since
        end = "its response is cut" if guard.begun else "the client gets 504"
        lines = [f"{request.method} {request.target} has taken {seconds:.1f} s; {end}:"]
        self._say("\n".join([*lines, *(f"  {line}" for line in stack)]))
