"""A terminal in which programs run and are typed to, while all that it shows is recorded.

tmux divides it into panes, as a person would; it runs in a terminal of ours.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import tempfile
import termios
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from cast import Cast
from emulation import Emulation

KEYSTROKE = 0.045
PATIENCE = 30.0
SERVER = 0
"""The pane in which an act starts its server."""
SHELL = "env PS1='$ ' HISTFILE= bash --norc --noprofile"
CONFIGURATION = f"""\
set -g status off
set -g default-terminal xterm-256color
# What pyte does not know.
set -as terminal-overrides ",*:indn@:rin@:rep@"
set -g escape-time 0
set -g pane-border-style fg=brightblack
set -g pane-active-border-style fg=brightblack
set -g default-command "{SHELL}"
"""


class Missed(Exception):
    """What should have been shown was not."""


class Stage:
    """The terminal; a program that has it for its own is `tmux`."""

    def __init__(
        self, terminal: int, size: tuple[int, int], socket: Path, env: Mapping[str, str]
    ) -> None:
        self._terminal = terminal
        self._env = env
        self._size = size
        self._socket = socket
        self._screen = Emulation(*size)
        self._began = time.monotonic()
        self.events: list[tuple[float, bytes]] = []

    def pane(self, number: int) -> None:
        """Go to a pane."""
        self.tmux("select-pane", "-t", str(number))
        self.pause(0.3)

    def split(self, lines: int) -> None:
        """Divide the terminal; the lower part, which is gone to, gets so many lines."""
        self.tmux("split-window", "-v", "-l", str(lines), "-c", "#{pane_current_path}")
        self.pause(0.5)

    def type(self, text: str, then: str = "\r") -> None:
        """Type as a person does."""
        for character in [*text, then]:
            self.pause(0.25 if character == then else KEYSTROKE)
            os.write(self._terminal, character.encode())

    def wait_for(self, pattern: str) -> None:
        """Return when the pattern is shown; raises Missed."""
        end = time.monotonic() + PATIENCE
        while not re.search(pattern, self._screen.text, re.MULTILINE):
            if time.monotonic() > end:
                raise Missed(f"{pattern!r} was not shown:\n{self._screen.text}")
            self._take(0.05)

    def pause(self, seconds: float) -> None:
        """Let the terminal go on for so long."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self._take(left)

    def forget(self) -> None:
        """Begin the recording here, with what is shown now."""
        self.events.clear()
        self._began = time.monotonic()
        self.tmux("refresh-client")
        self.pause(0.3)

    def cast(self, title: str) -> Cast:
        """Return what was recorded."""
        return Cast(title, self._size, list(self.events))

    def interrupt(self, pane: int) -> None:
        """End what runs in a pane; raises Missed.  A terminal that goes away ends no server."""
        self.tmux("send-keys", "-t", str(pane), "C-c")
        end = time.monotonic() + PATIENCE
        while self.tmux("display", "-p", "-t", str(pane), "#{pane_current_command}") != "bash":
            if time.monotonic() > end:
                raise Missed(f"what runs in pane {pane} does not end")
            self._take(0.1)

    def tmux(self, *words: str) -> str:
        """Have tmux do something; return what it prints."""
        # A pane that tmux is told to make has the PATH of who tells it.
        command = ["tmux", "-S", str(self._socket), *words]
        ran = subprocess.run(command, env=self._env, check=True, stdout=subprocess.PIPE, text=True)
        return ran.stdout.strip()

    def _take(self, longest: float) -> None:
        if not select.select([self._terminal], [], [], longest)[0]:
            return
        data = os.read(self._terminal, 65536)
        self.events.append((time.monotonic() - self._began, data))
        self._screen.feed(data)


@contextlib.contextmanager
def staged(size: tuple[int, int], folder: Path, env: Mapping[str, str]) -> Iterator[Stage]:
    """Open a stage in a folder; what runs there ends with the block."""
    with tempfile.TemporaryDirectory(prefix="stage") as place:
        socket, configuration = Path(place, "socket"), Path(place, "tmux.conf")
        configuration.write_text(CONFIGURATION)
        ours, theirs = pty.openpty()
        columns, lines = size
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        command = ["tmux", "-S", str(socket), "-f", str(configuration), "new-session"]
        whole = {**os.environ, "TERM": "xterm-256color", **env}
        process = subprocess.Popen(
            command, cwd=folder, env=whole,
            stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
        )  # fmt: skip
        os.close(theirs)
        stage = Stage(ours, size, socket, whole)
        try:
            stage.wait_for(r"^\$")
            yield stage
        finally:
            with contextlib.suppress(subprocess.CalledProcessError):
                stage.interrupt(SERVER)
                stage.tmux("kill-server")
            process.kill()
            process.wait()
            os.close(ours)
