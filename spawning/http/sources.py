"""Where connections come from: the listening sockets, and the workers that drain."""

from __future__ import annotations

import socket
from collections.abc import Callable

# By name, before anything monkey-patches the module.
from select import POLLIN, poll
from time import monotonic
from typing import Any

from spawning.http.handoff import Inbox
from spawning.http.listener import Listener
from spawning.http.poller import Poller
from spawning.http.share import Share


class Sources:
    """All of them, of one worker; closed until `listen` and `take_in` are called."""

    def __init__(
        self,
        poller: Poller,
        inbox: socket.socket,
        adopt: Callable[[socket.socket, int, bytes, bytes], None],
        share: Share | None = None,
    ) -> None:
        self._poller = poller
        self._share = share
        """This worker's and the others', where there are others."""
        self._resting: list[Listener | Inbox] = []
        """Where others go first just now."""
        self._takes_all = False
        """Whether what is there is to be taken, because nobody else will."""
        self._listeners: list[Listener] = []
        self._paused: list[Listener | Inbox] = []
        self._arrivals = Inbox(inbox, adopt, self._pause, self._give_way)
        self._readable = poll()

    @property
    def are_open(self) -> bool:
        """Whether connections are wanted."""
        return bool(self._listeners)

    def listen(self, sock: socket.socket, welcome: Callable[[socket.socket, Any], None]) -> None:
        """Accept the connections of a listening socket."""
        listener = Listener(sock, welcome, self._pause, self._give_way)
        self._listeners.append(listener)
        self._readable.register(listener.fileno(), POLLIN)
        self._poller.add_shared(listener.fileno(), listener)

    def take_in(self) -> None:
        """Take over connections of workers that drain."""
        self._readable.register(self._arrivals.fileno(), POLLIN)
        self._poller.add_shared(self._arrivals.fileno(), self._arrivals)

    def close(self) -> None:
        """Bring no more connections, after those that somebody was woken for."""
        self._takes_all = True
        for listener in self._listeners:
            self._poller.remove(listener.fileno())
            listener.close()
        if self._listeners:
            self._poller.remove(self._arrivals.fileno())
            # We may have been woken for something already, and nobody else for it; what we
            # take leaves again by the outbox, which wakes the next one.
            self._arrivals.on_events(0)
        self._listeners.clear()
        self._paused.clear()
        self._resting.clear()

    def hold_back(self) -> None:
        """Bring no more for a while."""
        for source in self._all():
            self._poller.remove(source.fileno())
        self._paused.clear()
        self._resting.clear()

    def go_on(self) -> None:
        """Bring connections again."""
        for source in self._all():
            self._poller.add_shared(source.fileno(), source)

    def look(self) -> None:
        """Try again what was paused, and look for what nobody was woken for."""
        paused, self._paused = self._paused, []
        for source in paused:
            self._poller.add_shared(source.fileno(), source)
        # A worker that was killed may have taken a wake-up with it.  Where there is little room,
        # it is for those who have waited longer: they were accepted once.
        if self._listeners and self._readable.poll(0):  # one call where most often nothing is
            for source in reversed(self._all()):
                source.on_events(0)

    def _all(self) -> list[Listener | Inbox]:
        return [*self._listeners, self._arrivals] if self._listeners else []

    def _give_way(self, source: Listener | Inbox) -> bool:
        """Let others go first, after a connection was taken; return whether it is their turn."""
        share = self._share
        if share is None or self._takes_all:
            return False
        if not share.is_ahead():
            self._poller.stand_last(source.fileno())
            return False
        self._poller.remove(source.fileno())
        if source not in self._resting:
            self._resting.append(source)
        had = share.of_others()
        self._poller.call_at(monotonic() + share.pause, lambda: self._go_on_after(had))
        return True

    def _go_on_after(self, had: int) -> None:
        """Take part again; `had`: how many connections the others had before."""
        resting, self._resting = self._resting, []
        self._takes_all = self._share is not None and self._share.of_others() <= had
        for source in resting:
            if self._takes_all:
                source.on_events(0)
            if source not in self._paused:
                self._poller.add_shared(source.fileno(), source)
        self._takes_all = False

    def _pause(self, source: Listener | Inbox) -> None:
        # Level-triggered: it would report the connection that we cannot take for ever.
        self._poller.remove(source.fileno())
        self._paused.append(source)
