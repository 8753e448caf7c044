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

import fcntl
import os
import stat
import sys
import threading

# By name, before anything monkey-patches it.
from time import sleep

_LOOKS = 20
_PAUSE = 0.001
_SHARED_KINDS = (stat.S_ISCHR, stat.S_ISDIR)


def open_descriptors() -> frozenset[int]:
    """Return the descriptors of this process."""
    # Without the one that listed them: its number is the next that the application gets.
    return frozenset(filter(_is_open, map(int, os.listdir("/proc/self/fd"))))


def complaint(known: frozenset[int]) -> str:
    """Return why this process may not be forked, as a phrase, or ''; `known`: see rule 3."""
    return _about_threads() or _about_descriptors(known)


def _about_threads() -> str:
    others = [t for t in threading.enumerate() if t is not threading.current_thread()]
    if others:
        return f"it has started a thread ({others[0].name})"
    if len(sys._current_frames()) > 1:
        return "it has started a thread"
    if "numpy" not in sys.modules and not _is_alone():
        return "a library of it has started a thread"
    return ""


def _is_alone() -> bool:
    """Return whether this process has one thread; one that has been joined may still be leaving."""
    for _ in range(_LOOKS):
        if len(os.listdir("/proc/self/task")) == 1:
            return True
        sleep(_PAUSE)
    return False


def _about_descriptors(known: frozenset[int]) -> str:
    for number in sorted(open_descriptors() - known):
        if not _may_be_shared(number):
            return f"it has opened {_name_of(number)}"
    return ""


def _name_of(number: int) -> str:
    name = os.readlink(f"/proc/self/fd/{number}")
    kind, colon, _ = name.partition(":[")
    return f"a {kind}" if colon and kind in ("socket", "pipe") else name


def _is_open(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:
        return False
    return True


def _may_be_shared(number: int) -> bool:
    mode = os.fstat(number).st_mode
    if stat.S_ISREG(mode):
        return bool(fcntl.fcntl(number, fcntl.F_GETFL) & os.O_APPEND)
    return any(is_kind(mode) for is_kind in _SHARED_KINDS)
