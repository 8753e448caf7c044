"""Slow clients: each connection sends one byte of a request's head now and then.

A program of its own, `robustness_drip.py PORT COUNT`, so that it takes no time from the one who
measures.  It prints a line when all are connected, and stops at the end of its input.
"""

from __future__ import annotations

import contextlib
import itertools
import random
import select
import socket
import sys
import threading

HEAD = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: " + b"x" * 4096
PAUSE = 1.0
"""Seconds between two bytes of one connection, on average."""


class Slow:
    """One slow client, which connects anew when the server has had enough of it."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._connect()

    def _connect(self) -> None:
        self._socket = socket.create_connection(("127.0.0.1", self._port), 30)
        self._socket.setblocking(False)
        self._sent = 0

    def drip(self) -> None:
        """Send the next byte."""
        try:
            if select.select([self._socket], [], [], 0)[0]:
                raise ConnectionResetError("answered, or closed")
            self._sent += self._socket.send(HEAD[self._sent : self._sent + 1])
        except OSError:
            self._socket.close()
            self._connect()

    def start(self) -> None:
        """Send enough for the server to know that this is a request."""
        self._sent += self._socket.send(HEAD[: random.randrange(1, 40)])


def main() -> None:
    """Drip until the end of the input."""
    port, count = int(sys.argv[1]), int(sys.argv[2])
    slow = [Slow(port) for _ in range(count)]
    for client in slow:
        client.start()
    print("open", flush=True)
    stop = threading.Event()

    def wait_for_end() -> None:
        with contextlib.suppress(KeyboardInterrupt):
            sys.stdin.read()
        stop.set()

    threading.Thread(target=wait_for_end, daemon=True).start()
    for client in itertools.cycle(slow):
        if stop.wait(PAUSE / count):
            return
        client.drip()


if __name__ == "__main__":
    main()
