"""What stands on disk: the states of files, and a folder for what nobody else may read."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator

State = list[int]
PREFIX = "spawning-coverage-"


def digest_of(path: str) -> str:
    """Return the SHA-256 of a file's bytes, in hexadecimal; '' where it cannot be read."""
    try:
        with open(path, "rb") as file:
            return hashlib.sha256(file.read()).hexdigest()
    except OSError:
        return ""


def state_of(path: str) -> State:
    """Return what of a file or folder changes when its contents do; nothing where there is none."""
    try:
        found = os.stat(path)
    except OSError:
        return []
    return [found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino]


def remove(path: str) -> None:
    """Remove a file or a folder, if there is one and as far as one can."""
    if os.path.isdir(path):
        shutil.rmtree(path, ignore_errors=True)
    elif path:
        with contextlib.suppress(OSError):
            os.unlink(path)


class PrivateFolder:
    """A temporary folder that goes with this object; or where its process was killed, later.

    As long as the process lives it holds a lock on the folder, by which the next one knows
    which ones are nobody's any more.
    """

    def __init__(self) -> None:
        """Make it; raises OSError."""
        while True:
            self.path = tempfile.mkdtemp(prefix=PREFIX)
            self._lock = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY)
            fcntl.flock(self._lock, fcntl.LOCK_EX)
            if os.path.isdir(self.path):
                return
            os.close(self._lock)  # another one has taken it for nobody's, just then

    def close(self) -> None:
        """Remove it; harmless where that is done: the number of the lock is another's then."""
        lock, self._lock = self._lock, -1
        if lock >= 0:
            shutil.rmtree(self.path, ignore_errors=True)
            os.close(lock)


def remove_left_behind() -> None:
    """Remove the folders of ours that are nobody's."""
    for path in _folders():
        _remove_unless_held(path)


def _folders() -> Iterator[str]:
    with contextlib.suppress(OSError), os.scandir(tempfile.gettempdir()) as found:
        for entry in found:
            is_ours = entry.name.startswith(PREFIX) and entry.is_dir(follow_symlinks=False)
            if is_ours and entry.stat(follow_symlinks=False).st_uid == os.geteuid():
                yield entry.path


def _remove_unless_held(path: str) -> None:
    with contextlib.suppress(OSError):
        lock = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(path, ignore_errors=True)
        finally:
            os.close(lock)
