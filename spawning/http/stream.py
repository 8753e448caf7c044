"""The only recv and send: bytes in and out of one client's socket, which never blocks.

`readable` remembers that the edge-triggered poller told of something to receive.
It is cleared before each receive, so an edge that comes meanwhile is not lost.
"""

from __future__ import annotations

import math
import os
import socket
from time import monotonic
from typing import Any, Final, cast

from spawning.http.errors import ClientGone, UnreadableBody
from spawning.http.host import Host, Loan

TIMEOUT = "408 Request Timeout"
RECEIVE_SIZE: Final = 65536  # larger ones cost malloc an mmap each
NEVER: Final = math.inf
IN_A_ROW: Final = 16
"""Requests of one client that are answered before others have their turn."""
SENT_AT_ONCE: Final = 1 << 20
"""Most bytes of a file that one call of the kernel sends; others have their turn between two."""


class Stream:
    """One client's socket, and who waits for it."""

    __slots__ = (
        "_host",
        "_received",
        "_socket",
        "deadline",
        "descriptor",
        "has_ended",
        "loan",
        "readable",
        "unsent",
        "waiter",
    )

    def __init__(self, sock: socket.socket, host: Host, received: bytes) -> None:
        self._socket = sock
        self._host = host
        self._received = received
        """Bytes that nobody has looked at: of a body, or of the next request."""
        self.descriptor = sock.fileno()
        self.loan: Loan | None = None
        """The socket, while the application has it."""
        self.readable = True
        self.has_ended = False
        """Whether the client sends nothing more: no further edge will tell of it."""
        self.deadline = NEVER
        """When the engine is to poke whoever works on this, on the monotonic clock."""
        self.unsent = b""
        """An answer that waits for others (see `commons`)."""
        self.waiter: Any = None
        """The greenlet that waits for an edge."""

    def receive(self) -> bytes | None:
        """Return what has come; empty where nothing has, None where the client is gone."""
        self.readable = False
        try:
            data = self._socket.recv(RECEIVE_SIZE)
        except BlockingIOError:
            self.has_ended = False  # who has is another client, that had this number before
            return b""
        except OSError:
            return None
        if len(data) == RECEIVE_SIZE or self.has_ended:
            self.readable = True
        return data or None

    def take(self, wait: bool) -> bytes:
        """Return received bytes of a body; raises ClientGone, or UnreadableBody for a pause."""
        if self._received:
            data, self._received = self._received, b""
            return data
        deadline = monotonic() + self._host.limits.body_time
        while True:
            received = self.receive()
            if received is None:
                raise ClientGone("the client closed the connection within a request body")
            if received or not wait:
                return received
            if monotonic() >= deadline:
                raise UnreadableBody(TIMEOUT, "the body paused for too long")
            self._host.wait(self, False, deadline)

    def unread(self) -> bytes:
        """Give up what was received and not looked at."""
        data, self._received = self._received, b""
        return data

    def put_back(self, data: bytes) -> None:
        """Keep bytes that belong to the next request."""
        self._received = data + self._received

    def send(self, data: bytes | memoryview, is_last: bool = False, flags: int = 0) -> None:
        """Send all of `data`, waiting for the client as needed; raises ClientGone.

        The last of an answer may wait for other answers (see `batching`).
        """
        if is_last and self._host.batching.pays and self._host.gather(self, data):
            return
        try:
            sent = self._socket.send(data, flags)
        except BlockingIOError:
            sent = 0
        except OSError as error:
            raise ClientGone(str(error)) from error
        if sent < len(data):
            self._send_rest(memoryview(data)[sent:])

    def send_off(self) -> None:
        """Send what has waited; whoever reads on finds it where the client is gone."""
        data, self.unsent = self.unsent, b""
        try:
            if data:
                self.send(data)
        except ClientGone:
            self.cut(b"")
            self.readable = True

    def send_file(self, head: bytes, file: int, start: int, most: int) -> int:
        """Send all of `head`, and some of a regular file; raises ClientGone.

        Returns how many bytes of the file were sent: 0 where there are none any more, or
        where the kernel cannot, and whoever reads the file or sends to the client learns why.
        """
        if head:
            # Held back for a moment: it leaves with the first bytes of the file.
            self.send(head, flags=socket.MSG_MORE)
        else:
            self._host.give_way(self)
        if self.loan is not None:
            return 0
        deadline = monotonic() + self._host.limits.write_time
        while True:
            try:
                return os.sendfile(self.descriptor, file, start, min(most, SENT_AT_ONCE))
            except BlockingIOError:
                if monotonic() >= deadline:
                    raise ClientGone("the client stopped reading the response") from None
            except OSError:
                return 0
            self._host.wait(self, True, deadline)

    def try_to_send(self, data: bytes) -> bool:
        """Send what the client takes at once; return whether it is still there.

        This may run on the loop, where nobody may wait for a client.
        """
        try:
            self._socket.send(data)
        except OSError:
            return False
        return True

    def shut(self) -> bool:
        """Send nothing more; return whether the client is still there."""
        try:
            self._socket.shutdown(socket.SHUT_WR)
        except OSError:
            return False
        return True

    def _send_rest(self, data: memoryview) -> None:
        deadline = monotonic() + self._host.limits.write_time
        while data:
            self._host.wait(self, True, deadline)
            try:
                sent = self._socket.send(data)
            except BlockingIOError:
                if monotonic() >= deadline:
                    raise ClientGone("the client stopped reading the response") from None
                continue
            except OSError as error:
                raise ClientGone(str(error)) from error
            data = data[sent:]
            deadline = monotonic() + self._host.limits.write_time

    def _lend(self, loan: Loan) -> None:
        """Let the application have the socket, and all that came."""
        self.loan, self._received = loan, b""
        # What the server sends takes the same way, and is refused after the application's.
        self._socket = cast(socket.socket, loan)

    def _get_back(self) -> bool:
        """Take the socket back; return whether the application has left it open."""
        assert self.loan is not None
        self._socket, self.loan = self.loan.give_back(), None
        return self._socket.fileno() == self.descriptor

    def cut(self, answer: bytes) -> None:
        """Send `answer`, if the client takes it at once, and end the conversation; from any thread.

        Whoever works on the connection finds it broken, and closes it.
        """
        try:
            if answer:
                self._socket.send(answer)
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
