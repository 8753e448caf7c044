"""Standard output and standard error of a server: files, nothing, or what it was given.

Rules:
1. Files are opened for appending, so that several processes can share them, and
   before anything else is done: what cannot be opened is said at once.
2. A file is opened anew only into place: while the new one cannot be opened, the
   old one goes on.
3. Root opens a file on behalf of another user only where that user cannot have
   put a link in its place: appending to /etc/passwd is all that he would need.
4. While a command in a terminal waits for the server, the controller's standard
   error leads to that command.  The processes that it starts outlive this, and
   get the final one from the beginning.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from spawning.errors import UsageError

STDIN, STDOUT, STDERR = 0, 1, 2
OPTIONS = {STDOUT: "--stdout", STDERR: "--stderr"}


class Streams:
    """Where descriptors 1 and 2 lead; '' is where they led before."""

    def __init__(self, stdout: str = "", stderr: str = "") -> None:
        self._paths = {STDOUT: stdout, STDERR: stderr}
        self._final: dict[int, int] = {}

    def open(self, nowhere: bool, wary: bool) -> None:
        """Open the files, /dev/null for those without a name if `nowhere`; raises UsageError.

        `wary`: as root on behalf of another user (rule 3).
        """
        for number, path in self._paths.items():
            if path or nowhere:
                self._final[number] = open_log(OPTIONS[number], path or os.devnull, wary)

    @property
    def files(self) -> list[int]:
        """Descriptors of what was opened and is not yet in place."""
        return list(self._final.values())

    @property
    def error_of_children(self) -> int | None:
        """Standard error of a process that is started now; None for our own."""
        return self._final.get(STDERR)

    def install(self, *numbers: int) -> None:
        """Put what was opened into place, for these descriptors or for both."""
        for number in numbers or (STDOUT, STDERR):
            if number in self._final:
                _move(self._final.pop(number), number)

    def reopen(self) -> list[str]:
        """Open the files anew; return a sentence about each that cannot be opened."""
        complaints = []
        for number, path in self._paths.items():
            if not path:
                continue
            try:
                opened = _open(path)
            except OSError as error:
                complaints.append(
                    f"{OPTIONS[number]}: {path} cannot be opened anew: {error.strerror};"
                    " the old file goes on"
                )
                continue
            if number in self._final:
                os.dup2(opened, self._final[number], inheritable=False)
                os.close(opened)
            else:
                _move(opened, number)
        return complaints


def open_log(option: str, path: str, wary: bool, mode: int = 0o644) -> int:
    """Return a descriptor that appends to `path`; raises UsageError, naming the option."""
    try:
        return _open(path, os.O_NOFOLLOW if wary and not _is_ours(path) else 0, mode)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise UsageError(
                f"{option}: {path} is a symbolic link, which root does not follow for another user",
                "name the file that it leads to",
            ) from None
        raise UsageError(
            f"{option}: {path} cannot be written: {error.strerror}",
            "name a file in a folder that exists and that you may write",
        ) from None


def _open(path: str, flags: int = 0, mode: int = 0o644) -> int:
    # O_NOCTTY: a server without a terminal must not get one from a log.
    flags |= os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOCTTY
    return os.open(path, flags, mode)


def _is_ours(path: str) -> bool:
    """Return whether nobody but root can have put there what `path` names."""
    try:
        folder = os.stat(Path(path).absolute().parent)
    except OSError:
        return False
    return folder.st_uid == 0 and not folder.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _move(descriptor: int, number: int) -> None:
    os.dup2(descriptor, number)
    os.close(descriptor)
