"""Ctrl-C reaches every process of the terminal, and only the controller takes notice of it."""

from __future__ import annotations

import json
import os
import re
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from clients import get
from serving import COMMAND, Server, StartServer
from spawning.controller.signals import ORDERS
from spawning.controller.spawn import start

pytestmark = pytest.mark.slow

APPLICATION = """
import json, signal, subprocess, sys

LOOK = "import signal; print(*map(int, signal.pthread_sigmask(signal.SIG_BLOCK, ())))"

def app(environ, start):
    start("200 OK", [])
    ours = [int(number) for number in signal.pthread_sigmask(signal.SIG_BLOCK, ())]
    theirs = subprocess.check_output([sys.executable, "-c", LOOK], text=True)
    return [json.dumps([ours, [*map(int, theirs.split())]]).encode()]
"""
HEARS_IT_LATE = """
import signal, sys
signal.signal(signal.SIGINT, lambda *_: sys.exit(7))
signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
signal.pause()
"""
SAVES = 3


@pytest.fixture
def begin(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Start a server in a process group of its own, as a shell does."""
    started: list[Server] = []

    def start(*options: str) -> Server:
        (tmp_path / "mine.py").write_text(APPLICATION)
        words = ["--host", "127.0.0.1", "--port", "0", *options, "mine.app"]
        started.append(Server(words, tmp_path, {}, ("setsid", str(COMMAND))))
        return started[-1].wait_until_serving()

    yield start
    for server in started:
        server.destroy()


def ends_quietly(server: Server) -> None:
    os.killpg(server.pid, signal.SIGINT)
    assert server.wait() == 0
    assert [line for line in server.log.lines if not line.startswith("spawn: ")] == []
    assert [line for line in server.log.lines if re.search(r"died|failed", line)] == []


def test_it_leaves_no_traceback_while_workers_start(begin: Callable[..., Server]) -> None:
    ends_quietly(begin("-s", "8"))  # one of which serves, and the others have just been started


def test_it_leaves_no_traceback_while_snapshots_are_made(
    begin: Callable[..., Server], tmp_path: Path
) -> None:
    server = begin("--reload=dev")
    for number in range(SAVES):
        (tmp_path / "mine.py").write_text(f"{APPLICATION}\n# {number}\n")
        server.log.wait_for(f"generation {number + 2} in")
    ends_quietly(server)


def test_what_is_started_hears_of_it_when_it_can() -> None:
    for _ in range(5):
        started = start(["-c", HEARS_IT_LATE], ())
        started.process.send_signal(signal.SIGINT)
        assert started.process.wait() == 7
        started.channel.close()
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, ())


@pytest.mark.parametrize("options", [[], ["--reload=dev"]], ids=["production", "development"])
def test_applications_and_what_they_start_can_hear_of_it(
    spawn: StartServer, tmp_path: Path, threads: str, options: list[str]
) -> None:
    (tmp_path / "mine.py").write_text(APPLICATION)
    server = spawn(tmp_path, "-t", threads, *options, "mine.app").wait_until_serving()
    ours, theirs = json.loads(get(server.address, "/").text)
    assert not {*ours, *theirs} & {int(number) for number in ORDERS}
