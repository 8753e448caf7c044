"""How the terminal echoes and edits, given back as it was found.

Whoever reads lines with readline (pdb does) switches the echo off meanwhile; when
that process is killed, the user's shell gets a terminal that shows nothing typed.
"""

from __future__ import annotations

import contextlib
import os
import termios
from typing import Any

STDIN = 0


class Modes:
    """The modes of the terminal at standard input, as they were when this was made."""

    def __init__(self) -> None:
        self._found: Any = None
        with contextlib.suppress(termios.error, OSError):
            self._found = termios.tcgetattr(STDIN)

    def restore(self) -> None:
        """Give the terminal its modes back, if it is ours to change."""
        with contextlib.suppress(termios.error, OSError):
            # In the background, the kernel would stop us or send SIGTTOU, an order of its own.
            is_ours = self._found is not None and os.tcgetpgrp(STDIN) == os.getpgrp()
            if is_ours and termios.tcgetattr(STDIN) != self._found:
                termios.tcsetattr(STDIN, termios.TCSANOW, self._found)
