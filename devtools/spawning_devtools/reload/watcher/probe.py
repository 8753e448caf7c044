"""Whether the kernel tells of what happens on a file system.

The directory is watched for being opened, and opened.  Nothing is written: it works
where the project may only be read, and leaves nothing behind when we are killed.  The
event is in the queue when `open` returns, so that there is nothing to wait for.

It finds kernels and sandboxes that accept a watch and stay silent.  It cannot find
changes made elsewhere: those are `mounts`' part.
"""

from __future__ import annotations

import contextlib
import os

from spawning_devtools.reload.watcher.inotify import OPENED, Inotify


def tells_of(directory: str) -> bool:
    """Return whether events of `directory` arrive; True where that cannot be tried."""
    try:
        with contextlib.closing(Inotify()) as inotify:
            inotify.add(directory, OPENED)
            os.close(os.open(directory, os.O_RDONLY | os.O_DIRECTORY))
            return bool(inotify.read())
    except OSError:
        return True
