"""The processes that wait: who is alive, and when those that are given up end."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest

from spawning.controller.spawn import Spawned
from spawning.controller.switchboard import Switchboard
from spawning.messages import Born, Channel, Message
from spawning_devtools.snapshots.adopted import Adopted
from spawning_devtools.snapshots.processes import Heard, Processes

pytestmark = pytest.mark.slow


@pytest.fixture
def processes() -> Iterator[Processes]:
    switchboard = Switchboard()
    heard: list[Message] = []

    def born(word: Born) -> None:
        heard.append(word)

    made = Processes(switchboard, Heard(lambda _pid, message: heard.append(message), born))
    yield made
    made.end()
    switchboard.close()


@pytest.fixture
def pid(processes: Processes) -> int:
    """A process that waits until it is killed, and is attended to."""
    ours, theirs = socket.socketpair()
    with theirs:
        waits = subprocess.Popen(
            [sys.executable, "-c", "import signal; signal.pause()"], pass_fds=[theirs.fileno()]
        )
    waits.returncode = 0  # reaped by Processes, not by its own finalizer
    processes.add(waits.pid, Spawned(Adopted(waits.pid), Channel(ours)))
    return waits.pid


def wait_until_dead(pid: int) -> None:
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)  # and leave it to be reaped


def test_one_that_was_killed_is_known_to_be_dead_before_anybody_reaps(
    processes: Processes, pid: int
) -> None:
    assert processes.is_alive(pid)
    os.kill(pid, signal.SIGKILL)
    wait_until_dead(pid)
    assert not processes.is_alive(pid)
    assert list(processes.reap()) == [pid]


def test_what_is_condemned_lives_until_there_is_time(processes: Processes, pid: int) -> None:
    processes.condemn(pid)
    assert pid not in processes
    assert os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT | os.WNOHANG) is None
    processes.kill_condemned()
    wait_until_dead(pid)
    assert list(processes.reap()) == []
    with pytest.raises(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)
