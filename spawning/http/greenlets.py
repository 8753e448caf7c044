"""Greenlets that work on connections (`--threads 0`).

The loop waits in the poller, and the epoll of eventlet's hub stands in that: the other way
round, nobody would be waiting in the poller, and the kernel would wake all workers for each
connection.

Rules:
1. One pooled greenlet leads: it tells connections of a turn's events, and answers what
   comes of them itself.  Where its application waits, the hub has another one lead for what
   is left of the turn.  So a request whose application does not wait costs no switch: one
   for each, there and back, took a sixth of a hello world outside the kernel.
2. All of them return to the hub, and only the hub switches to one that waits: what the leader
   comes upon that needs a switch is `due`, and done when the turn is over.  So is whatever
   is told to others than connections, for it may end in such a switch.
3. An idle connection has no greenlet.  A fresh one costs twenty times a switch.

eventlet's hub has traps which this arrangement avoids: a second reader on a
descriptor raises, an exception in a callback drops the descriptor silently, a
BaseException ends the hub, a descriptor closed without removal strikes the next
socket with its number.

What lives on eventlet's own server finds here what it knows from there:
`eventlet.input`, whose `get_socket` lends the client's socket (eventlet.websocket
and all that is built on it), and `eventlet.posthooks`.
"""

from __future__ import annotations

import collections
import functools
import socket
import sys
from _thread import get_ident
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from operator import length_hint
from time import monotonic, process_time
from typing import Any

from spawning import log
from spawning.http.batching import Batching
from spawning.http.connection import Connection
from spawning.http.errors import RequestTimeout
from spawning.http.green import eventlet, greenlet
from spawning.http.host import Extras, Loan
from spawning.http.lent import LentSocket
from spawning.http.phase import BUSY
from spawning.http.poller import ENDED, READABLE, Poller, Watched
from spawning.http.runner import FIRST_TICK, TICK, no_loop
from spawning.http.stack import lines_of
from spawning.http.stream import NEVER, Stream
from spawning.slot import Slot

TURNS = 8
"""Of our poller for one of eventlet's hub, which takes several microseconds for its own."""

TOO_LONG = 0.01
"""Seconds that no answer should wait for others."""


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
        self._due: collections.deque[Callable[[], Any]] = collections.deque()
        """What the hub is to do, because it switches to other greenlets."""
        self._events: Iterator[tuple[int, int]] = iter(())
        """What the leader has still to tell of."""
        self._are_told = True
        self._leader: Any = None
        self._gathered: list[Any] = []
        """Greenlets whose answers are to leave together."""
        self.batching = Batching()
        self._watched: Mapping[int, Watched] = {}

    def ready(self, connection: Connection) -> None:
        """Have a greenlet work on the connection, or the one go on that waits there."""
        self._due.append(functools.partial(self._look, connection))

    def _look(self, connection: Connection) -> None:
        waiter = connection.waiter
        if waiter is not None:
            waiter.switch()
        elif connection.phase is not BUSY:
            self._lead([(connection.descriptor, 0)])

    def wait(self, stream: Stream, _writing: bool, deadline: float) -> None:
        """Switch to the hub until the next edge; the engine pokes us when the deadline passes."""
        stream.waiter = greenlet.getcurrent()
        stream.deadline = deadline
        try:
            self._hub.switch()
        finally:
            stream.waiter = None
            stream.deadline = NEVER

    def gather(self, _stream: Stream, _data: bytes | memoryview) -> bool:
        """Have others lead what is left of the events, and send with them."""
        me = greenlet.getcurrent()
        # An application may send in a greenlet of its own, or in a native thread.
        if me is self._leader and length_hint(self._events):
            self._gathered.append(me)
            self._to_hub.switch()
        return False

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
        self._watched = poller.watched
        hub, theirs = self._hub, Theirs()
        wait_in_hub = hub.wait

        def wait(seconds: float) -> None:
            if self._due:
                self._do_due()
                seconds = 0  # the hub does not know yet what they wait for
            for _ in range(TURNS + 1):
                if not self._turn(poller, seconds):
                    break
                seconds = 0
            if theirs.came:
                theirs.came = False
                wait_in_hub(0)
            if finished():
                main.switch()

        def tick_again() -> None:
            hub.schedule_call_global(TICK, tick_again)
            self.batching.tick()
            tick(monotonic())
            if finished():
                main.switch()

        hub.wait = wait
        poller.add_level(hub.poll.fileno(), theirs)
        hub.schedule_call_global(FIRST_TICK, tick_again)
        hub.switch()

    # ------------------------------------------------------------ in the hub

    def _turn(self, poller: Poller, seconds: float) -> bool:
        came = poller.collect(seconds)
        if came:
            batching = self.batching
            if batching.note(len(came)):
                batching.look(process_time(), monotonic())
            if batching.pays:
                self._lead_by_batches(came, batching.size)
            else:
                self._lead(came)
            self._do_due()
        poller.ring()
        return bool(came)

    def _do_due(self) -> None:
        for _ in range(len(self._due)):
            try:
                self._due.popleft()()
            except Exception:
                log.say_bug("bug in the server, please report it:")

    def _lead_by_batches(self, events: list[tuple[int, int]], size: int) -> None:
        began = monotonic()
        for first in range(0, len(events), size):
            self._lead(events[first : first + size])
            if self._gathered:
                now = monotonic()
                if now - began > TOO_LONG:
                    self.batching.missed(now)
                gathered, self._gathered = self._gathered, []
                for worker in gathered:
                    worker.switch()
            began = monotonic()

    def _lead(self, events: Iterable[tuple[int, int]]) -> None:
        """Have connections told of events; where the leader waits, another one follows."""
        self._events, self._are_told = iter(events), False
        pool = self._pool
        while not self._are_told:
            worker = pool.pop() if pool else greenlet.greenlet(self._work, self._to_hub)
            self._leader = worker
            worker.switch()

    # ------------------------------------------------------------ in a pooled greenlet

    def _work(self) -> None:
        me = greenlet.getcurrent()
        slots = self._slots
        slot = slots.pop() if slots else self._shared_slot
        while True:
            self._tell(me, slot)
            if len(self._pool) >= self._kept:
                if slot is not self._shared_slot:
                    slots.append(slot)
                return
            self._pool.append(me)
            self._to_hub.switch()

    def _tell(self, me: Any, slot: Slot) -> None:
        """Tell connections of what is left of the events, and answer; have the hub tell others."""
        watched = self._watched
        for descriptor, events in self._events:
            who = watched.get(descriptor)
            if type(who) is not Connection:
                if who is not None:
                    self._due.append(functools.partial(who.on_events, events))
                continue
            if events & READABLE:
                who.readable = True
                if events & ENDED:
                    who.has_ended = True
            if who.waiter is not None:
                self.ready(who)
            elif who.phase is not BUSY:
                try:
                    who.serve(slot, me)
                except BaseException:
                    # The hub is our parent: what leaves here would end it.
                    log.say_bug("bug in the server, please report it:")
                    who.close()
        self._are_told = True


class Theirs:
    """Notes that something came for those who use eventlet's hub."""

    came = False

    def on_events(self, _events: int) -> None:
        """The hub's own epoll has something."""
        self.came = True
