"""What the system tells of its processes: the only door to psutil."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import pwd
from collections.abc import Iterable, Iterator

import psutil

_LISTENS = "0A"
_ACCEPTS = 0x10000
"""Of a unix socket that listens (include/uapi/linux/net.h)."""


def command_of(pid: int) -> str | None:
    """Return how a process shows itself, None where there is none; '' where we may not know."""
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return None
        # A title that was set is one argument with blanks after it.
        return " ".join(process.cmdline()).strip() or process.name()
    except psutil.NoSuchProcess:
        return None
    except (psutil.Error, OSError):
        return ""


@dataclasses.dataclass(frozen=True, slots=True)
class Holder:
    """Who listens where somebody else wants to."""

    user: str
    pid: int = 0
    """0 where it is another user's process, of which nothing more is known."""
    command: str = ""


def listener_on(port: int) -> Holder | None:
    """Return who else listens on a TCP port, as far as we may know."""
    found = {
        fields[9]: int(fields[7])
        for table in ("/proc/net/tcp", "/proc/net/tcp6")
        for fields in _rows(table)
        if fields[3] == _LISTENS and int(fields[1].rpartition(":")[2], 16) == port
    }
    holder = _holder(found)
    if holder is None and (others := set(found.values()) - {os.geteuid()}):
        return Holder(name_of(others.pop()))
    return holder


def listener_at(path: str) -> Holder | None:
    """Return who else listens on a unix socket, as far as we may know."""
    return _holder(
        fields[6]
        for fields in _rows("/proc/net/unix")
        if int(fields[3], 16) & _ACCEPTS and fields[7:] == path.split()
    )


def _rows(table: str) -> Iterator[list[str]]:
    """Yield the fields of each socket of one kind: those of all users, of this machine."""
    with contextlib.suppress(OSError), open(table, errors="surrogateescape") as file:
        next(file)
        yield from map(str.split, file)


def _holder(inodes: Iterable[str]) -> Holder | None:
    names = {f"socket:[{inode}]" for inode in inodes}
    others = [pid for pid in psutil.pids() if pid != os.getpid() and _has_open(pid, names)]
    try:
        # Of all that share a socket, the one that the others descend from.
        process = min(map(psutil.Process, others), key=lambda one: one.create_time())
        command = " ".join(process.cmdline()).strip() or process.name()
        return Holder(process.username(), process.pid, command)
    except (psutil.Error, OSError, ValueError):
        return None


def _has_open(pid: int, names: set[str]) -> bool:
    folder = f"/proc/{pid}/fd"
    with contextlib.suppress(OSError):
        return any(_link(f"{folder}/{number}") in names for number in os.listdir(folder))
    return False


def _link(path: str) -> str:
    try:
        return os.readlink(path)
    except OSError:
        return ""  # it was closed meanwhile


def name_of(uid: int) -> str:
    """Return the name of a user, or the number of one that has none."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def used_by_family() -> int:
    """Return the bytes that this process and its descendants use, shared pages counted once.

    That is the proportional set size; the resident one where we may not see it.
    """
    controller = psutil.Process(os.getpid())
    return sum(_used_by(process) for process in (controller, *controller.children(recursive=True)))


def _used_by(process: psutil.Process) -> int:
    try:
        try:
            return int(process.memory_full_info().pss)
        except psutil.AccessDenied:
            return int(process.memory_info().rss)
    except psutil.Error:
        return 0


def folders_of(prefix: str) -> dict[int, str]:
    """Return the processes whose title begins with `prefix`, each with the folder it runs in.

    The folder is empty where we may not know it.
    """
    found = {}
    for pid in psutil.pids():
        if (command_of(pid) or "").startswith(prefix):
            try:
                found[pid] = psutil.Process(pid).cwd()
            except psutil.NoSuchProcess:
                continue
            except (psutil.Error, OSError):
                found[pid] = ""
    return found
