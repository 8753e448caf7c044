"""The terminal between two prompts: what is typed ahead is not echoed, and not lost.

A prompt sets modes of its own, and goes back to these.
"""

from __future__ import annotations

import contextlib
import sys
import termios
from collections.abc import Iterator


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Echo nothing until the block ends; Ctrl-C still is a signal."""
    try:
        descriptor = sys.stdin.fileno()
        before = termios.tcgetattr(descriptor)
    except (OSError, ValueError, termios.error):
        yield
        return
    still = [*before]
    still[3] &= ~termios.ECHO
    termios.tcsetattr(descriptor, termios.TCSANOW, still)
    try:
        yield
    finally:
        termios.tcsetattr(descriptor, termios.TCSANOW, before)
