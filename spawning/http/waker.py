"""Lets any thread make the loop of a worker turn."""

from __future__ import annotations

import os
from collections.abc import Callable


class Waker:
    """Lets any thread make the loop turn."""

    def __init__(self, woken: Callable[[], None]) -> None:
        self._woken = woken
        self._descriptor = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)

    def fileno(self) -> int:
        """Return the descriptor."""
        return self._descriptor

    def wake(self) -> None:
        """Make the loop call `woken` soon."""
        os.eventfd_write(self._descriptor, 1)

    def on_events(self, _events: int) -> None:
        """The loop has woken."""
        try:
            os.eventfd_read(self._descriptor)
        except BlockingIOError:
            pass
        self._woken()
