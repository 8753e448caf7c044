"""Whether a SIGHUP orders a reload, or tells that the terminal is gone.

Rules:
1. The kernel sends it to the processes in a terminal's foreground when that is closed, and
   shells send it to their jobs then.  A server that somebody has begun there, and that is not
   in the background, ends with its terminal, as all programs do: it would keep its port, and
   nobody would see it.
2. Whoever was begun elsewhere (by nohup, with `&`, under an init) is never ended by it.
3. That a terminal is gone is asked of the terminal, at the moment of the signal.
"""

from __future__ import annotations

import os
import signal

# By name, before anything monkey-patches the module.
from select import POLLHUP, poll


def own_terminal() -> int | None:
    """Return a new descriptor of the terminal in whose foreground this process is; None: of none.

    To be asked before SIGHUP is caught: nohup has it ignored.
    """
    if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
        return None
    for descriptor in range(3):
        try:
            if os.tcgetpgrp(descriptor) == os.getpgrp():
                return os.dup(descriptor)
        except OSError:
            continue  # closed, or no terminal of ours
    return None


def is_gone(terminal: int | None) -> bool:
    """Return whether a terminal has been closed."""
    if terminal is None:
        return False
    polled = poll()
    polled.register(terminal, 0)
    return any(events & POLLHUP for _, events in polled.poll(0))
