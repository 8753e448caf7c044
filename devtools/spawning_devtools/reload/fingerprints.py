"""What is on the disk, told apart by content.

Rules:
1. A change is a difference of content: `touch`, `chmod`, or a save of the same
   bytes is none.
2. The print that is kept is the one last acted upon, so that undoing a broken
   save counts as a change although the serving workers have those bytes loaded.
3. A sweep looks at every known file by its status and reads only those that
   differ: inotify's queue drops events silently when it overflows.

This is the only module that reads files.
"""

from __future__ import annotations

import enum
import hashlib
import os
import stat
from collections.abc import Iterable
from dataclasses import dataclass, field

Status = tuple[int, int, int, int]
"""Modification time in nanoseconds, size, inode, and the time of the last change of these.

The last one cannot be set: it gives `cp -p` and `rsync -t` of an equal size away.
"""
_FOLDER = (0, 0, 0, 0)
"""Of a folder only its being there matters: it may be a namespace package."""


class Difference(enum.Enum):
    """How a file differs from what was known."""

    CHANGED = "changed"
    DELETED = "deleted"
    APPEARED = "appeared"


@dataclass(frozen=True, slots=True)
class Change:
    """A file whose content is not what it was."""

    path: str
    difference: Difference


@dataclass(frozen=True, slots=True)
class Print:
    """One file at one moment."""

    status: Status
    digest: bytes


UNKNOWN = Print((-1, -1, -1, -1), b"")
"""Of a file that was there and was not read: whatever is found now, it differs."""


def status_of(path: str) -> Status | None:
    """Return the status of a regular file or a folder, or None where there is neither."""
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return None
    if stat.S_ISDIR(found.st_mode):
        return _FOLDER
    if not stat.S_ISREG(found.st_mode):
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino, found.st_ctime_ns


def digest_of(content: bytes) -> bytes:
    """Return the fingerprint of `content`."""
    return hashlib.blake2b(content, digest_size=16).digest()


def read(path: str) -> tuple[Print, bytes] | None:
    """Return the print and the content of a file, or None where it cannot be read."""
    # The status comes first: a write after it makes the next sweep read again.
    status = status_of(path)
    if status is None:
        return None
    if status == _FOLDER:
        return Print(status, b""), b""
    try:
        with open(path, "rb") as file:
            content = file.read()
    except OSError:
        return None
    return Print(status, digest_of(content)), content


@dataclass(slots=True)
class Fingerprints:
    """The files that are known, each with its print, or None where it is absent."""

    _known: dict[str, Print | None] = field(default_factory=dict)

    def __contains__(self, path: str) -> bool:
        return path in self._known

    def digest(self, path: str) -> bytes | None:
        """Return the content's fingerprint, or None for an absent or unknown file."""
        known = self._known.get(path)
        return known.digest if known else None

    def status(self, path: str) -> Status | None:
        """Return the file's status as it was read, or None for an absent or unknown file."""
        known = self._known.get(path)
        return known.status if known else None

    def keep(self, path: str, found: Print | None) -> None:
        """Take `found` as what is known of `path`."""
        self._known[path] = found

    def changes(self, paths: Iterable[str]) -> list[Change]:
        """Return which of `paths` differ in content, and take what they hold as known.

        A file of which nothing was known differs, unless there is none.  A folder
        is no change of its own beside one in it.
        """
        changes = []
        for path in paths:
            unknown = path not in self._known
            before = self._known.get(path)
            found = read(path)
            now = found[0] if found else None
            self.keep(path, now)
            if now is None:
                if before is not None:
                    changes.append(Change(path, Difference.DELETED))
            elif before is None:
                kind = Difference.CHANGED if unknown else Difference.APPEARED
                changes.append(Change(path, kind))
            elif before.digest != now.digest:
                changes.append(Change(path, Difference.CHANGED))
        folders = {os.path.dirname(change.path) for change in changes}
        return [change for change in changes if change.path not in folders]

    def sweep(self) -> list[str]:
        """Return the known files whose status is not what it was."""
        return [
            path
            for path, known in self._known.items()
            if status_of(path) != (known.status if known else None)
        ]
