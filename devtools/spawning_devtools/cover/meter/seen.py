"""What of that which has run is news, and whether its import ran it or requests did; pure.

Rules:
1. Until the application is imported, everything is "import".  Afterwards lines of modules
   that come late, outside of their functions, are so still: a module runs these once.
2. What requests have run is told once until it is forgotten.
3. What requests run during a pause is dropped, as if it had never run; what an import runs
   is not.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

from spawning.messages import IMPORT, REQUEST, CoverageOrder

Lines = set[Any]
"""Numbers of lines, or pairs of them."""


@dataclasses.dataclass(frozen=True, slots=True)
class Story:
    """Lines of files that ran, as yet without the digests of the files."""

    phase: str
    files: tuple[tuple[str, str, Lines], ...]
    """Path, context and lines of each."""


class Seen:
    """What a process has seen, and told."""

    def __init__(self, lines_at_import: Callable[[str], frozenset[int]]) -> None:
        """`lines_at_import` returns those that the import of a late module runs."""
        self._lines_at_import = lines_at_import
        self._is_importing = True
        self._imported: dict[str, Lines] = {}
        self._requested: dict[tuple[str, str], Lines] = {}
        self.epoch = 0
        self.is_paused = False

    def import_is_over(self) -> None:
        """What runs from now on, requests have run."""
        self._is_importing = False

    def obey(self, order: CoverageOrder) -> None:
        """Forget where the epoch is new, and pause or go on."""
        if order.epoch != self.epoch:
            self._requested.clear()
        self.epoch, self.is_paused = order.epoch, order.paused

    def news(self, taken: dict[str, dict[str, Lines]]) -> list[Story]:
        """Return what is new of what has run: by context and by path."""
        imported: list[tuple[str, str, Lines]] = []
        requested: list[tuple[str, str, Lines]] = []
        for context, files in taken.items():
            for path, ran in files.items():
                at_import = self._at_import(path, ran)
                new = _new(self._imported.setdefault(path, set()), at_import)
                if new:
                    imported.append((path, "", new))
                if self.is_paused or self._is_importing:
                    continue
                known = self._requested.setdefault((context, path), set())
                new = _new(known, ran - at_import)
                if new:
                    requested.append((path, context, new))
        stories = (
            Story(IMPORT, tuple(imported)),
            Story(REQUEST, tuple(requested)),
        )
        return [story for story in stories if story.files]

    def _at_import(self, path: str, ran: Lines) -> Lines:
        if self._is_importing:
            return ran
        outside = self._lines_at_import(path)
        return {line for line in ran if _is_in(outside, line)} if outside else set()


def _new(known: Lines, ran: Lines) -> Lines:
    """Return what is not known, and know it."""
    new = ran - known if known else ran.copy()
    known |= new
    return new


def _is_in(lines: frozenset[int], ran: int | tuple[int, int]) -> bool:
    """Return whether a line, or both ends of an arc, are among `lines`.

    A negative end is the entrance or the exit of the code that the other end stands in.
    """
    ends = (ran,) if isinstance(ran, int) else ran
    return all(end in lines for end in ends if end > 0)
