"""The load of steady.py: a mixture of requests at a steady pace, sixteen at a time.

A program of its own, `steady_load.py PORT RATE`, so that it takes no time from the one who
measures.  It stops at the end of its input, and then prints what it saw, as JSON.

Each turn sends a request on some of the connections, and then takes all the answers.  Where the
server, or this machine, is late, the turns that are lost are not made good: a crowd after each
pause would be another load than the one that was asked for.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import random
import re
import select
import socket
import sys
import threading
from collections import Counter
from dataclasses import dataclass
from time import monotonic, sleep

TOGETHER = 16
"""Requests of one turn."""
TIMEOUT = 30.0
READERS = 2
"""Clients that take a large answer in small pieces."""
PIECE = 16 * 1024
HEAD = "Host: 127.0.0.1\r\nUser-Agent: steady\r\nX-Request: {number}\r\n"
"""The number makes each head another one: nothing can be remembered of the last."""
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)
CLOSES = re.compile(rb"\r\nconnection: *close\r\n", re.IGNORECASE)
END_OF_CHUNKS = b"0\r\n\r\n"


@dataclass(frozen=True)
class Kind:
    """One sort of request."""

    name: str
    line: str
    share: int
    """In a thousand."""
    body: bytes = b""
    kept: bool = True
    status: bytes = b"200"
    hangs_up: bool = False

    def request(self, number: int) -> bytes:
        """Return the bytes to send; `number` is unlike all others."""
        head = f"{self.line} HTTP/1.1\r\n{HEAD.format(number=number)}"
        if self.body:
            head += f"Content-Length: {len(self.body)}\r\n"
        if not self.kept:
            head += "Connection: close\r\n"
        body = self.body[:100] if self.hangs_up else self.body
        return head.encode() + b"\r\n" + body


KINDS = (
    Kind("hello, kept", "GET /", 648),
    Kind("10 KB posted", "POST /upload", 150, b"x" * 10240),
    Kind("64 KB in chunks", "GET /download?1", 100),
    Kind("hello, new connection", "GET /", 80, kept=False),
    Kind("hangs up while posting", "POST /upload", 20, b"x" * 10240, kept=False, hangs_up=True),
    Kind("page that fails", "GET /fail", 2, status=b"500"),
)


class Connection:
    """One of the connections on which requests go out, made anew where it was closed."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._socket: socket.socket | None = None
        self._kind = KINDS[0]

    def ask(self, kind: Kind, number: int) -> None:
        """Send a request; raises OSError."""
        if self._socket is not None and (not kind.kept or self._was_closed()):
            self.close()
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self._port), TIMEOUT)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._kind = kind
        self._socket.sendall(kind.request(number))

    def take(self) -> None:
        """Take the answer to what was asked; raises OSError."""
        if self._socket is None:
            return
        ends = not self._kind.kept
        if not self._kind.hangs_up:
            answer = self._socket.recv(65536)
            while not whole(answer):
                piece = self._socket.recv(65536)
                if not piece:
                    raise ConnectionResetError("cut")
                answer += piece
            if answer[9:12] != self._kind.status:
                raise ConnectionResetError(f"status {answer[9:12].decode()}")
            ends |= CLOSES.search(answer) is not None
        if ends:
            self.close()

    def close(self) -> None:
        """Let go of the connection."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _was_closed(self) -> bool:
        # As every client looks before it asks on a kept connection.
        return bool(self._socket and select.select([self._socket], [], [], 0)[0])


def whole(answer: bytes) -> bool:
    """Return whether `answer` is complete."""
    head, end, body = answer.partition(b"\r\n\r\n")
    if not end:
        return False
    length = LENGTH.search(head + b"\r\n")
    return len(body) >= int(length[1]) if length else body.endswith(END_OF_CHUNKS)


class SlowReader:
    """Asks for a megabyte and takes it piece by piece; then again."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._socket: socket.socket | None = None

    def read(self) -> None:
        """Take a piece where there is one; raises OSError."""
        if self._socket is None:
            self._socket = socket.socket()
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, PIECE)
            self._socket.connect(("127.0.0.1", self._port))
            request = (
                f"GET /download?16 HTTP/1.1\r\n{HEAD.format(number=0)}Connection: close\r\n\r\n"
            )
            self._socket.sendall(request.encode())
            self._socket.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            if not self._socket.recv(PIECE):
                self.close()

    def close(self) -> None:
        """Let go of the connection."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None


class Load:
    """All connections, and what was seen on them."""

    def __init__(self, port: int) -> None:
        self.connections = [Connection(port) for _ in range(TOGETHER)]
        self.readers = itertools.cycle([SlowReader(port) for _ in range(READERS)])
        self.answered: Counter[str] = Counter()
        self.failed: Counter[str] = Counter()
        self.longest = 0.0
        self.lost_turns = 0
        self._numbers = itertools.count(1_000_000_000)
        self._chance = random.Random(1)
        self._kinds = [kind for kind in KINDS for _ in range(kind.share)]

    def turn(self) -> None:
        """Make one turn."""
        began = monotonic()
        kinds = self._chance.choices(self._kinds, k=TOGETHER)
        asked = []
        for connection, kind in zip(self.connections, kinds, strict=True):
            try:
                connection.ask(kind, next(self._numbers))
                asked.append((connection, kind))
            except OSError as error:
                self._fail(connection, kind, error)
        # First those who hang up: else they might hold all threads, and with them the answers
        # that are waited for before they do.
        for connection, kind in sorted(asked, key=lambda one: not one[1].hangs_up):
            try:
                connection.take()
                self.answered[kind.name] += 1
            except OSError as error:
                self._fail(connection, kind, error)
        self.longest = max(self.longest, monotonic() - began)
        reader = next(self.readers)
        try:
            reader.read()
        except OSError as error:
            self.failed[f"slow reader: {error!r}"] += 1
            reader.close()

    def _fail(self, connection: Connection, kind: Kind, error: OSError) -> None:
        self.failed[f"{kind.name}: {error!r}"] += 1
        connection.close()


def main() -> None:
    """Load until the end of the input."""
    port, rate = int(sys.argv[1]), int(sys.argv[2])
    load, stop, pause = Load(port), threading.Event(), TOGETHER / rate

    def wait_for_end() -> None:
        sys.stdin.read()
        stop.set()

    threading.Thread(target=wait_for_end, daemon=True).start()
    next_turn = began = monotonic()
    while not stop.is_set():
        load.turn()
        next_turn += pause
        late = monotonic() - next_turn
        if late > pause:
            load.lost_turns += int(late / pause)
            next_turn += pause * int(late / pause)
        elif late < 0:
            sleep(-late)
    seen = {"seconds": round(monotonic() - began, 1), "longest": round(load.longest, 3)}
    counts = {"answered": load.answered, "failed": load.failed, "lost_turns": load.lost_turns}
    print(json.dumps({**seen, **counts}))


if __name__ == "__main__":
    main()
