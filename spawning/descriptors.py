"""How many descriptors a process may hold, and which of them connections get.

Rules:
1. The controller raises its soft limit and the workers inherit it.  The usual
   1024 is there for programs that call select(), and each client costs one.
2. It goes no further than `MOST`, whatever the hard limit.  Programs that the
   application starts inherit it too, and some of them close every descriptor
   that they could have, one by one: of `MOST` that takes milliseconds, of the
   billion that some containers allow it takes minutes.
3. select() knows no number from 1024 on.  So connections stay out of a range
   below it, and what the application opens finds low numbers free however many
   clients there are.
4. Where the limit is too low for that, the last eighth is what connections stay
   out of: clients then wait, where the application would fail for want of a file.
"""

from __future__ import annotations

import contextlib
import os
import resource
from fcntl import F_DUPFD_CLOEXEC, fcntl

MOST = 65536
SELECTABLE = 1024
"""Numbers below this one can be given to select(): FD_SETSIZE of every libc."""
FREELY = 256
"""Numbers that connections take without looking; moving one costs two system calls."""
AT_ONCE = 4096
"""Places in the table of a new worker, of 8 bytes each."""

NONE = range(0)


def raise_limit() -> None:
    """Let this process, and those it starts, have as many descriptors as we make use of."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST if hard == resource.RLIM_INFINITY else min(hard, MOST)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        # Not even a failure to do so is a reason not to serve.
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def enlarge_table(descriptor: int) -> None:
    """Have the kernel make room for `AT_ONCE` descriptors; `descriptor` is any open one."""
    limit, _hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    last = AT_ONCE - 1 if limit == resource.RLIM_INFINITY else min(limit, AT_ONCE) - 1
    with contextlib.suppress(OSError):  # without it a crowd waits a little longer
        os.close(fcntl(descriptor, F_DUPFD_CLOEXEC, last))


def kept() -> range:
    """Return the numbers that are kept for the application (rules 3 and 4)."""
    limit, _hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if limit == resource.RLIM_INFINITY or limit >= 2 * SELECTABLE:
        return range(FREELY, SELECTABLE)
    return range(limit - limit // 8, limit)


def settled(descriptor: int, kept: range) -> tuple[int, bool]:
    """Return the number at which a connection is to live, and whether there was room.

    A descriptor that has to move is closed under its old number; without room it
    stays where it is.
    """
    if descriptor not in kept:
        return descriptor, True
    try:
        moved = fcntl(descriptor, F_DUPFD_CLOEXEC, kept.stop)
    except OSError:
        return descriptor, False
    os.close(descriptor)
    return moved, True


def has_room(descriptor: int, kept: range) -> bool:
    """Return whether a further connection would find a number; `descriptor` is any open one."""
    try:
        probe = os.dup(descriptor)
    except OSError:
        return False
    probe, room = settled(probe, kept)
    os.close(probe)
    return room
