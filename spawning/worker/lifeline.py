"""A worker does not outlive its controller for longer than the deadman allows.

The worker's loop drains when the channel ends, but a loop that is blocked by
the application never notices.  A native thread does: it sleeps in the kernel
until the other end of the channel is gone.
"""

from __future__ import annotations

import os

# By name, before anything monkey-patches them: this must be a real thread.
from _thread import start_new_thread
from select import poll
from signal import SIG_BLOCK, pthread_sigmask
from time import sleep

from spawning.messages import TELL_STACKS

ENDED_BY_LIFELINE = 70


def start(channel: int, seconds: float) -> None:
    """End this process `seconds` after the other end of `channel` is closed."""
    start_new_thread(_wait, (channel, seconds))


def _wait(channel: int, seconds: float) -> None:
    pthread_sigmask(SIG_BLOCK, [TELL_STACKS])  # as in `http.threads`
    hang_up = poll()
    hang_up.register(channel, 0)  # nothing but hang-up and error, which are always told
    hang_up.poll()
    sleep(seconds)
    os._exit(ENDED_BY_LIFELINE)
