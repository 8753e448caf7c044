"""A server as a tree of processes: started, observed and stopped as one.

Rules:
1. A tree is stopped by the ids of the processes that were its members, never by name.
2. Its output goes to a file, so that a server that talks is never blocked by us.
3. Nothing is assumed after a pause: each wait is for a condition, with a limit.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
from environment import APPS
from peers import Peer

START_LIMIT = 30.0
STOP_LIMIT = 5.0
ADDRESS = re.compile(r"serving .*? on http://[^ ]+:(\d+)")
ACCESS = '"GET / HTTP/1.'
LAST_WORDS = 8
"""Lines."""


class PeerError(Exception):
    """The server did not start, or does not answer as the benchmark needs it."""


@dataclass(frozen=True)
class Memory:
    """Bytes: `rss` counts shared pages once for each process, `pss` once in all, `uss` never."""

    rss: int
    pss: int
    uss: int


class Tree:
    """A running server: its processes, its port, its output."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path, port: int) -> None:
        self.process = process
        self.log = log
        self.port = port
        self.root = psutil.Process(process.pid)

    def members(self) -> list[psutil.Process]:
        """Return the processes that live now, those whose parent is gone included."""
        try:
            found = {self.root, *self.root.children(recursive=True)}
        except psutil.NoSuchProcess:
            return []
        for pid in psutil.pids():
            with contextlib.suppress(OSError, psutil.NoSuchProcess):
                if os.getsid(pid) == self.process.pid:
                    found.add(psutil.Process(pid))
        return sorted(found, key=lambda member: member.pid)

    def cpu_seconds(self) -> float:
        """Return user and system time so far, of the living and of those they have reaped."""
        total = 0.0
        for member in self.members():
            with contextlib.suppress(psutil.NoSuchProcess):
                times = member.cpu_times()
                total += times.user + times.system
                total += times.children_user + times.children_system
        return total

    def memory(self, title: str = "") -> Memory:
        """Return the memory of all members, or of those whose command begins with `title`."""
        rss = pss = uss = 0
        for member in self.titled(title):
            with contextlib.suppress(psutil.Error):
                full = member.memory_full_info()
                rss += full.rss
                pss += getattr(full, "pss", full.rss)
                uss += full.uss
        return Memory(rss, pss, uss)

    def titled(self, title: str) -> list[psutil.Process]:
        """Return the members whose command begins with `title`."""
        found = []
        for member in self.members():
            with contextlib.suppress(psutil.Error):
                if " ".join(member.cmdline()).startswith(title):
                    found.append(member)
        return found

    def output(self) -> str:
        """Return what the server has printed."""
        return self.log.read_text(errors="replace")

    def last_words(self) -> str:
        """Return the end of what the server has printed, without its access log."""
        lines = [line for line in self.output().strip().splitlines() if ACCESS not in line]
        return "\n".join(lines[-LAST_WORDS:])

    def stop(self) -> None:
        """End every member: politely at first, then for certain."""
        members = self.members()
        with contextlib.suppress(psutil.NoSuchProcess):
            self.root.terminate()
        # The root is not reaped before the end: as long as it is a zombie its id, which is
        # also that of the process group, can belong to nobody else.
        wait_until(self.ended, STOP_LIMIT)
        for member in {*members, *self.members()}:
            # psutil knows a process by its id and start time, so a recycled id is safe.
            with contextlib.suppress(psutil.NoSuchProcess):
                member.kill()
        # What a reloader started between the two looks is still in the group.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def ended(self) -> bool:
        """Return whether the first process has exited, without reaping it."""
        try:
            return bool(self.root.status() == psutil.STATUS_ZOMBIE)
        except psutil.NoSuchProcess:
            return True


def free_port() -> int:
    """Return a port that nobody holds, below the range from which clients get theirs."""
    for port in random.sample(range(20000, 32768), 200):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                probe.bind(("127.0.0.1", port))
                return port
    raise PeerError("no free port found between 20000 and 32767")


def wait_until(condition: Callable[[], bool], limit: float, interval: float = 0.02) -> bool:
    """Return whether `condition` came true within `limit` seconds."""
    end = time.monotonic() + limit
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(interval)
    return True


def cores() -> tuple[set[int], set[int]]:
    """Return the processors for the server and for the load; both empty where pinning fails."""
    available = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
    return ({available[0]}, {available[1]}) if len(available) > 1 else (set(), set())


def unwind_on_termination() -> None:
    """Let SIGTERM end this program as an interrupt does, so that no server outlives it."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)


@contextlib.contextmanager
def pinned(processors: set[int]) -> Iterator[None]:
    """Start children on these processors: they inherit what holds when they are started."""
    if not processors:
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, processors)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


@contextlib.contextmanager
def running(
    peer: Peer, folder: Path, *, processors: set[int] | None = None, idle: bool = False
) -> Iterator[Tree]:
    """Start `peer` in `folder` and yield it once it answers `/` with 200; stop it at the end."""
    with contextlib.ExitStack() as stack:
        log = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "output"
        port = free_port()
        environ = {**os.environ, "PYTHONPATH": str(APPS), "PYTHONUNBUFFERED": "1"}
        environ.pop("PYTHONDONTWRITEBYTECODE", None)  # as on a developer's machine
        output = stack.enter_context(log.open("wb"))
        with pinned(processors or set()):
            process = subprocess.Popen(
                peer.arguments(sys.executable, str(APPS), port, idle),
                cwd=folder,
                env=environ,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        tree = Tree(process, log, port)
        stack.callback(tree.stop)
        _wait_for_answer(peer, tree)
        yield tree


def _wait_for_answer(peer: Peer, tree: Tree) -> None:
    def ready() -> bool:
        if tree.ended():
            return True
        if peer.picks_port:
            found = ADDRESS.search(tree.output())
            if not found:
                return False
            tree.port = int(found[1])
        return answers(tree.port)

    if not wait_until(ready, START_LIMIT) or tree.ended():
        raise PeerError(f"{peer.name} did not start; its last words:\n{tree.last_words()}")


def answers(port: int) -> bool:
    """Return whether `/` is answered with 200."""
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        client.request("GET", "/", headers={"Connection": "close"})
        return client.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        client.close()
