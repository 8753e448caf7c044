"""A client's socket while an application of eventlet's has it, as websockets do.

It is back when the application's call returns; until then it counts as a request being answered.
"""

from __future__ import annotations

import contextlib
import socket
from typing import Any

from spawning.http.green import GreenSocket, eventlet

GOING_AWAY = b"\x88\x02\x03\xe9"
"""The closing frame of a websocket with status 1001 (RFC 6455, 5.5.1 and 7.4.1)."""


class BorrowedSocket(GreenSocket):  # type: ignore[misc]
    """The application's side of a lent socket: cooperative, and what came early comes first."""

    def __init__(self, sock: socket.socket, received: bytes) -> None:
        super().__init__(sock, set_nonblocking=False)
        del self.close  # a method of the socket's, which would shadow ours
        self._received = received
        self.spoken = False
        """Whether anything was sent."""

    def recv(self, bufsize: int, flags: int = 0) -> bytes:
        """Return what comes next."""
        if not self._received:
            data: bytes = super().recv(bufsize, flags)
            return data
        data = self._received[:bufsize]
        if not flags & socket.MSG_PEEK:
            self._received = self._received[bufsize:]
        return data

    def recv_into(self, buffer: Any, nbytes: int = 0, flags: int = 0) -> int:
        """Receive into `buffer`; return the number of bytes."""
        if not self._received:
            count: int = super().recv_into(buffer, nbytes, flags)
            return count
        with memoryview(buffer).cast("B") as view:
            data = self.recv(nbytes or len(view), flags)
            view[: len(data)] = data
        return len(data)

    def send(self, data: Any, flags: int = 0) -> int:
        """Send some of `data`; return how much."""
        self.spoken = True
        sent: int = super().send(data, flags)
        return sent

    def close(self) -> None:
        """Send no more.  The socket itself is closed by the server, when the call has returned:
        other greenlets may still wait for its descriptor.
        """
        with contextlib.suppress(OSError):
            self.shutdown(socket.SHUT_WR)


class LentSocket:
    """The server's side of a lent socket; implements `host.Loan`."""

    def __init__(self, sock: socket.socket, received: bytes, is_websocket: bool) -> None:
        self._socket = sock
        self._is_websocket = is_websocket
        eventlet.hubs.notify_opened(sock.fileno())  # lest an old listener be taken for ours
        self.socket = BorrowedSocket(sock, received)

    @property
    def spoken(self) -> bool:
        """Whether the application has sent anything itself."""
        return self.socket.spoken

    def send(self, data: bytes | memoryview, flags: int = 0) -> int:
        """Send all of an answer of the server's; raises OSError once the application has spoken."""
        if self.spoken:
            raise BrokenPipeError("the application answers on the socket itself")
        left = memoryview(data)
        while left:
            left = left[GreenSocket.send(self.socket, left, flags) :]
        return len(data)

    def hang_up(self) -> None:
        """Say goodbye and end the conversation: the application reads the end of it."""
        hub = eventlet.hubs.get_hub()
        # While a greenlet waits to send, the half of a frame may be on its way.
        if self._is_websocket and self._socket.fileno() not in hub.listeners[hub.WRITE]:
            with contextlib.suppress(OSError):
                self._socket.send(GOING_AWAY)
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def give_back(self) -> socket.socket:
        """Return the socket; greenlets of the application that still wait for it are woken."""
        if self._socket.fileno() >= 0:
            eventlet.hubs.notify_opened(self._socket.fileno())
        return self._socket
