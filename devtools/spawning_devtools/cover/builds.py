"""Reports of coverage.py, built when they are asked for, each by a process of its own.

Rules:
1. A kind of report is built by one process at a time; whoever asks meanwhile waits for it.
2. A build is used again as long as nothing has changed: what ran, the files that it shows,
   and the project's configuration.
3. Results stand in a folder that nobody else can read.  It goes when the keeper ends, and
   where that was killed, when the next keeper starts.
4. A build that fails says why in one sentence, to all who wait; whoever asks next has it
   tried again.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Protocol

from spawning_devtools.cover.facts import Setup, Snapshot


@dataclasses.dataclass(frozen=True, slots=True)
class Kind:
    """A kind of report."""

    file: str
    """Name of its file, as the user knows it; of a folder, of that file in it that comes first."""
    content_type: str
    is_folder: bool = False


KINDS: Mapping[str, Kind] = {
    "html": Kind("index.html", "text/html; charset=utf-8", is_folder=True),
    "tar": Kind("htmlcov.tar", "application/x-tar"),
    "json": Kind("coverage.json", "application/json"),
    "xml": Kind("coverage.xml", "application/xml; charset=utf-8"),
    "lcov": Kind("coverage.lcov", "text/plain; charset=utf-8"),
    "txt": Kind("coverage.txt", "text/plain; charset=utf-8"),
    "data": Kind(".coverage", "application/vnd.sqlite3"),
}
"""By the word that ends its address.  `tar` is `html` in one file, for `spawnctl`."""


class Lines(Protocol):
    """What is known of the lines that ran; called from any thread."""

    @property
    def seq(self) -> int:
        """Grows with each change."""

    def snapshot(self) -> Snapshot:
        """Return everything that is known, as it is at one moment."""


class BuildFailed(Exception):
    """There is no report; the message is a sentence for the user."""


@dataclasses.dataclass(frozen=True, slots=True)
class Build:
    """A report that is finished."""

    kind: str
    path: str
    """Of the file, or of the folder."""
    seq: int
    """What it shows."""
    remarks: tuple[str, ...] = ()
    """What coverage.py warned of: files that it left out, for instance."""

    def read(self, name: str = "") -> bytes | None:
        """Return the report; of a folder, the file of this name in it, None where it has none."""
        return None


class Builds:
    """All reports; every method may be called from any thread."""

    def __init__(self, setup: Setup, lines: Lines) -> None: ...

    def __enter__(self) -> Builds:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def now(self, kind: str) -> Build | None:
        """Return the report of what is known now; None while it is built, which this begins.

        Raises BuildFailed, once for each attempt: the next call begins another.
        """
        return None

    def wait(self, kind: str) -> Build:
        """Return the report of what is known now, when it is built; raises BuildFailed."""
        raise NotImplementedError

    def latest(self, kind: str) -> Build | None:
        """Return the newest report there is, which may be of before; None where there is none."""
        return None

    def close(self) -> None:
        """End what is being built, and remove what was."""
