"""Where a tracer of coverage.py writes down what runs: one place for each request.

A tracer looks up, when a function is entered and when a generator goes on, where the
lines of its file are to be written: in the dict that is its attribute `data`.  Frames
that were entered before keep what they found.  So whoever changes `data` while a request
is answered has all of its frames written elsewhere, and no other's.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, Protocol

Place = dict[str, set[Any]]


class Places(Protocol):
    """How the place of what runs now is changed."""

    def enter(self, place: Place) -> Callable[[], None]:
        """Have what the caller calls written to `place`; return what ends that."""


class OfThreads:
    """Each thread has a tracer of its own."""

    def enter(self, place: Place) -> Callable[[], None]:
        """Change it in the tracer of this thread."""
        tracer: Any = sys.gettrace()
        tracer = getattr(tracer, "__self__", tracer)  # the one in Python is a bound method
        if not hasattr(tracer, "data"):
            return _nothing  # a debugger has taken its place

        before, tracer.data = tracer.data, place

        def leave() -> None:
            tracer.data = before

        return leave


class OfGreenlets:
    """All greenlets of a thread have one tracer, which asks at each call which of them calls."""

    def __init__(self, current: Callable[[], Any], others: Place) -> None:
        """`current` returns the greenlet that runs; what no request runs goes to `others`."""
        self._current = current
        self._places: dict[Any, Place] = {}
        self._others = others

    def current(self) -> Any:
        """Return the greenlet that runs, and have the tracer write to its place."""
        me = self._current()
        tracer: Any = sys.gettrace()
        tracer.data = self._places.get(me, self._others)
        return me

    def enter(self, place: Place) -> Callable[[], None]:
        """Change it for this greenlet."""
        me, places = self._current(), self._places
        before = places.get(me)
        places[me] = place

        def leave() -> None:
            if before is None:
                del places[me]
            else:
                places[me] = before

        return leave


def _nothing() -> None:
    """There is nothing to undo."""
