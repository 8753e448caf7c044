"""Where clients knock: accepting them, and letting in whom the kernel vouches for."""

from __future__ import annotations

import contextlib
import errno
import selectors
import socket
from collections.abc import Sequence
from functools import partial
from time import monotonic

from spawning_devtools.backdoor.door import kernel, notices
from spawning_devtools.backdoor.door.admission import Verdict, verdict
from spawning_devtools.backdoor.door.client import Client
from spawning_devtools.backdoor.door.conversations import Conversations
from spawning_devtools.backdoor.door.reception import TURNED_AWAY, Reception

AT_ONCE = 16
"""Clients that are accepted before others have their turn."""
PAUSE = 1.0
"""Seconds without new clients where the system has no descriptor for one."""
_DROPPED = 1 << 16
NOT_YOURS = "this is another user's server"


class Threshold:
    """The listening sockets."""

    def __init__(
        self,
        selector: selectors.BaseSelector,
        listeners: Sequence[socket.socket],
        conversations: Conversations,
        secret: str,
        wants_pid: bool,
    ) -> None:
        self._selector = selector
        self._listeners = listeners
        self._conversations = conversations
        self._secret = secret
        self._wants_pid = wants_pid
        self._house = kernel.house()
        self._count = 0
        self._names: dict[int | None, str] = {}
        """Known once they were asked for: a directory of users may be far away."""
        self.wake_at: float | None = None
        """When `listen` is to be called, on the monotonic clock."""
        self.listen()

    def listen(self) -> None:
        """Accept who comes."""
        self.wake_at = None
        for listener in self._listeners:
            self._selector.register(listener, selectors.EVENT_READ, partial(self._accept, listener))

    def _accept(self, listener: socket.socket, _mask: int) -> None:
        for _ in range(AT_ONCE):
            try:
                sock, _address = listener.accept()
            except BlockingIOError:
                return
            except OSError as error:
                if error.errno != errno.ECONNABORTED:
                    self._pause()
                    return
            else:
                self._admit(sock)

    def _pause(self) -> None:
        for listener in self._listeners:
            self._selector.unregister(listener)
        self.wake_at = monotonic() + PAUSE

    def _admit(self, sock: socket.socket) -> None:
        sock.setblocking(False)
        peer = kernel.peer_of(sock, self._wants_pid)
        decided = verdict(peer, self._house)
        name = self._name_of(peer.user)
        if decided is Verdict.REFUSE:
            self._conversations.say_once(f"user {name}{TURNED_AWAY}")
            with sock:
                with contextlib.suppress(OSError):
                    sock.recv(_DROPPED)  # unread, it would have the answer lost on its way
                with contextlib.suppress(OSError):
                    sock.send(notices.encoded(notices.refused(NOT_YOURS), plain=False))
            return
        if sock.family != socket.AF_UNIX:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._count += 1
        client = Client(sock, self._count, name, peer.pid)
        client.reception = Reception(decided is Verdict.PROVE, self._secret)
        self._conversations.begin(client)

    def _name_of(self, user: int | None) -> str:
        if user not in self._names:
            self._names[user] = kernel.name_of(user)
        return self._names[user]
