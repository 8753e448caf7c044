"""Real servers for tests: started on port 0, read line by line, shown when a test fails."""

from __future__ import annotations

import contextlib
import os
import random
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO

import psutil

PATIENCE = 60.0
"""Seconds after which waiting for something that must happen is given up."""

APPS = Path(__file__).parent / "apps"
StartServer = Callable[..., "Server"]

COMMAND = Path(sys.executable).parent / "spawn"

_ADDRESS = re.compile(r"serving .* on (?:http://([^:/ ]+):(\d+)|unix:(\S+)) ")
"""The blank after it: of what a terminal has shown so far, a port may be a part."""


class Output:
    """Lines that a process writes, collected by a thread; `wait_for` blocks on a condition."""

    def __init__(self, stream: IO[str]) -> None:
        self.lines: list[str] = []
        self._ended = False
        self._changed = threading.Condition()
        self._hooks: list[Callable[[str], None]] = []
        self._thread = threading.Thread(target=self._collect, args=(stream,), daemon=True)
        self._thread.start()

    def on_line(self, hook: Callable[[str], None]) -> None:
        """Call `hook` with each further line, in the collecting thread, before any waiter."""
        self._hooks.append(hook)

    def wait_for(self, pattern: str, start: int = 0) -> str:
        """Return the first line from number `start` on that matches."""
        found: list[str] = []

        def matches() -> bool:
            found[:] = [line for line in self.lines[start:] if re.search(pattern, line)]
            return bool(found) or self._ended

        with self._changed:
            self._changed.wait_for(matches, PATIENCE)
        assert found, f"no line matches {pattern!r} in:\n" + "\n".join(self.lines)
        return found[0]

    def wait_until_ended(self) -> None:
        """Return when the stream has ended."""
        self._thread.join(PATIENCE)

    def _collect(self, stream: IO[str]) -> None:
        with stream:
            for line in stream:
                for hook in self._hooks:
                    hook(line.rstrip("\n"))
                with self._changed:
                    self.lines.append(line.rstrip("\n"))
                    self._changed.notify_all()
        with self._changed:
            self._ended = True
            self._changed.notify_all()


class Server:
    """A `spawn` process, or another one that runs our controller."""

    def __init__(
        self,
        arguments: Sequence[str],
        folder: Path,
        env: dict[str, str],
        command: Sequence[str] = (str(COMMAND),),
    ) -> None:
        self.process = subprocess.Popen(
            [*command, *arguments],
            cwd=folder,
            env=os.environ | {"PYTHONUNBUFFERED": "1"} | env,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
        )
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        self.log = Output(self.process.stderr)
        self.access = Output(self.process.stdout)

    @property
    def pid(self) -> int:
        """Of the controller."""
        return self.process.pid

    def wait_until_serving(self) -> Server:
        """Return once the application answers."""
        self.log.wait_for(_ADDRESS.pattern)
        return self

    @property
    def address(self) -> tuple[str, int]:
        """Host and port, of a server that has said where it is."""
        match = _ADDRESS.search(self.log.wait_for(_ADDRESS.pattern))
        assert match
        return match[1], int(match[2])

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the controller."""
        self.process.send_signal(number)

    def workers(self) -> list[psutil.Process]:
        """Return the worker processes, the companion excepted."""
        children = psutil.Process(self.pid).children()
        return [child for child in children if _is_worker(child)]

    def watcher(self) -> psutil.Process:
        """Return the process that watches the source code."""
        children = psutil.Process(self.pid).children()
        (found,) = [child for child in children if _is_watcher(child)]
        return found

    def wait_for_workers(self, count: int, title: str = "(serving)") -> None:
        """Return once there are exactly `count` workers, and each has `title` in its title."""
        wait_until(
            lambda: (
                sum(title in title_of(worker) for worker in self.workers())
                == len(self.workers())
                == count
            ),
            f"{count} workers are {title}",
        )

    def wait(self) -> int:
        """Wait for the controller's end; return its exit code."""
        code = self.process.wait(PATIENCE)
        self.log.wait_until_ended()
        self.access.wait_until_ended()
        return code

    def stop(self) -> int:
        """Stop gracefully; return the exit code."""
        if self.process.poll() is None:
            self.signal(signal.SIGTERM)
        return self.wait()

    def _family(self) -> list[psutil.Process]:
        try:
            controller = psutil.Process(self.pid)
            return [controller, *controller.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []  # its children end with it: tests see to that

    def destroy(self) -> None:
        """End everything that may be left, and show what was said."""
        for process in self._family():
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        self.process.wait(PATIENCE)
        self.log.wait_until_ended()
        self.access.wait_until_ended()
        print(f"--- spawn {self.process.args}", *self.log.lines, sep="\n")
        print("--- standard output", *self.access.lines[-40:], sep="\n")


def _is_worker(process: psutil.Process) -> bool:
    # Before it sets its title, the command line is that of its start.
    return "spawn: worker" in title_of(process) or "spawning/worker" in title_of(process)


def _is_watcher(process: psutil.Process) -> bool:
    try:
        return any(word.endswith("/reload/__main__.py") for word in process.cmdline())
    except psutil.NoSuchProcess:
        return False


def title_of(process: psutil.Process) -> str:
    """Return the title that a process shows, empty where it is gone."""
    try:
        return " ".join(process.cmdline()).strip()
    except psutil.Error:
        return ""


def free_port() -> int:
    """Return a port that is free, for programs that take no socket and pick no port themselves.

    It is none of those that the kernel hands out: another test may be given such a one just then.
    Nor is it given a second time, here or in a process beside us, while this one lasts: we stay
    bound to it without listening, which is in nobody's way who binds with SO_REUSEADDR.
    """
    lowest = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    while True:
        port = random.randrange(lowest // 2, lowest)
        keeper = socket.socket()
        try:
            keeper.bind(("", port))  # before the option: whoever has it, we do not
        except OSError:
            keeper.close()
            continue
        keeper.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        keeper.detach()
        return port


def wait_until(condition: Callable[[], bool], what: str) -> None:
    """Return when `condition` holds; for the few things that nothing announces."""
    pause = threading.Event()
    for _ in range(int(PATIENCE / 0.02)):
        if condition():
            return
        pause.wait(0.02)
    raise AssertionError(f"it never happened that {what}")
