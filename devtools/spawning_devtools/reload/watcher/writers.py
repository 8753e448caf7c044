"""Whether a program of this machine has a file open for writing."""

from __future__ import annotations

import errno
import fcntl
import os


def has_writer(path: str) -> bool:
    """Return whether the file is open for writing; False where the kernel does not say.

    A read lease is given only on files that nobody writes, to their owner or root.  It is
    given back at once; a writer who comes in between waits for that, and the kernel
    sends us SIGIO, which must not be left to its default, the end of the process.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    except OSError:
        return False
    try:
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_RDLCK)
    except OSError as error:
        return error.errno == errno.EAGAIN
    finally:
        os.close(descriptor)
    return False
