"""What is on the disk, told apart by content.

Rules:
1. A change is a difference of content: `touch`, `chmod`, or a save of the same
   bytes is none.
2. The print that is kept is the one last acted upon, so that undoing a broken
   save counts as a change although the serving workers have those bytes loaded.
3. The content of a folder, whose path ends with a slash, is the names in it that a
   person may have put there; without a slash only its being there matters, for it
   may be a namespace package.  A file larger than LARGE is told by its status.
4. A sweep looks at every known file by its status and reads only those that
   differ: inotify's queue drops events silently when it overflows.

This is the only module that reads files.
"""

from __future__ import annotations

import enum
import hashlib
import os
import stat
from collections.abc import Container, Iterable
from dataclasses import dataclass, field

from spawning_devtools.reload.graph.places import counts_in_listing

LARGE = 32 * 1024 * 1024

Status = tuple[int, int, int, int]
"""Modification time in nanoseconds, size, inode, and the time of the last change of these.

The last one cannot be set: it gives `cp -p` and `rsync -t` of an equal size away.
"""
_FOLDER = (0, 0, 0, 0)


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
        return (found.st_mtime_ns, 0, found.st_ino, 0) if path.endswith(os.sep) else _FOLDER
    if not stat.S_ISREG(found.st_mode):
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino, found.st_ctime_ns


def digest_of(content: bytes) -> bytes:
    """Return the fingerprint of `content`."""
    return hashlib.blake2b(content, digest_size=16).digest()


def read(path: str, own: Container[str] = ()) -> tuple[Print, bytes] | None:
    """Return the print and the content of a file, or None where it cannot be read.

    `own` are files that do not count in the listing of their folder.
    """
    # The status comes first: a write after it makes the next sweep read again.
    status = status_of(path)
    if status is None:
        return None
    try:
        content = _content(path, status, own)
    except OSError:
        return None
    return Print(status, digest_of(content)), content


def _content(path: str, status: Status, own: Container[str]) -> bytes:
    if path.endswith(os.sep):
        names = sorted(filter(counts_in_listing, os.listdir(path)))
        return os.fsencode("\0".join(name for name in names if path + name not in own))
    if status == _FOLDER:
        return b""
    if status[1] > LARGE:
        return repr(status[:3]).encode()
    with open(path, "rb") as file:
        return file.read()


def paths_of(changes: Iterable[Change]) -> tuple[str, ...]:
    """Return the files that have changed."""
    return tuple(change.path for change in changes)


@dataclass(slots=True)
class Fingerprints:
    """The files that are known, each with its print, or None where it is absent."""

    own: Container[str] = ()
    """Files that the application writes itself."""
    _known: dict[str, Print | None] = field(default_factory=dict)
    _replaced: dict[str, Print | None] = field(default_factory=dict)
    """What was known, before the last look for changes, of those that it has found."""

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

        A file of which nothing was known differs, unless there is none.
        """
        changes = []
        self._replaced.clear()
        for path in paths:
            unknown = path not in self._known
            before = self._known.get(path)
            found = read(path, self.own)
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
            if changes and changes[-1].path == path:
                self._replaced[path] = UNKNOWN if unknown else before
        return changes

    def take_back(self) -> None:
        """Know what was known before the last look: nothing was done about its changes."""
        self._known.update(self._replaced)
        self._replaced.clear()

    def sweep(self) -> list[str]:
        """Return the known files whose status is not what it was."""
        return [
            path
            for path, known in self._known.items()
            if status_of(path) != (known.status if known else None)
        ]
