"""The sources of statements, for tracebacks, pdb and `inspect.getsource`.

Nothing is ever removed from `linecache`: other threads go through all that is in it, and
an entry that vanishes meanwhile is a KeyError of theirs.  So names are used again.
"""

from __future__ import annotations

import itertools
import linecache

KEPT = 1000
"""Statements of this process whose sources are kept."""


class Sources:
    """Those of all sessions of a process."""

    def __init__(self) -> None:
        self._numbers = itertools.count()

    def keep(self, source: str) -> str:
        """Keep a source; return the name of its file."""
        name = f"<statement {next(self._numbers) % KEPT + 1}>"
        linecache.cache[name] = len(source), None, source.splitlines(keepends=True), name
        return name
