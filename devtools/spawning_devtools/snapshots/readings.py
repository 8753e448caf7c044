"""Files that the application has read while it was imported, such as a configuration.

A cold start would read them as they are then, and no change of them is a reload by
itself.  So each snapshot says what it has read, and is not used once that is another.

What is read by a C library past Python, what is found in a directory and what comes
from elsewhere (a database, the network) is not noticed.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable
from typing import Any

_FORGED = ("/proc/", "/sys/", "/dev/")
"""Their times say nothing."""
Reading = tuple[str, str]
"""Absolute path, and what `stamp_of` said of it."""


class Readings:
    """The files that this process has opened to read."""

    def __init__(self, is_project: Callable[[str], bool]) -> None:
        self._is_project = is_project
        self._new: dict[Reading, None] = {}
        self._is_over = False
        # A hook for audits is the one way to see it that changes nothing which the application
        # could have taken for itself before: `from io import open`.
        sys.addaudithook(self._hear)

    def take(self) -> tuple[Reading, ...]:
        """Return what is new since the last call."""
        new = tuple(self._new)
        self._new.clear()
        return new

    def end(self) -> None:
        """Take no more notice: the hook itself cannot be taken away."""
        self._is_over = True

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event != "open" or self._is_over:
            return
        path, _mode, flags = arguments
        if not isinstance(path, str) or flags & os.O_ACCMODE != os.O_RDONLY:
            return
        path = os.path.abspath(path)
        if path.endswith(".pyc") or path.startswith(_FORGED) or not self._is_project(path):
            return
        if stamp := stamp_of(path):
            self._new[path, stamp] = None


def stamp_of(path: str) -> str:
    """Return what is another once the file is, empty where there is no such file."""
    try:
        found = os.stat(path)
    except OSError:
        return ""
    if not stat.S_ISREG(found.st_mode):
        return ""
    return f"{found.st_ino} {found.st_size} {found.st_mtime_ns}"
