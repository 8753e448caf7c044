"""A listening socket that several workers share: accepting, and not accepting.

The kernel wakes one worker for a connection, not all (EPOLLEXCLUSIVE).  Rules:
1. A worker that is woken accepts, also when it serves no longer: the connection
   then goes to the successor like any other.  If it left the connection where it
   is, nobody else would be woken for it, and it would wait for the next one.
2. For the same reason a worker that stops listening first accepts what is there:
   it may have been woken for it already.
"""

from __future__ import annotations

import errno
import socket
from collections.abc import Callable
from typing import Any

from spawning import log
from spawning.sockets import BACKLOG

ACCEPTED_AT_ONCE = 16

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
    ) -> None:
        self._socket = sock
        self._welcome = welcome
        self._exhausted = exhausted
        self._is_exhausted = False

    def fileno(self) -> int:
        """Return the descriptor."""
        return self._socket.fileno()

    def on_events(self, _events: int) -> None:
        """Accept some of the connections that wait."""
        self._accept(ACCEPTED_AT_ONCE)

    def close(self) -> None:
        """Stop listening, in this process, after accepting what has connected by now."""
        self._accept(BACKLOG)
        self._socket.close()

    def _accept(self, most: int) -> None:
        sock = self._socket
        for _ in range(most):
            try:
                # Not accept(): it makes its socket of whatever class the module holds now.
                descriptor, peer = sock._accept()  # type: ignore[attr-defined]
            except BlockingIOError:
                return
            except OSError as error:
                if error.errno in _EXHAUSTED:
                    if not self._is_exhausted:
                        log.say(f"connections have to wait: {error.strerror}")
                    self._is_exhausted = True
                    self._exhausted(self)
                    return
                continue  # the client gave up before it was accepted
            self._is_exhausted = False
            accepted = _Socket(sock.family, sock.type, sock.proto, fileno=descriptor)
            accepted.setblocking(False)
            self._welcome(accepted, peer)
