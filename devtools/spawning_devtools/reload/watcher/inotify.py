"""The only door to watchdog: the kernel's inotify, through watchdog's binding of it.

watchdog's observers are not used, only the calls and constants below them.  They
cost a thread for each directory (with watchdog 6, the last for Python 3.10, an inotify
instance too, of which a user has 128), hold a file that was moved for up to
half a second, and do not say when the kernel's queue overflowed.  Decision 14 has
the figures.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from watchdog.observers import inotify_c
from watchdog.observers.inotify_c import InotifyConstants

Bit = InotifyConstants
CHANGES = (
    Bit.IN_CREATE
    | Bit.IN_MODIFY
    | Bit.IN_ATTRIB
    | Bit.IN_CLOSE_WRITE
    | Bit.IN_MOVED_FROM
    | Bit.IN_MOVED_TO
    | Bit.IN_DELETE
    | Bit.IN_DELETE_SELF
    | Bit.IN_MOVE_SELF
)
"""An allow-list: nothing that only reads a file wakes us."""
OPENED = int(Bit.IN_OPEN)

# Their types are those of watchdog 7; in 6 they have none.
_init = inotify_c.inotify_init
_add = cast("Callable[[int, bytes, int], int]", inotify_c.inotify_add_watch)
_remove = cast("Callable[[int, int], int]", inotify_c.inotify_rm_watch)

_HEAD = struct.Struct("iIII")
_ROOM = 65536
_MOST_READS = 64
"""So that a flood of events does not keep the caller from its other work."""
_REASONS = {
    errno.ENOSPC: "the limit of inotify watches is reached",
    errno.EMFILE: "the limit of inotify instances is reached",
}


@dataclass(frozen=True, slots=True)
class Event:
    """What the kernel said about a watched directory, or about a name in it."""

    watch: int
    mask: int
    name: str

    def has(self, *bits: int) -> bool:
        """Return whether one of `bits` is set."""
        return any(self.mask & bit for bit in bits)


class Inotify:
    """One inotify instance; raises OSError where the kernel gives none."""

    def __init__(self) -> None:
        self._descriptor = _init()
        if self._descriptor == -1:
            raise _error()
        os.set_inheritable(self._descriptor, False)
        os.set_blocking(self._descriptor, False)

    def fileno(self) -> int:
        """Return the descriptor, which is readable when there are events."""
        return self._descriptor

    def close(self) -> None:
        """Give the instance back, with all its watches."""
        os.close(self._descriptor)

    def add(self, directory: str, mask: int) -> int:
        """Return the number of the watch; the same one for the same directory.  Raises OSError."""
        watch = _add(self._descriptor, os.fsencode(directory), mask | Bit.IN_ONLYDIR)
        if watch == -1:
            raise _error()
        return watch

    def remove(self, watch: int) -> None:
        """End a watch, which the kernel may have ended before."""
        _remove(self._descriptor, watch)

    def read(self) -> list[Event]:
        """Return the events that are there."""
        events: list[Event] = []
        with contextlib.suppress(BlockingIOError):
            for _ in range(_MOST_READS):
                events += _parse(os.read(self._descriptor, _ROOM))
        return events


def _parse(data: bytes) -> list[Event]:
    events, place = [], 0
    while place < len(data):
        watch, mask, _cookie, length = _HEAD.unpack_from(data, place)
        place += _HEAD.size + length
        events.append(Event(watch, mask, os.fsdecode(data[place - length : place].rstrip(b"\0"))))
    return events


def _error() -> OSError:
    number = ctypes.get_errno()
    return OSError(number, _REASONS.get(number, os.strerror(number)))
