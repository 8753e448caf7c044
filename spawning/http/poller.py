"""One private edge-triggered epoll, and who is told of which descriptor.

Rules:
1. A descriptor is registered once, for reading and writing, and never modified:
   an edge says that something changed, and whoever cares tries again.
2. Nobody may assume more of an event than that: it may be stale, because the
   descriptor was closed and its number reused within one batch.
3. A watched object that raises is a bug of ours: it is reported and the loop
   goes on.

4. Where threads work on connections, these have an epoll of their own, from which each
   thread takes the next one: a loop that told them would cost a switch for each request.

The loop of a worker is `turn` over and over, with greenlets too: eventlet's hub waits in
it, and its own epoll is one of the descriptors.  One hub listener a connection was tried:
slower, and a hub drops a descriptor whose callback raises.
"""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import Protocol

from spawning import log
from spawning.errors import PlatformUnsupported

try:
    # By name, before anything monkey-patches the module: eventlet removes epoll and poll from it.
    from select import (
        EPOLLET,
        EPOLLEXCLUSIVE,
        EPOLLHUP,
        EPOLLIN,
        EPOLLOUT,
        EPOLLRDHUP,
        POLLRDHUP,
        epoll,
        poll,
    )
except ImportError as error:
    raise PlatformUnsupported(
        "Spawning needs Linux: this Python has no select.epoll", "run it in a Linux container"
    ) from error

READABLE = EPOLLIN | EPOLLHUP | EPOLLRDHUP
ENDED = EPOLLHUP | EPOLLRDHUP
"""The other side sends nothing more: what follows its last bytes is told by no further edge."""


def has_ended(descriptor: int) -> bool:
    """Return whether the other side of a connection sends nothing more."""
    now = poll()
    now.register(descriptor, POLLRDHUP)
    return bool(now.poll(0))


class Watched(Protocol):
    """Something that has a descriptor in the poller."""

    def on_events(self, events: int) -> None:
        """Something may have changed; called on the loop."""


class Poller:
    """The epoll and its table; only a loop calls `turn`, any thread may do the rest."""

    def __init__(self) -> None:
        self._epoll = epoll()
        self.watched: dict[int, Watched] = {}
        """Who is told of which descriptor; for others to read."""
        self._alarm: tuple[float, Callable[[], None]] | None = None

    def fileno(self) -> int:
        """Return the epoll's descriptor: readable while events wait."""
        return self._epoll.fileno()

    def add(self, descriptor: int, watched: Watched) -> None:
        """Tell `watched` of every edge of `descriptor`; one comes at once, for it can be written.

        So a connection is looked at that brings bytes with it, or should not be here.
        """
        self.watched[descriptor] = watched
        self._epoll.register(descriptor, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET)

    def add_shared(self, descriptor: int, watched: Watched) -> None:
        """Tell `watched` while a descriptor that several processes share is readable.

        Level-triggered, and the kernel wakes one process rather than all.
        """
        self.watched[descriptor] = watched
        self._epoll.register(descriptor, EPOLLIN | EPOLLEXCLUSIVE)

    def add_level(self, descriptor: int, watched: Watched) -> None:
        """Tell `watched` at each turn at which `descriptor` is readable: of another epoll."""
        self.watched[descriptor] = watched
        self._epoll.register(descriptor, EPOLLIN)

    def stand_last(self, descriptor: int) -> None:
        """Have the other processes that share `descriptor` be woken before this one.

        The kernel wakes the first in the queue that has nothing to do, and leaves it there.
        """
        if descriptor in self.watched:
            self._epoll.unregister(descriptor)
            self._epoll.register(descriptor, EPOLLIN | EPOLLEXCLUSIVE)

    def remove(self, descriptor: int) -> None:
        """Forget `descriptor`, before it is closed.

        Closing alone would not do: while a forked child or another worker holds
        a duplicate, the kernel goes on reporting it under the old number.
        """
        if self.watched.pop(descriptor, None) is not None:
            try:
                self._epoll.unregister(descriptor)
            except OSError:
                pass

    def call_at(self, when: float, call: Callable[[], None]) -> None:
        """Have the loop call `call` then, on the monotonic clock; one call at a time."""
        self._alarm = when, call

    def turn(self, timeout: float) -> bool:
        """Wait up to `timeout` seconds for events, and tell those concerned; return if any came."""
        came = self.collect(timeout)
        for descriptor, events in came:
            who = self.watched.get(descriptor)
            if who is not None:
                try:
                    who.on_events(events)
                except Exception:
                    log.say_bug("bug in the server, please report it:")
        self.ring()
        return bool(came)

    def collect(self, timeout: float) -> list[tuple[int, int]]:
        """Return the events that come within `timeout` seconds: the beginning of a turn."""
        if self._alarm is not None:
            timeout = max(0.0, min(timeout, self._alarm[0] - monotonic()))
        return self._epoll.poll(timeout)

    def ring(self) -> None:
        """Make the call of `call_at` that is due; the end of a turn."""
        alarm = self._alarm
        if alarm is not None and monotonic() >= alarm[0]:
            self._alarm = None
            alarm[1]()

    def take(self, timeout: float, most: int) -> list[tuple[int, int]]:
        """Wait for events, without an end where `timeout` is negative, and return them."""
        return self._epoll.poll(timeout, most)

    def close(self) -> None:
        """Close the epoll."""
        self._epoll.close()
