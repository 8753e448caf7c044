"""The file that holds the controller's process id, and lets no second one start.

Rules:
1. Who holds the lock (flock) on the file that has the name is alive.  The kernel
   lets go of it when the process ends, however it ends.
2. The name never leads to a file that is empty or not locked: one is written and
   locked under another name, and then linked or renamed to it.
3. A file in our way is replaced under its own lock, and only while it still has
   the name: of two that start at once, one wins.
4. A file that nobody locks is stale, unless a controller has the number in it:
   some file systems know no locks.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path

from spawning.errors import AlreadyRunning, UsageError
from spawning.inspection import command_of
from spawning.title import CONTROLLER


@contextlib.contextmanager
def claimed(path: str) -> Iterator[int]:
    """Hold the pidfile until the block ends; yields its descriptor.

    Raises AlreadyRunning where a controller lives, UsageError where the file
    cannot be written.
    """
    try:
        descriptor = _claim(path)
    except OSError as error:
        raise UsageError(
            f"--pidfile: {path} cannot be written: {error.strerror}",
            "name a file in a folder that exists and that you may write",
        ) from None
    try:
        yield descriptor
    finally:
        _give_up(path, descriptor)


def _claim(path: str) -> int:
    descriptor, draft = tempfile.mkstemp(prefix=f".{Path(path).name}.", dir=Path(path).parent)
    try:
        os.fchmod(descriptor, 0o644)
        os.write(descriptor, f"{os.getpid()}\n".encode())
        _lock(descriptor)
        while not _linked(draft, path) and not _replaced(draft, path):
            pass  # the one in our way has gone meanwhile
    except BaseException:
        os.close(descriptor)
        raise
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(draft)
    return descriptor


def _linked(draft: str, path: str) -> bool:
    try:
        os.link(draft, path, follow_symlinks=False)
    except FileExistsError:
        return False
    return True


def _replaced(draft: str, path: str) -> bool:
    """Put our file in the place of a stale one; return False where that one has gone."""
    try:
        there = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except FileNotFoundError:
        return False
    try:
        if not _lock(there):
            raise _already_running(path, there)
        if not _is_at(path, there):
            return False
        if (command_of(_pid_in(there)) or "").startswith(CONTROLLER):
            raise _already_running(path, there)
        os.rename(draft, path)
    finally:
        os.close(there)
    return True


def _lock(descriptor: int) -> bool:
    """Lock a file; return False where somebody else has it."""
    try:
        flock(descriptor, LOCK_EX | LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        pass  # no locks on this file system (rule 4)
    return True


def _pid_in(descriptor: int) -> int:
    """Return the process id in a file, 0 where there is none."""
    text = os.pread(descriptor, 32, 0).strip()
    return int(text) if text.isdigit() and len(text) < 10 else 0


def _already_running(path: str, there: int) -> AlreadyRunning:
    pid = _pid_in(there)
    command = command_of(pid) if pid else None
    who = f"{command} (pid {pid})" if command else "a process that we may not look at"
    return AlreadyRunning(
        f"--pidfile: {path} belongs to {who}, which is running",
        "stop it, reload it with SIGHUP, or name another file",
    )


def _is_at(path: str, descriptor: int) -> bool:
    """Return whether an open file has this name; raises OSError where we cannot tell."""
    try:
        return os.path.samestat(os.stat(path), os.fstat(descriptor))
    except FileNotFoundError:
        return False


def _give_up(path: str, descriptor: int) -> None:
    if _pid_in(descriptor) == os.getpid():  # or somebody has written another one into it
        try:
            if _is_at(path, descriptor):
                os.unlink(path)
        except OSError:
            # After --chuid the folder may be out of our reach.  An empty file names nobody.
            with contextlib.suppress(OSError):
                os.ftruncate(descriptor, 0)
    os.close(descriptor)
