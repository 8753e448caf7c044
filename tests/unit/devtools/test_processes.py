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
from spawning.messages import Boot, Born, Channel, Message, encode
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


class Cold:
    """A spawner that starts nothing, and keeps where births are announced."""

    def spawn(self, boot: Boot) -> Spawned:
        self.cradle = socket.socket(fileno=os.dup(boot.cradle))
        raise OSError("nothing is started")


@pytest.fixture
def cradle(processes: Processes) -> Iterator[socket.socket]:
    """Where a process announces itself."""
    cold = Cold()
    with pytest.raises(OSError, match="nothing is started"):
        processes.begin(cold, Boot(0, 0, {}, (), -1, -1, -1, (-1, 0, 0), 0, ()))
    yield cold.cradle
    cold.cradle.close()


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


def test_one_that_died_before_we_heard_of_its_birth_is_known(
    processes: Processes, cradle: socket.socket
) -> None:
    ours, theirs = socket.socketpair()
    child = os.fork()
    if not child:
        word = encode(Born(os.getpid(), os.getppid(), False))
        socket.send_fds(cradle, [word], [theirs.fileno()])
        os._exit(7)
    theirs.close()
    wait_until_dead(child)
    (known,) = processes.all()  # or whoever buries orphans would take it for one
    assert known.pid == child
    assert list(processes.reap()) == [child]
    assert known.poll() == 7
    ours.close()


def test_what_is_condemned_lives_until_there_is_time(processes: Processes, pid: int) -> None:
    processes.condemn(pid)
    assert pid not in processes
    assert os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT | os.WNOHANG) is None
    processes.kill_condemned()
    wait_until_dead(pid)
    assert list(processes.reap()) == []
    with pytest.raises(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)
