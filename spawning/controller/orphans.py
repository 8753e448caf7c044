"""Dead processes that nobody here has started, but whose parent we have become.

An orphan's parent is process 1, which the controller is in a container, or the nearest
ancestor that takes in orphans, as the controller does for snapshots.  Dead, it keeps its
number until its parent takes note of it.

Rules:
1. Only SIGCHLD makes us look: an orphan costs nothing as long as it lives.
2. The dead are looked at before they are taken (WNOWAIT).  Of one that is our own, its
   owner's `poll` takes the exit code, and keeps it.
3. Who is our own is asked for only then: a snapshot's child says that it was born before it
   can be dead.
4. Where orphans are not for us, what we do not know was started by the program that runs us
   in its process, and is that program's.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Protocol

from spawning.controller.spawn import Process

_PR_GET_CHILD_SUBREAPER = 37


class Owner(Protocol):
    """Somebody who started some of our children."""

    def processes(self) -> Iterable[Process]:
        """Those whose end has not been noticed yet."""


class Orphans:
    """Buries them."""

    def __init__(self, *owners: Owner) -> None:
        self._owners = owners

    def bury(self) -> None:
        """Take note of all that are dead; never waits."""
        while dead := _dead_child():
            for owner in self._owners:
                for process in owner.processes():
                    if process.pid == dead:
                        process.poll()
            # Still there: nobody's, though one of ours may have had the same number.
            if _dead_child() == dead:
                if not _takes_in_orphans():
                    return
                os.waitpid(dead, os.WNOHANG)


def _dead_child() -> int:
    """Return a child that has ended and is not taken note of, 0 where there is none."""
    try:
        found = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return 0
    return found.si_pid if found is not None else 0


def _takes_in_orphans() -> bool:
    """Return whether this process is the parent of those who have lost theirs."""
    if os.getpid() == 1:
        return True
    import ctypes  # here, because few servers have children that they have not started

    answer = ctypes.c_int()
    failed = ctypes.CDLL(None).prctl(_PR_GET_CHILD_SUBREAPER, ctypes.byref(answer), 0, 0, 0)
    return bool(not failed and answer.value)
