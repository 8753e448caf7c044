"""The terminal between two prompts: what is typed ahead is not echoed, and not lost.

Keys are kept as they are, not as an edited line: Ctrl-R and the arrows are for the next
prompt.  Ctrl-C stays a signal.  A prompt sets modes of its own, and goes back to these.
"""

from __future__ import annotations

import contextlib
import sys
import termios
from collections.abc import Iterator


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Echo nothing, and hold no line back, until the block ends."""
    try:
        descriptor = sys.stdin.fileno()
        before = termios.tcgetattr(descriptor)
    except (OSError, ValueError, termios.error):
        yield
        return
    still = termios.tcgetattr(descriptor)
    still[3] &= ~(termios.ECHO | termios.ICANON | termios.IEXTEN)
    still[6][termios.VMIN], still[6][termios.VTIME] = 1, 0
    termios.tcsetattr(descriptor, termios.TCSANOW, still)
    try:
        yield
    finally:
        termios.tcsetattr(descriptor, termios.TCSANOW, before)
