"""Making a process whose parent is the controller, although a snapshot forks it.

The snapshot forks a process that forks once more and ends: the orphan's parent is
then the nearest process that takes in orphans (`take_in_orphans`), which is the
controller.  It learns of its death by SIGCHLD, as of that of any worker, and a
snapshot can be thrown away without anybody losing a parent.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import warnings

# By name, before anything monkey-patches them.
from os import _exit, fork, getpid, getppid, sched_yield, waitpid

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36


def take_in_orphans() -> None:
    """Become the parent of orphaned descendants; raises OSError where the system cannot."""
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def die_with_parent(yes: bool) -> None:
    """Be killed when the parent ends, or no longer; one who is told so late is told by waiting."""
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL if yes else 0)


def fork_orphan() -> bool:
    """Fork; return True in the new process, whose parent is the one that takes in orphans."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.flush()  # or both would write what is in the buffer
    with warnings.catch_warnings():
        # Of forking with threads (numpy's, see `safety`), and eventlet's of forking at all.
        warnings.simplefilter("ignore")
        between = fork()
        if between:
            waitpid(between, 0)
            return False
        between = getpid()
        if fork():
            _exit(0)
    while getppid() == between:
        sched_yield()
    return True


def _prctl(option: int, value: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(option, ctypes.c_ulong(value), 0, 0, 0):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
