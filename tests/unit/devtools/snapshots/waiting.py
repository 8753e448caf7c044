"""Processes that wait as snapshots do, and hold nothing."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess

from spawning.controller.spawn import Spawned
from spawning.controller.switchboard import Switchboard
from spawning.messages import Channel, Message
from spawning_devtools.snapshots.adopted import Adopted
from spawning_devtools.snapshots.processes import Heard, Processes


class Waiter:
    """One of them, with its end of the line."""

    def __init__(self) -> None:
        self.line, theirs = socket.socketpair()
        with theirs:
            waits = subprocess.Popen(["sleep", "3600"], pass_fds=[theirs.fileno()])
            self._channel = Channel(theirs.dup())
        waits.returncode = 0  # reaped by Processes, not by its own finalizer
        self.pid = waits.pid

    def told(self) -> list[Message]:
        """Return what it was told since the last call."""
        return self._channel.receive()

    def say(self, message: Message) -> None:
        """Say something for it."""
        self._channel.send(message)

    def end(self) -> None:
        """Close its end of the line, and end it where nobody has done so."""
        self._channel.close()
        with contextlib.suppress(ProcessLookupError, ChildProcessError):
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)

    def kill(self) -> None:
        """Kill it, and leave it to be reaped."""
        os.kill(self.pid, signal.SIGKILL)
        self.wait_until_dead()

    def wait_until_dead(self) -> None:
        """Wait for its end; leave it to be reaped, which may have been done."""
        with contextlib.suppress(ChildProcessError):
            os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOWAIT)

    def lives(self) -> bool:
        """Return whether it has not ended."""
        return os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOWAIT | os.WNOHANG) is None


class Company:
    """Those that are attended to."""

    def __init__(self) -> None:
        self._switchboard = Switchboard()
        heard = Heard(lambda _pid, _message: None, lambda _born: None)
        self.processes = Processes(self._switchboard, heard)
        self._waiters: list[Waiter] = []

    def waiter(self) -> Waiter:
        """Start a process that waits until it is killed."""
        made = Waiter()
        self._waiters.append(made)
        self.processes.add(made.pid, Spawned(Adopted(made.pid), Channel(made.line)))
        return made

    def end(self) -> None:
        """End them all."""
        self.processes.end()
        self._switchboard.close()
        for one in self._waiters:
            one.end()
