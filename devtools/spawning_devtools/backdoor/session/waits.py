"""Code of the application's that waits for the client: for a line, or for room.

A wait ends once, with a value or with an exception that is raised where it is awaited;
who ends it may be in any thread.
"""

from __future__ import annotations

# By name, before anything monkey-patches it.
from _thread import allocate_lock
from collections.abc import Callable
from typing import Any, Protocol


class ClientLeft(EOFError):
    """The client went away before it gave what was waited for."""


class Wait(Protocol):
    """Something that is waited for, by whoever made it."""

    def end(self, value: Any = None, error: BaseException | None = None) -> bool:
        """End the wait; return False where it has ended before.  From any thread."""

    def take(self) -> Any:
        """Return the value, or raise the error, when it has ended."""


class ThreadWait:
    """A wait that blocks a thread; implements `Wait`."""

    def __init__(self) -> None:
        self._blocked = allocate_lock()
        self._blocked.acquire()
        self._first = allocate_lock()
        self._value: Any = None
        self._error: BaseException | None = None

    def end(self, value: Any = None, error: BaseException | None = None) -> bool:
        """End the wait; return False where it has ended before."""
        if not self._first.acquire(False):
            return False
        self._value, self._error = value, error
        self._blocked.release()
        return True

    def take(self) -> Any:
        """Return the value, or raise the error, when it has ended."""
        self._blocked.acquire()
        if self._error is not None:
            raise self._error
        return self._value


NewWait = Callable[[], Wait]
"""Makes one that suits whoever calls it: the thread, or the greenlet."""
