"""The end of a worker that has a successor: it takes some milliseconds of a processor.

Modules are taken down and atexit functions run, at the very moment at which the first
request to the successor is being answered.  With four workers on two processors that
made it wait twice as long.
"""

from __future__ import annotations

import os

# By name, before anything monkey-patches it: this is the last thing that the process does.
from select import poll

LEAST = 19
"""The niceness of what nobody waits for."""
PAUSE = 100
"""Milliseconds."""


def give_way() -> None:
    """Let others go first."""
    os.nice(LEAST)
    poll().poll(PAUSE)
