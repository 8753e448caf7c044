"""The server that a scenario of robustness.py maltreats, and looks at it from outside."""

from __future__ import annotations

import contextlib
import http.client
import re
import socket
from collections.abc import Iterator
from pathlib import Path

import psutil
from environment import APPS
from peers import Peer
from processes import Tree, running

PATIENCE = 30.0
REQUEST = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
HELLO = b"hello, world\n"
GREETING = HELLO.decode().strip()
ANNOUNCED = re.compile(r"^spawn: serving ")
HIGH_WATER = re.compile(r"VmHWM:\s+(\d+) kB")


def shell(script: str) -> tuple[str, ...]:
    """Return the words before a command that have `script` run in a shell before it."""
    return ("sh", "-c", f'{script} && exec "$@"', "sh")


@contextlib.contextmanager
def served(
    mode: str, *options: str, before: tuple[str, ...] = (), access_log: str = "/dev/null"
) -> Iterator[Tree]:
    """Serve `robust_app` with `--threads MODE` until the block ends."""
    command = (*before, "{python}", "-m", "spawning", "-i", "127.0.0.1", "-p", "{port}")
    options = ("-t", mode, "-l", access_log, *options)
    with running(Peer(f"spawning -t {mode}", (*command, *options, "robust_app.app")), APPS) as tree:
        yield tree


def workers(tree: Tree) -> list[psutil.Process]:
    """Return the worker processes that live now."""
    try:
        return [child for child in tree.root.children() if "worker" in title_of(child)]
    except psutil.NoSuchProcess:
        return []


def title_of(process: psutil.Process) -> str:
    """Return the title that a process shows, empty where it is gone."""
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""


def connect(port: int) -> socket.socket:
    """Return a connection that gives up in time."""
    return socket.create_connection(("127.0.0.1", port), PATIENCE)


def ask(port: int, target: str = "/", method: str = "GET", body: bytes | None = None) -> str:
    """Make one request; return the text of the answer, or what went wrong."""
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        client.request(method, target, body, {"Connection": "close"})
        answer = client.getresponse()
        text = answer.read().decode().strip()
        return text if answer.status == 200 else f"status {answer.status}"
    except (OSError, http.client.HTTPException) as error:
        return repr(error)
    finally:
        client.close()


def serves(port: int) -> bool:
    """Return whether a normal client is answered."""
    return ask(port) == GREETING


def remarks(tree: Tree) -> list[str]:
    """Return what the server has said, but for where it serves."""
    return [line for line in tree.output().splitlines() if not ANNOUNCED.match(line)]


def descriptors(tree: Tree) -> int:
    """Return how many descriptors controller and workers hold."""
    return sum(process.num_fds() for process in (tree.root, *workers(tree)))


class HighWater:
    """How far the memory of a process has grown, at its highest, since this was made."""

    def __init__(self, process: psutil.Process) -> None:
        self._folder = Path("/proc") / str(process.pid)
        (self._folder / "clear_refs").write_text("5")  # proc(5): resets the mark
        self._before = process.memory_info().rss

    def growth(self) -> float:
        """Return MiB."""
        mark = HIGH_WATER.search((self._folder / "status").read_text())
        assert mark is not None
        return (int(mark[1]) * 1024 - self._before) / 2**20
