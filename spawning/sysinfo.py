"""`/_sysinfo`: what the system and the process are, as JSON; only with --sysinfo.

The keys of 0.9.7 by their old names, `path_seperator` and all; `max_int` is gone
with Python 2.  What it asked of other programs (`uname -p`, `file`) is asked of
the running process instead: a request must not start programs.
"""

from __future__ import annotations

import json
import os
import platform
import pwd
import resource
import struct
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable
from importlib import metadata
from typing import Any

from spawning import built

PATH = "/_sysinfo"
KIB = 1024


def application(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    """Answer with what there is to know at this moment."""
    if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
        start("405 Method Not Allowed", [("Allow", "GET, HEAD"), ("Content-Type", "text/plain")])
        return [b"System information is only read: ask by GET.\n"]
    headers = [("Content-Type", "application/json"), ("Cache-Control", "no-store")]
    start("200 OK", [*headers, ("X-Content-Type-Options", "nosniff")])
    return [json.dumps(collected(), indent=2, default=str).encode()]


def collected() -> dict[str, Any]:
    """Return what there is to know."""
    return {**_as_0_9_7(), "machine": _machine(), "process": _process(), "packages": _packages()}


def _as_0_9_7() -> dict[str, Any]:
    names = os.uname()
    return {
        "architecture": [f"{8 * struct.calcsize('P')}bit", "ELF"],
        "max_size": sys.maxsize,
        "max_unicode": sys.maxunicode,
        "name": names.nodename,
        "path_seperator": os.path.sep,
        "processor": names.machine,
        "python_version": platform.python_version(),
        "python_branch": platform.python_branch(),
        "python_build": platform.python_build(),
        "python_compiler": platform.python_compiler(),
        "python_implementation": platform.python_implementation(),
        "python_revision": platform.python_revision(),
        "python_version_tuple": platform.python_version_tuple(),
        "python_path": sys.path,
        "login": _login(),
        "system": names.sysname,
        "temp_directory": tempfile.gettempdir(),
        "uname": list(names),
    }


def _machine() -> dict[str, Any]:
    page = os.sysconf("SC_PAGE_SIZE")
    return {
        "processors": os.cpu_count(),
        "processors_usable": len(os.sched_getaffinity(0)),
        "load": os.getloadavg(),
        "memory": page * os.sysconf("SC_PHYS_PAGES"),
        "memory_free": page * os.sysconf("SC_AVPHYS_PAGES"),
        "time": time.time(),
        "timezone": time.tzname,
    }


def _process() -> dict[str, Any]:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "spawning": built.version(),
        "pid": os.getpid(),
        "parent": os.getppid(),
        "executable": sys.executable,
        "folder": os.getcwd(),
        "user": os.geteuid(),
        "group": os.getegid(),
        "threads": threading.active_count(),
        "modules": len(sys.modules),
        "memory_highest": KIB * used.ru_maxrss,
        "cpu_seconds": used.ru_utime + used.ru_stime,
        "files_limit": resource.getrlimit(resource.RLIMIT_NOFILE)[0],
        "encoding": sys.getfilesystemencoding(),
    }


def _packages() -> dict[str, str]:
    """Return the versions of what is installed, by name."""
    found = ((each.metadata["Name"], each.version) for each in metadata.distributions())
    return dict(sorted((name, version) for name, version in found if name))


def _login() -> str:
    """Return whose process this is; a service has no terminal that somebody logged in on."""
    try:
        return os.getlogin()
    except OSError:
        pass
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return str(os.geteuid())
