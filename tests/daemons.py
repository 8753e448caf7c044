"""Servers in the background: started as users do, found by their pidfile, ended with the test."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path

import psutil

from serving import COMMAND, PATIENCE, wait_until

ADDRESS = re.compile(r"http://([\d.]+):(\d+)")


class Daemons:
    """Starts servers with `--daemonize`; `pidfile` is that of all of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.pidfile = folder / "server.pid"
        self.pids: set[int] = set()

    def run(
        self,
        *arguments: str,
        cwd: Path,
        command: Sequence[str] = (str(COMMAND),),
        env: dict[str, str] | None = None,
    ) -> subprocess.CompletedProcess[str]:
        """Type the command; return when it has returned."""
        words = [*command, "-d", "--pidfile", str(self.pidfile), "-s", "1", *arguments]
        done = subprocess.run(
            words,
            cwd=cwd,
            env=os.environ | (env or {}),
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
        with contextlib.suppress(FileNotFoundError, ValueError):
            self.pids.add(self.pid)
        return done

    def start(self, *arguments: str, cwd: Path) -> tuple[str, int]:
        """Start a server that will serve; return its address."""
        done = self.run("--host", "127.0.0.1", "--port", "0", *arguments, cwd=cwd)
        assert done.returncode == 0, done.stderr
        match = ADDRESS.search(done.stderr)
        assert match is not None, done.stderr
        return match[1], int(match[2])

    @property
    def pid(self) -> int:
        """Of the controller, as the pidfile has it."""
        return int(self.pidfile.read_text())

    @property
    def process(self) -> psutil.Process:
        """The controller."""
        return psutil.Process(self.pid)

    def stop(self) -> None:
        """Stop the server, and wait until it is gone."""
        process = self.process
        process.send_signal(signal.SIGTERM)
        wait_until(lambda: is_gone(process.pid), "the server ended")

    def end(self) -> None:
        """End what is left."""
        for pid in self.pids:
            with contextlib.suppress(psutil.NoSuchProcess):
                process = psutil.Process(pid)
                for one in [process, *process.children(recursive=True)]:
                    one.kill()


def is_gone(pid: int) -> bool:
    """Return whether a process has ended, whoever has still to be told."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
