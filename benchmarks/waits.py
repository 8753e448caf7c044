"""How long clients wait for their turn: many ask again and again, each for itself.

A program of its own, `waits.py PORT PATH CLIENTS SECONDS`, so that it takes no time from the one
who measures.  It prints what it saw as JSON, times in seconds.  A wait lasts from the sending of
a request to the last byte of its answer; one that is not over at the end counts as well, for a
client that is forgotten has no other.
"""

from __future__ import annotations

import gc
import json
import re
import select
import socket
import statistics
import sys
from time import monotonic

LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)


class Client:
    """One client; its connection is made anew where the server has closed it."""

    def __init__(self, port: int, path: str) -> None:
        self._address = ("127.0.0.1", port)
        self._request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()
        self.waits: list[float] = []
        self.began = 0.0
        self.broken = 0
        self._answer = b""
        self.connect()

    def connect(self) -> None:
        """Open the connection."""
        self._socket = socket.create_connection(self._address, 10)
        self._socket.setblocking(False)

    def fileno(self) -> int:
        """Return the descriptor of the connection."""
        return self._socket.fileno()

    def ask(self, now: float) -> None:
        """Send the request."""
        self._answer = b""
        self.began = now
        self._socket.send(self._request)

    def read(self) -> bool:
        """Take what there is; return whether the answer is whole, or the connection closed."""
        try:
            piece = self._socket.recv(65536)
        except BlockingIOError:
            return False
        self._answer += piece
        if not piece:
            self.broken += 1
            return True
        head, end, body = self._answer.partition(b"\r\n\r\n")
        length = LENGTH.search(head + b"\r\n") if end else None
        if length is None or len(body) < int(length[1]):
            return False
        self.waits.append(monotonic() - self.began)
        return True

    def is_closed(self) -> bool:
        """Return whether the server has closed the connection, as far as is known."""
        try:
            return self._socket.recv(1, socket.MSG_PEEK) == b""
        except BlockingIOError:
            return False
        except OSError:
            return True

    def close(self) -> None:
        """Let go of the connection."""
        self._socket.close()


def run(clients: list[Client], seconds: float) -> None:
    """Let the clients ask until the time is over."""
    poll = select.epoll()
    by_number = {}
    for client in clients:
        by_number[client.fileno()] = client
        poll.register(client, select.EPOLLIN)
        client.ask(monotonic())
    end = monotonic() + seconds
    while monotonic() < end:
        for number, _ in poll.poll(0.1):
            client = by_number[number]
            if not client.read():
                continue
            if client.is_closed():
                poll.unregister(client)
                del by_number[number]
                client.close()
                client.connect()
                by_number[client.fileno()] = client
                poll.register(client, select.EPOLLIN)
            client.ask(monotonic())
    for client in clients:
        client.waits.append(monotonic() - client.began)


def main() -> None:
    """Do what the command line says."""
    port, path, number, seconds = sys.argv[1:]
    gc.disable()
    clients = [Client(int(port), path) for _ in range(int(number))]
    run(clients, float(seconds))
    answered = [len(client.waits) - 1 for client in clients]
    told = {
        "median": statistics.median(wait for client in clients for wait in client.waits),
        "longest": max(max(client.waits) for client in clients),
        "fewest": min(answered),
        "most": max(answered),
        "broken": sum(client.broken for client in clients),
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
