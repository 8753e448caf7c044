"""The file of --backdoor-log: what was typed at the backdoor, by whom, and where it ran.

A line a statement, one write each, so that workers share the file.  It is opened for
each: there are few, and a file that was renamed is never written to.
"""

from __future__ import annotations

import json
import os
import time

# By name: with greenlets os.write becomes one that may switch.
from os import write

from spawning import log


class StatementLog:
    """Writes to the file, if there is one."""

    def __init__(self, path: str) -> None:
        self._path = os.path.abspath(path) if path else ""
        self._has_complained = False

    def record(self, where: str, user: str, pid: int, statement: str) -> None:
        """Write a statement; one that cannot be written is no error, and is said once."""
        if not self._path:
            return
        moment = time.strftime("%Y-%m-%dT%H:%M:%S%z")
        told = json.dumps(statement.rstrip("\n"), ensure_ascii=False)
        line = f"{moment} user={user} pid={pid or '-'} {where} {told}\n"
        try:
            flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOCTTY
            descriptor = os.open(self._path, flags, 0o600)
            try:
                write(descriptor, line.encode(errors="backslashreplace"))
            finally:
                os.close(descriptor)
        except OSError as error:
            if not self._has_complained:
                self._has_complained = True
                log.say(f"--backdoor-log: {self._path} cannot be written: {error.strerror}")
