"""The end of a worker that has a successor: it takes some milliseconds of a processor.

Modules are taken down and atexit functions run, at the very moment at which the first
request to the successor is being answered.  With four workers on two processors that
made it wait twice as long.  To lower the priority instead was tried: the others still
run for a slice each, and on a busy machine the end takes seconds.
"""

from __future__ import annotations

# By name, before anything monkey-patches it: this is the last thing that the process does.
from select import poll

PAUSE = 100
"""Milliseconds."""


def give_way() -> None:
    """Let others go first."""
    poll().poll(PAUSE)
