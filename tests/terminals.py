"""A server in the foreground of a terminal of its own, and whoever types there."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import subprocess
import termios
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

from serving import _ADDRESS, COMMAND, PATIENCE

CTRL_C = "\x03"


class Terminal:
    """A terminal: what was typed is echoed, and all that was shown is kept."""

    def __init__(self, arguments: Sequence[str], folder: Path) -> None:
        self._ours, theirs = pty.openpty()
        self.process = subprocess.Popen(
            [str(COMMAND), "--host", "127.0.0.1", "--port", "0", *arguments],
            cwd=folder,
            env=os.environ | {"TERM": "dumb"},
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
            # It leads the session; this makes the terminal that of its process group.
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )
        self._theirs = theirs
        self.shown = ""
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._collect, daemon=True)
        self._thread.start()

    def wait_for(self, pattern: str, start: int = 0) -> re.Match[str]:
        """Return the first match after that many characters."""
        found: list[re.Match[str]] = []

        def matches() -> bool:
            match = re.search(pattern, self.shown[start:])
            found[:] = [match] if match else []
            return bool(match)

        with self._changed:
            self._changed.wait_for(matches, PATIENCE)
        assert found, f"{pattern!r} was never shown"
        return found[0]

    def type(self, text: str, until: str = "") -> None:
        """Type a line; wait for what it shows."""
        start = len(self.shown)
        os.write(self._ours, text.encode())
        if until:
            self.wait_for(until, start)

    @property
    def address(self) -> tuple[str, int]:
        """Where the server answers."""
        match = self.wait_for(_ADDRESS.pattern)
        return match[1], int(match[2])

    @property
    def echoes(self) -> bool:
        """Whether what is typed is shown."""
        return bool(termios.tcgetattr(self._theirs)[3] & termios.ECHO)

    def _collect(self) -> None:
        # The last one who has the terminal open closes it: then reading fails.
        with contextlib.suppress(OSError):
            self._read()

    def _read(self) -> None:
        while data := os.read(self._ours, 65536):
            with self._changed:
                self.shown += data.decode(errors="replace").replace("\r", "")
                self._changed.notify_all()

    def close(self) -> None:
        """End the server, and show what was shown."""
        if self.process.poll() is None:
            self.process.terminate()
        try:
            self.process.wait(PATIENCE)
        finally:
            self.process.kill()
            os.close(self._theirs)
            self._thread.join(PATIENCE)
            os.close(self._ours)
            print("--- the terminal", self.shown, sep="\n")


@contextlib.contextmanager
def terminal(folder: Path, *arguments: str) -> Iterator[Terminal]:
    """Open a terminal in which a server runs; both end with the block."""
    opened = Terminal(arguments, folder)
    try:
        yield opened
    finally:
        opened.close()
