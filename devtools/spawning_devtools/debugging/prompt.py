"""One debugger at a time reads the terminal, whichever thread or worker it is in.

The lock is on standard input itself, opened anew: the kernel excludes threads and
processes alike, and frees what a dead one held.  A request keeps it between two
steps, so that the answers to one debugger do not go to another.
"""

from __future__ import annotations

import contextlib
import fcntl
import os

# By name, before anything monkey-patches it: greenlets of one thread share the prompt.
from _thread import get_ident

from spawning import log

STDIN = "/proc/self/fd/0"


class Prompt:
    """The right to read standard input."""

    def __init__(self) -> None:
        self._owner = 0
        """The thread that has it, 0 where none of this process has."""
        self._descriptor = -1

    def take(self, stopped: str) -> None:
        """Wait until it is the calling thread's, and say so where that takes a while."""
        me = get_ident()
        if self._owner == me:
            return
        try:
            descriptor = os.open(STDIN, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY)
        except OSError:
            return  # a socket, or closed: nobody types there
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            log.say(f"{stopped or 'a thread'} waits: another debugger has the terminal")
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        self._owner, self._descriptor = me, descriptor

    def leave(self) -> None:
        """Let another one have it."""
        descriptor, self._owner, self._descriptor = self._descriptor, 0, -1
        if descriptor >= 0:
            with contextlib.suppress(OSError):
                os.close(descriptor)
