"""A terminal as its user sees it: a program in tmux, its screen, and keys."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from serving import wait_until

needs_tmux = pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")


class Screen:
    """A program in a terminal of its own."""

    def __init__(self, socket: Path, size: tuple[int, int]) -> None:
        self._socket = socket
        self._size = size

    def start(self, command: Sequence[str], folder: Path, env: Mapping[str, str]) -> None:
        """Start the program; the shell behind it stays, and shows its exit code."""
        columns, lines = self._size
        script = folder / "typed.sh"
        words = " ".join(f"'{word}'" for word in command)
        ending = "echo \"ended with $?\"\nstty -a | grep -o ' -*echo '\ncat\n"
        script.write_text(f"trap : INT QUIT\n{words}\n{ending}")
        self._tmux("-f", "/dev/null", "new-session", "-d", "-x", str(columns), "-y", str(lines),
                   "-c", str(folder), "sh", str(script), env=env)  # fmt: skip

    def keys(self, *names: str) -> None:
        """Press keys by their names: `Tab`, `C-c`, `Enter`."""
        self._tmux("send-keys", *names)

    def type(self, text: str, *then: str) -> None:
        """Type a text, then press keys."""
        self._tmux("send-keys", "-l", text)
        if then:
            self.keys(*then)

    def shown(self, colours: bool = False, history: bool = False) -> str:
        """Return what is on the screen, without blanks at the ends of lines."""
        options = ["-e"] * colours + ["-S", "-"] * history
        return self._tmux("capture-pane", "-p", *options).rstrip("\n")

    def wait_for(self, pattern: str) -> str:
        """Return the screen as soon as the pattern is on it."""
        found = ""

        def matches() -> bool:
            nonlocal found
            found = self.shown()
            return re.search(pattern, found, re.MULTILINE) is not None

        try:
            wait_until(matches, f"{pattern!r} is on the screen")
        except AssertionError:
            raise AssertionError(f"{pattern!r} is not on the screen:\n{found}") from None
        return found

    def _tmux(self, *words: str, env: Mapping[str, str] | None = None) -> str:
        ran = subprocess.run(
            ["tmux", "-S", str(self._socket), *words], capture_output=True, text=True, check=True,
            env=os.environ | {"TERM": "xterm-256color", "LANG": "C.UTF-8"} | dict(env or {}),
        )  # fmt: skip
        return ran.stdout

    def close(self) -> None:
        """End the program and its terminal, and show the last of it."""
        with contextlib.suppress(subprocess.CalledProcessError):
            print("--- the screen", self.shown(), sep="\n")
            self._tmux("kill-server")


@contextlib.contextmanager
def screen(
    command: Sequence[str],
    folder: Path,
    env: Mapping[str, str] | None = None,
    size: tuple[int, int] = (90, 24),
) -> Iterator[Screen]:
    """Run a program in a terminal; both end with the block."""
    # A path in /tmp, because that of a socket may not be long.
    with tempfile.TemporaryDirectory(prefix="tmux") as place:
        opened = Screen(Path(place, "socket"), size)
        try:
            opened.start(command, folder, env or {})
            yield opened
        finally:
            opened.close()
