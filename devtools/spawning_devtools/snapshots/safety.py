"""Whether a process may be forked here: what a child would share or lose.

Rules:
1. A thread of Python does not survive a fork, so nothing is forked once there is one.
   Threads that a library keeps for itself do not either; only numpy's are known to
   be made anew by whoever needs them.
2. An open socket, pipe or file would be one for all children: two of them would read
   each other's answers from a database.  A file that is only appended to is meant to
   be shared, and so are devices such as /dev/urandom.
3. What was there before the application began is ours, and dealt with elsewhere.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import stat
import sys
import threading

_SHARED_KINDS = (stat.S_ISCHR, stat.S_ISDIR)


def open_descriptors() -> frozenset[int]:
    """Return the descriptors of this process."""
    return frozenset(int(name) for name in os.listdir("/proc/self/fd"))


def complaint(known: frozenset[int]) -> str:
    """Return why this process may not be forked, as a phrase, or ''; `known`: see rule 3."""
    return _about_threads() or _about_descriptors(known)


def _about_threads() -> str:
    others = [t for t in threading.enumerate() if t is not threading.current_thread()]
    if others:
        return f"it has started a thread ({others[0].name})"
    if len(sys._current_frames()) > 1:
        return "it has started a thread"
    if len(os.listdir("/proc/self/task")) > 1 and "numpy" not in sys.modules:
        return "a library of it has started a thread"
    return ""


def _about_descriptors(known: frozenset[int]) -> str:
    for number in sorted(open_descriptors() - known):
        with contextlib.suppress(OSError):  # the one that listed them
            if not _may_be_shared(number):
                return f"it has opened {os.readlink(f'/proc/self/fd/{number}')}"
    return ""


def _may_be_shared(number: int) -> bool:
    mode = os.fstat(number).st_mode
    if stat.S_ISREG(mode):
        return bool(fcntl.fcntl(number, fcntl.F_GETFL) & os.O_APPEND)
    return any(is_kind(mode) for is_kind in _SHARED_KINDS)
