"""A listening socket that several workers share: accepting, and not accepting.

The kernel wakes one worker for a connection, not all (EPOLLEXCLUSIVE).  Rules:
1. A worker that is woken accepts, also when it serves no longer: the connection
   then goes to the successor like any other.  If it left the connection where it
   is, nobody else would be woken for it, and it would wait for the next one.
2. For the same reason a worker that stops listening first accepts what is there:
   it may have been woken for it already.
3. A worker that has taken one stands last in the queue, and one that has more than
   others stays out of it for a moment (see `share`): the kernel wakes the first that
   has nothing to do, which would always be the same.
4. Out of descriptors, it lets clients wait and is quiet until `exhausted` has it
   look again.  That is said once, not at each client who finds the last place.
"""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Callable
from time import monotonic
from typing import Any

from spawning import descriptors, log
from spawning.sockets import BACKLOG

ACCEPTED_AT_ONCE = 16
SAID_FOR = 60.0
"""Seconds in which it is not said again that connections wait."""

# By name: with greenlets the module's class becomes eventlet's, here it stays the plain one.
_Socket = socket.socket

_EXHAUSTED = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})


class Listener:
    """Accepts connections, and gives them to `welcome`."""

    def __init__(
        self,
        sock: socket.socket,
        welcome: Callable[[socket.socket, Any], None],
        exhausted: Callable[[Listener], None],
        give_way: Callable[[Listener], bool],
    ) -> None:
        self._socket = sock
        self._welcome = welcome
        self._exhausted = exhausted
        self._give_way = give_way
        self._kept = descriptors.kept()
        self._is_exhausted = False
        self._silent_until = 0.0

    def fileno(self) -> int:
        """Return the descriptor."""
        return self._socket.fileno()

    def on_events(self, _events: int) -> None:
        """Accept some of the connections that wait."""
        self._accept(ACCEPTED_AT_ONCE)

    def close(self) -> None:
        """Stop listening, in this process, after accepting what has connected by now."""
        self._kept = descriptors.NONE
        self._accept(BACKLOG)
        self._socket.close()

    def _accept(self, most: int) -> None:
        sock = self._socket
        if self._is_exhausted and not descriptors.has_room(sock.fileno(), self._kept):
            self._exhausted(self)
            return
        for _ in range(most):
            try:
                # Not accept(): it makes its socket of whatever class the module holds now.
                descriptor, peer = sock._accept()  # type: ignore[attr-defined]
            except BlockingIOError:
                self._is_exhausted = False
                return
            except OSError as error:
                if error.errno in _EXHAUSTED:
                    self._pause(error.errno)
                    return
                continue  # the client gave up before it was accepted
            descriptor, room = descriptors.settled(descriptor, self._kept)
            accepted = _Socket(sock.family, sock.type, sock.proto, fileno=descriptor)
            accepted.setblocking(False)
            self._welcome(accepted, peer)
            if not room:
                self._pause(errno.EMFILE)
                return
            if self._give_way(self):
                return

    def _pause(self, why: int) -> None:
        self._is_exhausted = True
        now = monotonic()
        if now >= self._silent_until:
            log.say(f"connections have to wait: {os.strerror(why)}")
            self._silent_until = now + SAID_FOR
        self._exhausted(self)
