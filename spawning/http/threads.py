"""Real threads that work on connections (`--threads N`).

A thread takes the next connection that has something from an epoll that all of them
wait in; it receives, parses, runs the application and sends.  The loop has no part in
that.  Parsing on the loop and handing over was tried: two context switches a request.
So was a loop that only says which connection has something: a third of a switch.

What a thread has found is all threads' to take (see `commons`).

Wake-ups are not lost: who learns of an edge notes it in `connection.readable` first and
then tries the connection's lock; a thread releases the lock first and then looks at
`readable` again.
"""

from __future__ import annotations

import contextlib
import select
import signal
import socket
import sys
import threading
from collections.abc import Callable, Sequence
from time import monotonic

from spawning import log
from spawning.http.commons import Commons
from spawning.http.connection import Connection
from spawning.http.errors import RequestTimeout
from spawning.http.host import Loan
from spawning.http.poller import ENDED, READABLE, Poller
from spawning.http.runner import FIRST_TICK, TICK, no_loop
from spawning.http.stack import lines_of
from spawning.http.stream import Stream
from spawning.messages import TELL_STACKS
from spawning.slot import Slot

LONG = 0.5
"""Seconds after which a request is one that others should not wait behind."""


class ThreadRunner:
    """A thread for each slot; implements `engine.Runner`.

    With `is_awaited` the first of them at first, and the others at the loop's first tick:
    starting a few costs as long as answering a request.
    """

    extras = None

    def __init__(self, slots: Sequence[Slot], is_awaited: bool = False) -> None:
        self.call_soon: Callable[[Callable[[], None]], None] = no_loop
        self.edges = Poller()
        self._watched = self.edges.watched
        self._commons = Commons(self.edges)
        self.ready = self._commons.ready
        self.batching = self._commons.batching
        self.gather = self._commons.gather
        self._slots = slots
        self._started = 0
        self.when_free: Callable[[], None] | None = None
        self._start(1 if is_awaited else len(slots))

    def _start(self, number: int) -> None:
        """Have `number` threads; raises RuntimeError where the system gives no more."""
        for slot in self._slots[self._started : number]:
            name = f"worker-thread-{self._started + 1}"
            # Daemons: a thread that hangs in the application must not hold the exit.
            threading.Thread(target=self._work, args=(slot,), name=name, daemon=True).start()
            self._started = self._commons.threads = self._started + 1

    def wait(self, stream: Stream, writing: bool, deadline: float) -> None:
        """Block this thread until the stream is ready, or the deadline."""
        self._commons.send_off()
        poll = select.poll()
        poll.register(stream.descriptor, select.POLLOUT if writing else select.POLLIN)
        stream.waiter = True
        try:
            poll.poll(max(0.0, deadline - monotonic()) * 1000)
        finally:
            stream.waiter = None

    def give_way(self, _stream: Stream) -> None:
        """Do nothing: the system sees to it."""

    def lend(self, _connection: Connection, _sock: socket.socket, _received: bytes) -> Loan:
        """Refuse: what asks for the socket counts on eventlet."""
        raise RuntimeError("a connection's socket can be had with --threads 0 only")

    def is_stuck(self, now: float) -> bool:
        """Return whether every thread has been busy with one request for a while."""
        return all(slot.since and now - slot.since > LONG for slot in self._slots)

    def give_back(self) -> list[Connection]:
        """Return the connections that no thread has taken yet."""
        waiting = []
        told = self._commons.told
        told.extend(self.edges.take(0, -1))
        with contextlib.suppress(IndexError):
            while True:
                connection = self._claimed(*told.popleft())
                if connection is not None:
                    waiting.append(connection)
        return waiting

    def _claimed(self, descriptor: int, events: int) -> Connection | None:
        """Return the connection that an event concerns, locked; None where others see to it."""
        watched = self._watched.get(descriptor)
        if type(watched) is not Connection:
            self._commons.bell.hush()
            return None
        if events & READABLE:
            watched.readable = True
            if events & ENDED:
                watched.has_ended = True
        return watched if watched.lock.acquire(False) else None

    def stack_of(self, worker: int) -> list[str]:
        """Return the stack of a thread, as lines."""
        return lines_of(sys._current_frames().get(worker))

    def interrupt(self, worker: int, still: Callable[[], bool]) -> None:
        """Raise RequestTimeout in a thread; it comes with its next instruction of Python."""
        if still():
            _raise_in(worker, RequestTimeout)

    def take_back(self) -> None:
        """Have no interruption of this thread come any more."""
        # Not taken back, but taken here: a Python before 3.13 would look for one that was taken
        # back at each step from then on, and 3.11 hang where that step is traced.
        try:
            _raise_in(threading.get_ident(), RequestTimeout)
            while True:
                pass
        except RequestTimeout:
            pass

    def me(self) -> int:
        """Return this thread."""
        return threading.get_ident()

    def drive(
        self, poller: Poller, tick: Callable[[float], None], finished: Callable[[], bool]
    ) -> None:
        """Run the loop in this thread."""
        next_tick = monotonic() + FIRST_TICK
        while not finished():
            poller.turn(max(0.0, next_tick - monotonic()))
            now = monotonic()
            if now >= next_tick:
                next_tick = now + TICK
                self._start_others()
                self._commons.tick(now)
                tick(now)

    def _start_others(self) -> None:
        if self._started < len(self._slots):
            try:
                self._start(len(self._slots))
            except RuntimeError as error:
                log.say(f"this worker has {self._started} of {len(self._slots)} threads: {error}")
                self._slots = self._slots[: self._started]

    def _work(self, slot: Slot) -> None:
        # For the main thread only: elsewhere the stacks would be read while it changes its own,
        # and that has ended workers by SIGSEGV.
        signal.pthread_sigmask(signal.SIG_BLOCK, [TELL_STACKS])
        commons, work_on = self._commons, self._work_on
        told, idle, deference = commons.told, commons.idle, commons.deference
        me = threading.get_ident()
        while True:
            if not told:
                commons.take_some()
            if commons.last != me and deference.pays:
                commons.defer()
            try:
                descriptor, events = told.popleft()
            except IndexError:
                continue  # another thread was faster
            commons.last = me
            connection = self._claimed(descriptor, events)
            if connection is not None:
                if told and idle:
                    commons.bell.ring()
                work_on(connection, slot, me)

    def _work_on(self, connection: Connection, slot: Slot, me: int) -> None:
        while True:
            try:
                connection.serve(slot, me)
            except Exception:
                log.say_bug("bug in the server, please report it:")
                connection.close()
            when_free = self.when_free
            if when_free is not None:
                self.call_soon(when_free)
            if connection.unsent:
                self._commons.leave(connection)
                return
            connection.lock.release()
            if not connection.readable or not connection.lock.acquire(False):
                return


def _raise_in(thread: int, exception: type[BaseException]) -> None:
    import ctypes  # here, because few servers interrupt anything

    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(exception))
