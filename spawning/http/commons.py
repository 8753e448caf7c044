"""What the threads of a worker have in common: events that one found, answers that none has sent.

Rules:
1. What a thread has found is all threads' to take, and in a crowd it leaves it to the one that
   is at work (see `deference`).  Who takes an event and leaves others looks for threads that
   wait, and rings; who is about to wait looks for events: one of the two sees the other.
2. An answer may be left unsent only while a thread defers, which looks every `MOMENT`: so none
   waits for long behind an application that takes its time (see `batching`).  The thread that
   leaves one looks for such a thread afterwards, and the last of those looks for unsent answers
   when it has stopped: one of the two sees the other.
3. A connection whose answer is unsent stays locked, so nobody else reads its next request.
"""

from __future__ import annotations

import collections
import resource
from time import monotonic, process_time, sleep

from spawning.http.batching import Batching
from spawning.http.bell import Bell
from spawning.http.connection import Connection
from spawning.http.deference import Deference
from spawning.http.poller import Poller
from spawning.http.stream import Stream

AT_ONCE = 16
"""Most events that a thread takes; they are all threads' then."""
MOMENT = 0.005
"""Seconds after which a thread looks whether others take what it leaves to them: as long as
Python lets a thread run that does not wait."""
SMALL = 32768
"""Bytes of an answer that fit into what the kernel keeps for a client that has read the last."""


class Commons:
    """Events and answers that threads leave to each other; any of them may use it."""

    def __init__(self, edges: Poller) -> None:
        self._edges = edges
        self.bell = Bell(edges)
        self.threads = 0
        """How many there are."""
        self.told: collections.deque[tuple[int, int]] = collections.deque()
        """Events that a thread has taken and none has looked at yet; 0 where nothing came, and the
        connection is to be looked at all the same."""
        self.last = 0
        """The thread that has taken an event last."""
        self.deference = Deference()
        self.batching = Batching()
        self._unsent: collections.deque[Connection] = collections.deque()
        """Connections whose answers have not been sent, with their locks held."""
        self.idle: list[None] = []
        """As long as the threads that wait are many."""
        self._deferring: list[None] = []
        """As long as the threads that leave events to others are many."""

    def tick(self, now: float) -> None:
        """A second has passed."""
        self.batching.tick()
        self.deference.tick(now)

    # ------------------------------------------------------------ events

    def take_some(self) -> None:
        """Wait for events, for this thread and for others that have nothing to do."""
        self.send_off()
        idle = self.idle
        idle.append(None)
        events = self._edges.take(0 if self.told else -1, AT_ONCE)
        idle.pop()
        self.told.extend(events)
        self.deference.note(len(events))
        if self.batching.note(len(events)):
            self.batching.look(process_time(), monotonic())

    def ready(self, connection: Connection) -> None:
        """Have a thread look at a connection, unless one is at work on it and will look again."""
        self.told.append((connection.descriptor, 0))
        if self.idle:
            self.bell.ring()

    def defer(self) -> None:
        """Leave events to the threads that answer one request after another (see `deference`)."""
        deferring, deference = self._deferring, self.deference
        deferring.append(None)
        event, answer = self._first(), self._first_answer()
        while (event or answer) and len(deferring) + len(self.idle) < self.threads:
            found, stops = deference.found, _stops()
            sleep(MOMENT)
            before, event = event, self._first()
            kept, answer = answer, self._first_answer()
            if answer and answer is kept:
                self.batching.missed(monotonic())
                self.send_off()
            is_left = event is before
            if event:
                deference.judge(deference.found - found, _stops() - stops, is_left, monotonic())
            if is_left or not deference.pays:
                break
        deferring.pop()
        if self._unsent and not deferring:
            self.send_off()

    def _first(self) -> tuple[int, int] | None:
        try:
            return self.told[0]
        except IndexError:
            return None

    # ------------------------------------------------------------ answers

    def gather(self, stream: Stream, data: bytes | memoryview) -> bool:
        """Note that an answer is unsent, if that is as good; return whether it is."""
        if self._deferring and self.told and type(data) is bytes and len(data) <= SMALL:
            stream.unsent = data
            return True
        return False

    def leave(self, connection: Connection) -> None:
        """Have an answer be sent with others, and its connection be unlocked."""
        self._unsent.append(connection)
        if not self._deferring or len(self._unsent) >= self.batching.size:
            self.send_off()

    def send_off(self) -> None:
        """Send the answers that are unsent; whoever is about to wait does that first."""
        while self._unsent:
            try:
                connection = self._unsent.popleft()
            except IndexError:
                return  # another thread was faster
            connection.send_off()
            connection.lock.release()
            if connection.readable:
                self.ready(connection)

    def _first_answer(self) -> bytes | None:
        try:
            return self._unsent[0].unsent
        except IndexError:
            return None


def _stops() -> int:
    """Return how often threads of this process have stopped to wait for something."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_nvcsw
