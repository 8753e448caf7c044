"""A terminal of somebody's, with a shell in it: what is typed runs, and what it prints is shown."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from pwd import struct_passwd
from typing import Any

PATIENCE = 60.0
"""Seconds for what a server does."""
LONGEST = 600.0
"""Seconds for a command."""
PROMPT = re.compile(r"<<(\d+)>>")
"""What the shell shows when a command has ended: its exit code."""
CONTROL = re.compile(r"\x1b\[[\d;?]*[A-Za-z]|\r")
CTRL_C = "\x03"


class Failed(Exception):
    """What was to be seen was not; the text is a sentence."""


class Terminal:
    """A shell that is typed to; closed, it takes with it what runs there."""

    def __init__(self, folder: Path, env: Mapping[str, str], account: struct_passwd | None) -> None:
        self._ours, theirs = pty.openpty()
        who: dict[str, Any] = {}
        if account is not None:
            os.chown(theirs, account.pw_uid, -1)
            who = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
        self._shell = subprocess.Popen(
            ["bash", "--noprofile", "--norc", "--noediting"],
            stdin=theirs, stdout=theirs, stderr=theirs, cwd=folder, start_new_session=True,
            env={**env, "PS1": "<<$?>>", "TERM": "dumb", "COLUMNS": "200"},
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0), **who,
        )  # fmt: skip
        mode = termios.tcgetattr(theirs)
        mode[3] &= ~termios.ECHO
        termios.tcsetattr(theirs, termios.TCSANOW, mode)
        os.close(theirs)
        self._text = ""
        """What was printed since something was last typed."""
        self._wait(lambda: PROMPT.search(self._text) is not None, PATIENCE)

    def run(self, command: str) -> tuple[int, str]:
        """Type a command and wait for its end; return its exit code, and what it printed."""
        self.begin(command)
        if not self._wait(self._has_ended, LONGEST):
            raise Failed(f"`{command}` did not end within {LONGEST:.0f} s")
        return self.code, self.text

    def begin(self, command: str) -> None:
        """Type a command that runs until it is stopped."""
        print(f"$ {command}", flush=True)
        self._text = ""
        self._type(command + "\n")

    def wait_for(self, pattern: str) -> bool:
        """Return whether the command prints a line like this, soon and before it ends."""
        self._wait(lambda: bool(re.search(pattern, self.text)) or self._has_ended(), PATIENCE)
        return re.search(pattern, self.text) is not None

    def stop(self) -> int:
        """Press Ctrl-C; return the exit code of the command that runs here."""
        self._type(CTRL_C)
        return self.end()

    def end(self) -> int:
        """Wait for the end of the command that runs here; return its exit code."""
        if not self._wait(self._has_ended, PATIENCE):
            raise Failed("what was stopped did not end")
        return self.code

    def forget(self) -> None:
        """Look from now on only at what is printed later."""
        self._text = ""

    @property
    def folder(self) -> Path:
        """Return the folder that the shell has come to."""
        return Path(os.readlink(f"/proc/{self._shell.pid}/cwd"))

    @property
    def text(self) -> str:
        """Return what the command has printed."""
        return PROMPT.sub("", CONTROL.sub("", self._text))

    @property
    def code(self) -> int:
        """Return the exit code of the command that has ended."""
        ended = PROMPT.search(self._text)
        assert ended is not None
        return int(ended[1])

    def close(self) -> None:
        """Close the window."""
        os.close(self._ours)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._shell.pid, signal.SIGHUP)
        self._shell.wait()

    def _has_ended(self) -> bool:
        return PROMPT.search(self._text) is not None

    def _type(self, text: str) -> None:
        os.write(self._ours, text.encode())

    def _wait(self, happened: Callable[[], bool], seconds: float) -> bool:
        """Show what is printed until something has happened, so long at most."""
        until = time.monotonic() + seconds
        while not happened():
            if not select.select([self._ours], [], [], max(0.0, until - time.monotonic()))[0]:
                return False
            try:
                said = os.read(self._ours, 65536).decode(errors="replace")
            except OSError:
                return happened()  # the shell is gone
            self._text += said
            sys.stdout.write(PROMPT.sub("", said.replace("\r", "")))
            sys.stdout.flush()
        return True
