"""What stands for systemd: it passes sockets to a server, and is told how the server fares."""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import socket
import subprocess
from collections.abc import Sequence
from pathlib import Path

from serving import COMMAND, PATIENCE, Output


class Unit:
    """A service that was started with sockets as systemd passes them."""

    def __init__(
        self,
        folder: Path,
        words: Sequence[str],
        passed: Sequence[socket.socket] = (),
        names: str = "",
        pid: str = "$$",
    ) -> None:
        # The descriptors follow 3, whatever they are here; and the process id is known after fork.
        # Copies above those, which are nobody else's: on its way there, none gets in another's way.
        copies = [fcntl.fcntl(sock, fcntl.F_DUPFD, 100) for sock in passed]
        moves = [f"{3 + at}<&{copy} {copy}<&-" for at, copy in enumerate(copies)]
        variables = f"LISTEN_PID={pid} LISTEN_FDS={len(passed)} LISTEN_FDNAMES={names}"
        script = f'exec {" ".join(moves)}; {variables if passed else ""} exec "$@"'
        with contextlib.ExitStack() as stack:
            for copy in copies:
                stack.callback(os.close, copy)
            self.process = subprocess.Popen(
                ["bash", "-c", script, "systemd", str(COMMAND), "-s", "1", *words],
                cwd=folder,
                stderr=subprocess.PIPE,
                text=True,
                pass_fds=copies,
            )
        assert self.process.stderr is not None
        self.log = Output(self.process.stderr)

    def __enter__(self) -> Unit:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait(PATIENCE)
        self.log.wait_until_ended()
        print(*self.log.lines, sep="\n")


class Systemd:
    """The receiving end of NOTIFY_SOCKET."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(name.replace("@", "\0"))
        self.socket.settimeout(PATIENCE)
        self.said: list[dict[str, str]] = []

    def receive(self) -> dict[str, str]:
        """Return the next message."""
        lines = self.socket.recv(4096).decode().splitlines()
        self.said.append(dict(line.split("=", 1) for line in lines))
        return self.said[-1]

    def wait_for(self, key: str) -> dict[str, str]:
        """Return the next message that has `key`."""
        while key not in self.receive():
            pass
        return self.said[-1]

    def wait_for_status(self, pattern: str) -> None:
        """Return when STATUS matches."""
        while not re.search(pattern, self.receive().get("STATUS", "")):
            pass
