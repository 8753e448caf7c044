"""What is known of the code that runs, and of the files that matter to it.

Rules:
1. A save between a worker's import and the first look at the file is told by its
   modification time: later than the beginning of its generation means changed.
   Once for each path and time, so that a clock that is ahead reloads once.  Of what
   the application has opened the moment is known, and counts instead: the first one,
   so a file is looked at again when a worker tells late that it was earlier.
   The time of a folder tells nothing: importing makes `__pycache__` in it.
   An event about a file before the first look means changed as well, and so does a
   save during it: what was read may be what was saved, and not what was loaded.
2. What is known of a file is what was last acted upon (see `fingerprints`).
3. Reading and parsing are done in small pieces, in idle moments.
"""

from __future__ import annotations

import os
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from spawning.messages import Snapshots
from spawning_devtools.reload.conductor.cause import describe
from spawning_devtools.reload.graph.graph import ModuleGraph, build
from spawning_devtools.reload.graph.imports import Imports
from spawning_devtools.reload.graph.interest import Interest, interest
from spawning_devtools.reload.graph.reports import Reports
from spawning_devtools.reload.watcher.fingerprints import (
    UNKNOWN,
    Change,
    Fingerprints,
    read,
    status_of,
)


@dataclass(slots=True)
class Knowledge:
    """The reports, what follows from them, and what the files were that they name."""

    project: str
    """Absolute path of the directory in which the server was started."""
    watched_files: tuple[str, ...]
    """Absolute paths of the files named by `--watch`."""
    reports: Reports = field(default_factory=Reports)
    interest: Interest = field(default_factory=Interest)
    prints: Fingerprints = field(default_factory=Fingerprints)
    snapshots: Snapshots = field(default_factory=lambda: Snapshots(()))
    """What a new generation can start from."""
    imports: Imports = field(default_factory=Imports)
    _graph: ModuleGraph | None = None
    _unread: dict[str, float] = field(default_factory=dict)
    """Files to be read, with the beginning of the generation that loaded them."""
    _unparsed: dict[str, None] = field(default_factory=dict)
    _missed: set[tuple[str, int]] = field(default_factory=set)
    """Paths and modification times that rule 1 has taken for changes."""
    _trusted: dict[str, int] = field(default_factory=dict)
    """Modification times of files that rule 1 has taken for loaded as they are."""
    _moved: set[str] = field(default_factory=set)
    """Files that a link leads to by another way than before, not looked at since."""

    def __post_init__(self) -> None:
        self.prints.own = self.reports.written

    def look_around(self, wall: float) -> bool:
        """Find out anew which files matter; return whether other directories do.

        `wall` is when the modules that are new to us were loaded.
        """
        before = self.interest
        self.interest = interest(
            list(self.reports), self.watched_files, self.project, self.reports.written
        )
        new = self.interest.files - before.files
        opened = self.reports.opened()
        for path in sorted(new):
            self._unread[path] = opened.get(path, wall)
        self._distrust(opened)
        self._moved |= self.interest.moved_since(before)
        for path in sorted(self.interest.sources):
            if path.endswith(".py") and not self.imports.is_current(path, self.prints.digest(path)):
                self._unparsed[path] = None
        self._graph = None
        return self.interest.directories != before.directories

    @property
    def is_read(self) -> bool:
        """Whether every file that matters was looked at."""
        return not self._unread

    @property
    def is_told(self) -> bool:
        """Whether the generation that serves has reported."""
        return self.reports.first_of_serving is not None

    @property
    def is_complete(self) -> bool:
        """Whether nothing is left to be read, parsed or put together."""
        return not (self._unread or self._unparsed or self._graph is None)

    def work(self, touched: Container[str] = ()) -> tuple[bool, str]:
        """Do one small piece of what can wait; something has happened to `touched`.

        Returns whether there was any, and the path of a file that turns out to have
        changed before it was looked at, or an empty string.
        """
        if self._unread:
            path = next(iter(self._unread))
            wall = self._unread.pop(path)
            if path in touched and path not in self.prints and not path.endswith(os.sep):
                return True, ""  # What is there is not what was loaded: see `expect_changes`.
            return True, path if self._is_changed(path, wall) else ""
        if self._unparsed:
            path, _ = self._unparsed.popitem()
            self._parse(path)
        elif self._graph is None:
            self.graph()
        else:
            return False, ""
        return True, ""

    def graph(self) -> ModuleGraph:
        """Return the graph of what is known so far."""
        if self._graph is None:
            self._graph = build(self.reports, self.imports.asked, self.interest.candidates)
        return self._graph

    def expect_changes(self, paths: Iterable[str]) -> None:
        """Take those of `paths` for changed that were never looked at."""
        for path in paths:
            if path not in self.prints:
                self._unread.pop(path, None)
                self._was_missing(path)
                if path in self.interest.sources:
                    self.prints.keep(path, UNKNOWN)

    def changes(self, paths: Iterable[str]) -> list[Change]:
        """Return which of `paths` differ from what they were, and know them as they are."""
        return self.prints.changes(paths)

    def take_moved(self) -> list[str]:
        """Return, once, the files that a link leads to by another way than before."""
        moved, self._moved = sorted(self._moved), set()
        return moved

    def unsteady(self, paths: Iterable[str]) -> list[str]:
        """Return those of `paths` that have been written to since they were read."""
        return [path for path in paths if status_of(path) != self.prints.status(path)]

    def take_back(self) -> None:
        """Know what was known before the last `changes`, which are still being made."""
        self.prints.take_back()

    def suspects(self) -> set[str]:
        """Return the files that do not look as they did."""
        return set(self.interest.files.intersection(self.prints.sweep()))

    def names(self, paths: Sequence[str]) -> tuple[str, ...]:
        """Return the modules that these files are, would be, or were read by.

        None where one is watched by the user's order: nobody knows what has read it.
        """
        if not set(paths).isdisjoint(self.watched_files):
            return ()
        graph = self.graph()
        return tuple(dict.fromkeys(name for path in paths for name in graph.names.get(path, ())))

    def cause(self, changes: Sequence[Change]) -> str:
        """Return what the user is told of why these changes matter."""
        chain, read = self.graph().chain, self.interest.read
        return describe(changes, chain, self.watched_files, read, self.project)

    def _is_changed(self, path: str, wall: float) -> bool:
        """Look at a file for the first time."""
        found = read(path, self.prints.own)
        if found and not path.endswith(os.sep) and status_of(path) != found[0].status:
            self.prints.keep(path, UNKNOWN)
            self._was_missing(path)
            return True
        digest = found[0].digest if found else None
        if path in self.prints and self.prints.digest(path) == digest:
            return False
        if found and self._is_missed(path, found[0].status[0], wall):
            self._was_missing(path)
            return True
        self.prints.keep(path, found[0] if found else None)
        if found and not path.endswith(os.sep):
            self._trusted[path] = found[0].status[0]
        return False

    def _distrust(self, opened: Mapping[str, float]) -> None:
        """Look again at what turns out to have been opened before it was saved."""
        for path in self.interest.files.intersection(opened):
            mtime_ns = self._trusted.get(path, 0)
            if mtime_ns > opened[path] * 1e9:
                del self._trusted[path]
                status = self.prints.status(path)
                if status is not None and status[0] == mtime_ns:
                    self.prints.keep(path, UNKNOWN)
                    self._unread[path] = opened[path]

    def _was_missing(self, path: str) -> None:
        """Know of a file that was looked for in vain, and is there now, that it appeared."""
        if path in self.interest.candidates:
            self.prints.keep(path, None)

    def _is_missed(self, path: str, mtime_ns: int, wall: float) -> bool:
        if path.endswith(os.sep) or mtime_ns <= wall * 1e9 or (path, mtime_ns) in self._missed:
            return False
        self._missed.add((path, mtime_ns))
        return True

    def _parse(self, path: str) -> None:
        found = read(path)
        if found and self.imports.parse(path, found[0].digest, found[1]):
            self._graph = None
