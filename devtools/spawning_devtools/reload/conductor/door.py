"""Where `spawnctl` asks: one abstract unix socket, one question and one answer.

Rules:
1. The socket has no file, and is named after the controller, whose process id people
   know.  It ends with this process.
2. Who connects is admitted by the kernel's word on its user before a byte is read:
   the same user, or root.
3. A client that says nothing, or does not read, holds up nobody: there are never more
   than CLIENTS, and the oldest is dropped.
"""

from __future__ import annotations

import contextlib
import selectors
import socket
from collections.abc import Callable
from types import TracebackType

from spawning.messages import Channel, Message
from spawning_devtools.credentials import is_one_of_us

CLIENTS = 16


def address_of(controller: int) -> str:
    """Return the address at which the watcher of this controller is asked."""
    return f"\0spawning/{controller}/watcher"


class Door:
    """Answers questions with `answer`; readable when `serve` has something to do."""

    def __init__(self, address: str, answer: Callable[[Message], Message]) -> None:
        self._answer = answer
        self._clients: dict[Channel, None] = {}
        self._selector = selectors.EpollSelector()
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.setblocking(False)
        try:
            self._listener.bind(address)
            self._listener.listen(CLIENTS)
        except OSError:
            self._listener.close()  # somebody has taken the name, and is asked in our place
        else:
            self._selector.register(self._listener, selectors.EVENT_READ)

    def __enter__(self) -> Door:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for client in list(self._clients):
            self._leave(client)
        self._selector.close()
        self._listener.close()

    def fileno(self) -> int:
        """Return the descriptor, for the selector of the loop."""
        return self._selector.fileno()

    def serve(self) -> None:
        """Admit, hear and answer whoever is there."""
        for key, mask in self._selector.select(0):
            if isinstance(key.fileobj, Channel):
                self._talk(key.fileobj, mask)
            else:
                self._admit()

    def _admit(self) -> None:
        with contextlib.suppress(OSError):
            sock, _ = self._listener.accept()
            if not is_one_of_us(sock):
                sock.close()
                return
            channel = Channel(sock)
            self._clients[channel] = None
            self._selector.register(channel, selectors.EVENT_READ)
            if len(self._clients) > CLIENTS:
                self._leave(next(iter(self._clients)))

    def _talk(self, client: Channel, mask: int) -> None:
        if mask & selectors.EVENT_READ:
            try:
                for question in client.receive():
                    client.send(self._answer(question))
                    self._selector.modify(client, selectors.EVENT_READ | selectors.EVENT_WRITE)
            except ValueError:
                self._leave(client)
                return
        client.flush()
        if client.ended:
            self._leave(client)
        elif not client.wants_write:
            self._selector.modify(client, selectors.EVENT_READ)

    def _leave(self, client: Channel) -> None:
        del self._clients[client]
        self._selector.unregister(client)
        client.close()
