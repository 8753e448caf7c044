"""Whether git is changing the files of a project right now."""

from __future__ import annotations

import contextlib
import os
import time
from dataclasses import dataclass

_BETWEEN_COMMITS = 2.0
"""Seconds after which a rebase that does not go on is taken to wait for the user."""


@dataclass(frozen=True, slots=True)
class Git:
    """The repository of a project, or what would be one."""

    folder: str
    """Of the work tree: `.git`, or what the file of that name points to."""

    @staticmethod
    def of(project: str) -> Git:
        """Return the repository that holds `project`."""
        place = project
        while not os.path.lexists(os.path.join(place, ".git")):
            parent = os.path.dirname(place)
            if parent == place:
                return Git(os.path.join(project, ".git"))
            place = parent
        folder = os.path.join(place, ".git")
        with contextlib.suppress(OSError), open(folder, encoding="utf-8", errors="replace") as file:
            # A work tree beside its repository, or a submodule: a file says where it is.
            folder = os.path.join(place, file.read().removeprefix("gitdir:").strip())
        return Git(folder)

    @property
    def is_busy(self) -> bool:
        """Whether git holds its lock, or is between two commits of a rebase."""
        if os.path.exists(os.path.join(self.folder, "index.lock")):
            return True
        return any(self._goes_on(name) for name in ("rebase-merge", "rebase-apply"))

    def _goes_on(self, name: str) -> bool:
        folder = os.path.join(self.folder, name)
        try:
            last = os.stat(folder).st_mtime
        except OSError:
            return False
        # Git stops at a conflict, and for `edit`: then the files are the user's.
        stopped = os.path.exists(os.path.join(folder, "stopped-sha"))
        return not stopped and time.time() - last < _BETWEEN_COMMITS
