"""Memory that idle keep-alive connections cost: many are opened, each makes one request."""

from __future__ import annotations

import contextlib
import math
import resource
import socket
import sys
import time
from dataclasses import dataclass

from environment import APPS
from peers import Peer
from processes import PeerError, Tree, cores, pinned, running, wait_until

REQUEST = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: idle\r\n\r\n"
END = b"hello, world\n"
PER_ADDRESS = 20000
"""Connections from one client address, below the number of ports that it has."""
IP_BIND_ADDRESS_NO_PORT = 24
"""From linux/in.h; without it `bind` would want a port that no earlier run has left waiting."""
WARM_UP = 1000
"""Connections held before the first look: they fill what the start-up has left unused."""
SPARE = 2000
TIMEOUT = 5.0
PATIENCE = 30.0
"""Seconds for all connections: a server that looks at each whenever one asks becomes slow."""
LOOK = 0.3
STEADY = 64 * 1024
"""Bytes by which two looks at the memory may differ where it has come to rest."""


@dataclass(frozen=True)
class Idle:
    """What was asked and what was held; `growth` is of the resident set, in bytes."""

    peer: str
    asked: int
    held: int
    growth: int
    trouble: str

    @property
    def kib_each(self) -> float:
        return self.growth / 1024 / self.held if self.held else 0.0


def raise_limit(connections: int) -> None:
    """Let this process and its children have so many descriptors, as far as the system does."""
    wanted = connections + SPARE
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft >= wanted:
        return
    with contextlib.suppress(ValueError, OSError):
        # Only root may lift the hard limit.
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, max(hard, wanted)))
        return
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(wanted, hard), hard))


def connect(port: int, number: int) -> socket.socket:
    """Return connection `number`, after one request and its whole answer; raises OSError."""
    client = socket.socket()
    try:
        client.settimeout(TIMEOUT)
        client.setsockopt(socket.IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1)
        client.bind((f"127.0.0.{2 + number // PER_ADDRESS}", 0))
        client.connect(("127.0.0.1", port))
        client.sendall(REQUEST)
        answer = b""
        while not answer.endswith(END):
            piece = client.recv(4096)
            if not piece:
                raise ConnectionResetError("closed in place of an answer")
            answer += piece
    except BaseException:
        client.close()
        raise
    return client


def alive(client: socket.socket) -> bool:
    """Return whether the server has left the connection open."""
    # With a time limit Python would wait for data, whatever the flags say.
    client.setblocking(False)
    try:
        return client.recv(1, socket.MSG_PEEK) != b""
    except BlockingIOError:
        return True
    except OSError:
        return False


def at_rest(tree: Tree) -> int:
    """Return the resident set of the tree once it has stopped to change."""

    def steady() -> bool:
        before = tree.memory().rss
        time.sleep(LOOK)
        return abs(tree.memory().rss - before) < STEADY

    wait_until(steady, limit=5.0, interval=0)
    return tree.memory().rss


def open_many(
    port: int, numbers: range, stack: contextlib.ExitStack, patience: float = math.inf
) -> list[socket.socket]:
    """Open these connections, to be closed by `stack`, or as many as the patience lasts for.

    Raises PeerError at the first that is refused.
    """
    clients = []
    end = time.monotonic() + patience
    for number in numbers:
        if time.monotonic() > end:
            break
        try:
            clients.append(stack.enter_context(connect(port, number)))
        except OSError as error:
            raise PeerError(f"connection {number + 1}: {error}") from error
    return clients


def measure_idle(peer: Peer, count: int) -> Idle:
    """Start `peer`, open `count` connections and weigh them; raises PeerError."""
    if not peer.keeps_idle:
        return Idle(peer.name, count, 0, 0, "takes a thread for each")
    print(f"{count} idle connections: {peer.name}", file=sys.stderr)
    raise_limit(count)
    for_server, for_load = cores()
    with (
        running(peer, APPS, processors=for_server, idle=True) as tree,
        contextlib.ExitStack() as stack,
        pinned(for_load),
    ):
        try:
            open_many(tree.port, range(WARM_UP), stack)
            before = at_rest(tree)
            numbers = range(WARM_UP, WARM_UP + count)
            clients = open_many(tree.port, numbers, stack, PATIENCE)
        except PeerError as error:
            return Idle(peer.name, count, 0, 0, str(error))
        growth = at_rest(tree) - before
        late = f"no more in {PATIENCE:.0f} s" if len(clients) < count else ""
        return Idle(peer.name, count, sum(map(alive, clients)), growth, late)
