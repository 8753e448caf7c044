"""A list of coverage.py's that only grows, and how what nobody else has is taken out of it.

coverage.py keeps a tracer for each thread that ever was, and every piece of code that ever
ran.  That does for a run of tests.  A server that starts a thread for each request, or
compiles a template for each, would grow until it is ended.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any


class Hoard:
    """Such a list; other threads may append to it at any time."""

    def __init__(self, things: list[Any], many: int, forget: Callable[[Any], object]) -> None:
        """`many`: how many may be there before somebody looks.

        `forget` is told each thing that nobody has, before it is taken out.
        """
        self._things = things
        self._many = self._limit = many
        self._forget = forget

    def tidy(self) -> None:
        """Take out what nobody else has, if there may be much of it."""
        things = self._things
        if len(things) <= self._limit:
            return
        known = list(things)
        # One reference more than that of a thing in one list: theirs.
        alone = _references([object()])[0] + 1
        is_held = [count > alone for count in _references(known)]
        for thing, held in zip(known, is_held, strict=True):
            if not held:
                self._forget(thing)
        kept = [thing for thing, held in zip(known, is_held, strict=True) if held]
        things[: len(known)] = kept  # in one step: what came meanwhile stays
        self._limit = self._many + 2 * len(kept)


def _references(things: list[Any]) -> list[int]:
    return [sys.getrefcount(thing) for thing in things]
