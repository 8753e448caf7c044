"""Scenarios with many clients: slow ones, idle ones, and all of them at once."""

from __future__ import annotations

import collections
import contextlib
import errno
import selectors
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from time import monotonic, perf_counter

from idle import WARM_UP, alive, at_rest, open_many, raise_limit
from processes import PeerError, Tree
from report import percentile
from robustness_findings import Finding, at_most, exactly, told
from robustness_server import HELLO, PATIENCE, REQUEST, connect, served, serves, shell

SLOW = 500
ROUNDS = 4
ROUND_SECONDS = 4.0
AGAIN = 2.0
"""Times its usual latency that a normal client may take beside the slow ones."""

IDLE = 10000
KIB_EACH = 5.0

CROWD = 2000
CLOSING = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"


# ---------------------------------------------------------------- slow


def slow(mode: str) -> list[Finding]:
    """Half-open slow connections beside normal clients: rounds without and with, in turn."""
    usual: list[float] = []
    beside: list[float] = []
    with served(mode, "-s", "1") as tree:
        latencies(tree.port, 1.0)
        for _ in range(ROUNDS):
            usual += latencies(tree.port, ROUND_SECONDS)
            with dripping(tree, SLOW):
                beside += latencies(tree.port, ROUND_SECONDS)
    findings = [told("normal requests measured", f"{len(usual):,} and {len(beside):,}")]
    for share in (0.5, 0.99):
        without, with_them = (percentile(values, share) for values in (usual, beside))
        name = f"p{100 * share:.0f}"
        seen = f"{1e6 * without:,.0f} and {1e6 * with_them:,.0f}"
        findings += [
            told(f"{name} without and with {SLOW} slow clients, µs", seen),
            at_most(f"{name}, ratio", with_them / without, AGAIN),
        ]
    return findings


@contextlib.contextmanager
def dripping(tree: Tree, count: int) -> Iterator[None]:
    """Keep slow clients at work until the block ends."""
    program = str(Path(__file__).with_name("robustness_drip.py"))
    command = [sys.executable, program, str(tree.port), str(count)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        if process.stdout.readline() != "open\n":
            raise PeerError("the slow clients could not connect")
        try:
            yield
            if process.poll() is not None:
                raise PeerError("the slow clients gave up")
        finally:
            process.stdin.close()


def latencies(port: int, seconds: float) -> list[float]:
    """Return how long requests took, on a kept connection and on new ones in turn."""
    took = []
    end = monotonic() + seconds
    with connect(port) as kept:
        while monotonic() < end:
            took.append(_timed(kept))
            began = perf_counter()
            with connect(port) as new:
                _timed(new)
                took.append(perf_counter() - began)
    return took


def _timed(client: socket.socket) -> float:
    began = perf_counter()
    client.sendall(REQUEST)
    answer = b""
    while not answer.endswith(HELLO):
        piece = client.recv(4096)
        if not piece:
            raise PeerError("a normal client was cut off")
        answer += piece
    return perf_counter() - began


# ---------------------------------------------------------------- idle


def idle(mode: str) -> list[Finding]:
    """Idle connections, held by a server that was started with the usual soft limit."""
    raise_limit(WARM_UP + IDLE)
    with contextlib.ExitStack() as stack:
        tree = stack.enter_context(served(mode, "-s", "1", before=shell("ulimit -S -n 1024")))
        open_many(tree.port, range(WARM_UP), stack)
        before = at_rest(tree)
        clients = open_many(tree.port, range(WARM_UP, WARM_UP + IDLE), stack)
        growth = at_rest(tree) - before
        return [
            exactly("a normal client is served", serves(tree.port), True),
            exactly("connections held", sum(map(alive, clients)), IDLE),
            at_most("KiB each", growth / 1024 / IDLE, KIB_EACH),
        ]


# ---------------------------------------------------------------- crowd


def crowd(mode: str) -> list[Finding]:
    """Clients that all connect in one moment, each with one request."""
    raise_limit(CROWD)
    with served(mode, "-s", "1") as tree:
        began = monotonic()
        outcomes = Crowd(tree.port, CROWD).run()
        seconds = monotonic() - began
        answered = outcomes.pop("answered", 0)
        return [
            exactly("answered", answered, CROWD),
            exactly("failures", dict(outcomes), {}),
            told("seconds for all", f"{seconds:.2f}"),
        ]


class Crowd:
    """Connections that are opened without waiting for one another."""

    def __init__(self, port: int, count: int) -> None:
        self._address = ("127.0.0.1", port)
        self._count = count
        self._outcomes: collections.Counter[str] = collections.Counter()
        self._selector = selectors.DefaultSelector()

    def run(self) -> collections.Counter[str]:
        """Connect, ask, and return how often what came of it."""
        for _ in range(self._count):
            client = socket.socket()
            client.setblocking(False)
            code = client.connect_ex(self._address)
            if code not in (0, errno.EINPROGRESS):
                self._end(client, errno.errorcode[code])
                continue
            self._selector.register(client, selectors.EVENT_WRITE, bytearray())
        end = monotonic() + PATIENCE
        while self._selector.get_map() and monotonic() < end:
            for key, events in self._selector.select(1.0):
                assert isinstance(key.fileobj, socket.socket)
                self._go_on(key.fileobj, events, key.data)
        for key in list(self._selector.get_map().values()):
            assert isinstance(key.fileobj, socket.socket)
            self._end(key.fileobj, "no answer in time")
        self._selector.close()
        return self._outcomes

    def _go_on(self, client: socket.socket, events: int, answer: bytearray) -> None:
        try:
            if events & selectors.EVENT_WRITE:
                client.send(CLOSING)
                self._selector.modify(client, selectors.EVENT_READ, answer)
                return
            piece = client.recv(4096)
        except OSError as error:
            self._end(client, errno.errorcode.get(error.errno or 0, repr(error)))
            return
        answer += piece
        if not piece:
            whole = answer.startswith(b"HTTP/1.1 200") and answer.endswith(HELLO)
            self._end(client, "answered" if whole else "cut")

    def _end(self, client: socket.socket, outcome: str) -> None:
        with contextlib.suppress(KeyError):
            self._selector.unregister(client)
        client.close()
        self._outcomes[outcome] += 1
