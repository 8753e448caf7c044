"""The counters that a server's processes share, read in its memory by way of /proc.

The kernel lets those who may debug the server; whoever may not sees its status page only.
"""

from __future__ import annotations

import contextlib
import mmap
import os
import re

from spawning.scoreboard import Scoreboard, Shape

_LINK = re.compile(r"/memfd:spawning-scoreboard-(\d+)x(\d+)( \(deleted\))?$")


class ReadBoard(Scoreboard):
    """A scoreboard that nothing can be written to."""

    def __init__(self, shape: Shape) -> None:
        self.shape = shape
        size = shape.rows * shape.row_size
        self._memory = memoryview(mmap.mmap(shape.descriptor, size, access=mmap.ACCESS_READ))


def board_of(controller: int) -> ReadBoard | None:
    """Return the board of a server, None where there is none that we may read."""
    folder = f"/proc/{controller}/fd"
    with contextlib.suppress(OSError):
        for name in os.listdir(folder):
            link = _LINK.match(_target(f"{folder}/{name}"))
            if link:
                return _opened(f"{folder}/{name}", int(link[1]), int(link[2]))
    return None


def _target(path: str) -> str:
    try:
        return os.readlink(path)
    except FileNotFoundError:
        return ""  # closed since it was listed; the board may still be among the others


def _opened(path: str, rows: int, slots: int) -> ReadBoard | None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return ReadBoard(Shape(descriptor, rows, slots))
    except ValueError:
        return None  # shorter than its name says: of another version
    finally:
        os.close(descriptor)
