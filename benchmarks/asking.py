"""A client that costs little: it asks for `/`, on a kept connection or on a new one each time.

Written on plain sockets, since a client that takes a millisecond of the same machine would be
part of what it measures.  A kept connection that the server closed between two requests, or
announced to close, is a reconnect and not a failure.
"""

from __future__ import annotations

import re
import socket
import time
from collections import Counter
from dataclasses import dataclass

LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.I)
CLOSES = re.compile(rb"\r\nconnection: *close", re.I)
TIMEOUT = 10.0


class Fault(Exception):
    """A request that was not answered with 200; its text is one word for the reason."""


@dataclass(frozen=True)
class Sample:
    """One answered request on the monotonic clock, and what it answered."""

    began: float
    ended: float
    content: str


class Asker:
    """Asks for `/` and counts what comes back."""

    def __init__(self, port: int, keep: bool) -> None:
        self.address = ("127.0.0.1", port)
        self.keep = keep
        connection = "keep-alive" if keep else "close"
        self.request = (
            f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: {connection}\r\n\r\n"
        ).encode()
        self.socket: socket.socket | None = None
        self.requests = 0
        self.connections = 0
        self.failures: Counter[str] = Counter()

    def ask(self) -> Sample:
        """Make one request; raises Fault, and has counted it then."""
        self.requests += 1
        began = time.monotonic()
        try:
            content = self._exchange()
        except Fault as fault:
            self.failures[str(fault)] += 1
            self.close()
            raise
        except OSError as error:
            name = failure_name(error)
            self.failures[name] += 1
            self.close()
            raise Fault(name) from error
        return Sample(began, time.monotonic(), content)

    def close(self) -> None:
        """Close the connection, if there is one."""
        if self.socket is not None:
            self.socket.close()
            self.socket = None

    def _exchange(self) -> str:
        self._drop_what_was_closed()
        if self.socket is None:
            self.socket = socket.create_connection(self.address, TIMEOUT)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.connections += 1
        self.socket.sendall(self.request)
        head, body = self._head(self.socket)
        length = LENGTH.search(head)
        if length is None and b"\r\ntransfer-encoding" in head.lower():
            raise Fault("chunked")
        while length is None or len(body) < int(length[1]):
            piece = self.socket.recv(65536)
            if not piece:
                if length is not None:
                    raise Fault("cut short")
                self.close()
                break
            body += piece
        if not self.keep or CLOSES.search(head) or head.startswith(b"HTTP/1.0"):
            self.close()
        status = head[9:12].decode()
        if status != "200":
            raise Fault(f"status {status}")
        return body.decode(errors="replace")

    def _head(self, connection: socket.socket) -> tuple[bytes, bytes]:
        received = b""
        while b"\r\n\r\n" not in received:
            piece = connection.recv(65536)
            if not piece:
                raise Fault("reset")
            received += piece
        head, _, body = received.partition(b"\r\n\r\n")
        return head, body

    def _drop_what_was_closed(self) -> None:
        if self.socket is None:
            return
        self.socket.setblocking(False)
        try:
            closed = self.socket.recv(1, socket.MSG_PEEK) == b""
        except BlockingIOError:
            closed = False
        except OSError:
            closed = True
        if closed:
            self.close()
        else:
            self.socket.settimeout(TIMEOUT)


def failure_name(error: OSError) -> str:
    """Return one word for what happened to a request."""
    if isinstance(error, ConnectionRefusedError):
        return "refused"
    if isinstance(error, (ConnectionResetError, BrokenPipeError)):
        return "reset"
    return "timeout" if isinstance(error, TimeoutError) else type(error).__name__
