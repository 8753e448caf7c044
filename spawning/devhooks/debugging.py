"""Debuggers that stop a thread of a worker."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol


class Debugged(Protocol):
    """The worker, as those see it that know when a debugger stops one of its threads."""

    def stops(self, by: str, over: Callable[[], None]) -> str:
        """The calling thread is about to wait for the user of the debugger `by`.

        Return the request that is stopped, '' where it is none.  `over` is called,
        from whatever thread, once the debugger has let go of it for good.
        """

    def goes_on(self, stepping: bool) -> None:
        """The calling thread goes on; `stepping`: to the next line, where it will stop again."""


class Nobody:
    """Implements `Debugged` where nobody has to know."""

    def stops(self, by: str, over: Callable[[], None]) -> str:
        """Tell nobody."""
        return ""

    def goes_on(self, stepping: bool) -> None:
        """Tell nobody."""
