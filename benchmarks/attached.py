"""`spawnctl attach` in a terminal of its own, driven key by key."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from pathlib import Path

from processes import PeerError, Tree, wait_until

BACKDOOR = re.compile(r"backdoor on localhost:(\d+)")
PROMPT = rb">>> "
QUIET = 0.15
"""Seconds without output after which the terminal has drawn what it had to draw."""
PATIENCE = 20.0
_SIZE = struct.pack("HHHH", 40, 120, 0, 0)


class Attached:
    """A prompt in a worker."""

    def __init__(self, terminal: int) -> None:
        self._terminal = terminal

    def type(self, text: str) -> None:
        """Press keys."""
        os.write(self._terminal, text.encode())

    def wait_for(self, text: bytes) -> None:
        """Return as soon as `text` is written to the terminal; raises PeerError."""
        seen = b""
        end = time.monotonic() + PATIENCE
        while text not in seen:
            left = end - time.monotonic()
            if left <= 0 or not select.select([self._terminal], [], [], left)[0]:
                raise PeerError(f"{text!r} never came; what came ends with {seen[-200:]!r}")
            seen += self._read()

    def settle(self) -> None:
        """Return when nothing more is written."""
        while select.select([self._terminal], [], [], QUIET)[0]:
            self._read()

    def _read(self) -> bytes:
        data = os.read(self._terminal, 65536)
        if b"\x1b[6n" in data:
            os.write(self._terminal, b"\x1b[1;1R")  # where the cursor is, which the program asks
        return data


@contextlib.contextmanager
def attached(tree: Tree, folder: Path) -> Iterator[Attached]:
    """Attach to a server that runs in `folder`; raises PeerError where that fails."""
    if not wait_until(lambda: BACKDOOR.search(tree.output()) is not None, PATIENCE):
        raise PeerError("the server has no backdoor")
    match = BACKDOOR.search(tree.output())
    assert match
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, _SIZE)
    command = [str(Path(sys.executable).parent / "spawnctl"), "attach", f"localhost:{match[1]}"]
    client = subprocess.Popen(
        command,
        cwd=folder,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**os.environ, "TERM": "xterm-256color", "XDG_STATE_HOME": str(folder)},
        start_new_session=True,
    )
    os.close(theirs)
    try:
        prompt = Attached(ours)
        prompt.wait_for(PROMPT)
        prompt.settle()
        yield prompt
    finally:
        client.kill()
        client.wait()
        os.close(ours)
