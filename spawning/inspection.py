"""What the system tells of its processes: the only door to psutil."""

from __future__ import annotations

import os
from typing import Any

import psutil


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


def listener_on(port: int) -> str:
    """Return who else listens on a TCP port as far as we may know, or an empty string."""
    return _holder("inet", lambda found: bool(found.laddr) and found.laddr.port == port)


def listener_at(path: str) -> str:
    """Return who else listens on a unix socket as far as we may know, or an empty string."""
    return _holder("unix", lambda found: found.laddr == path)


def _holder(kind: str, matches: Any) -> str:
    try:
        pids = {
            found.pid
            for found in psutil.net_connections(kind)
            if (kind == "unix" or found.status == psutil.CONN_LISTEN) and matches(found)
        }
        others = [psutil.Process(pid) for pid in pids if pid and pid != os.getpid()]
        if not others:
            return ""
        # Of all that share a socket, the one that the others descend from.
        process = min(others, key=lambda one: one.create_time())
        command = " ".join(process.cmdline()).strip() or process.name()
        return f"{command[:60]} (pid {process.pid}, user {process.username()})"
    except (psutil.Error, OSError):
        return ""


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
