"""Hears what workers tell, on the keeper's loop.

A packet is taken out of the socket after it is known and written down: a keeper that is
killed in between leaves it to the next one.
"""

from __future__ import annotations

import functools
import socket
from collections.abc import Callable

from spawning import log
from spawning.http.handoff import MAX_PACKET
from spawning.messages import Message, decode
from spawning_devtools.cover.keeper.ledger import MeasuredOtherwise

AT_ONCE = 16
"""So many packets are heard before others have their turn."""


class Ear:
    """One end of a socket that keeps packets apart."""

    def __init__(
        self,
        sock: socket.socket,
        hear: Callable[[Message], None],
        call_soon: Callable[[Callable[[], None]], None],
    ) -> None:
        self._socket = sock
        self._hear = hear
        self._call_soon = call_soon
        self._has_complained = False

    def fileno(self) -> int:
        """Return the descriptor, for the loop."""
        return self._socket.fileno()

    def on_events(self, _events: int = 0) -> None:
        """Hear some packets; no further event tells of those that are left."""
        for _ in range(AT_ONCE):
            try:
                packet = self._socket.recv(MAX_PACKET, socket.MSG_PEEK)
            except OSError:
                return
            if not packet:
                return
            self._take(packet)
            self._socket.recv(1)
        self._call_soon(self.on_events)

    def _take(self, packet: bytes) -> None:
        try:
            self._hear(decode(packet))
        except MeasuredOtherwise as error:
            self._complain(functools.partial(log.say, str(error)))
        except (ValueError, TypeError):
            # The application can write here as well.
            what = "something that no worker of ours would tell of coverage:"
            self._complain(functools.partial(log.say_bug, what))

    def _complain(self, say: Callable[[], None]) -> None:
        """Say something, once: there may be as much again twice a second."""
        if not self._has_complained:
            say()
        self._has_complained = True
