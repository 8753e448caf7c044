"""Arcs as coverage.py has them, which its C extension packs into numbers.

How it does so, versions do differently, and one of its methods undoes it: `flush_data`.
That is given what was taken already: what it removes from that nobody misses.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from typing import Any

Arcs = dict[str, set[tuple[int, int]]]
"""By path."""


class Unpacking:
    """Stands in the places of the data and of the tracer of a collector that only unpacks."""

    def __init__(self, collector: Any) -> None:
        self._collector = copy.copy(collector)
        self._collector.tracers = [self]
        self._collector.file_tracers = {}
        self._collector.covdata = self
        self._arcs: Arcs = {}

    def unpacked(self, packed: dict[str, set[Any]]) -> Arcs:
        """Return what a tracer has written down, as pairs of lines."""
        self._collector.data = packed
        self._collector.flush_data()
        found, self._arcs = self._arcs, {}
        return found

    # ------------------------------------------------------------ what coverage.py calls

    def activity(self) -> bool:
        """There is something to unpack."""
        return True

    def reset_activity(self) -> None:
        """It does not matter here."""

    def add_arcs(self, arcs: Mapping[str, Iterable[tuple[int, int]]]) -> None:
        """Keep what was unpacked."""
        self._arcs = {path: set(some) for path, some in arcs.items()}

    def add_file_tracers(self, _names: object) -> None:
        """Reports find them out by themselves."""
