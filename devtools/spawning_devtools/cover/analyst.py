"""The keeper's side of the analysis: numbers of each file, from a process of its own.

Rules:
1. Nobody waits for it: what is asked is answered later, and `changed` is called then.
2. What was asked last is answered first: files that change are those that are looked at.
3. The numbers of a file are of the source that is on disk.  Where it changes there,
   it is analysed anew without being asked for (`look`).
4. A process that dies is started anew.  A file at which it dies is not tried again
   before it changes.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping

from spawning_devtools.cover.facts import FileFacts, Setup


@dataclasses.dataclass(frozen=True, slots=True)
class Numbers:
    """What is known of a file: of the source that is on disk, as coverage.py counts.

    Numbers of lines are those at which statements begin, in their order; `requests`,
    `imports` and `missing` share none and make up `statements`.
    """

    path: str
    name: str = ""
    """As reports call it: relative to the folder of the server, where it is below."""
    digest: str = ""
    """Of the source on disk; '' where it cannot be read."""
    is_stale: bool = False
    """Whether another source has run, but not this one."""
    is_gone: bool = False
    """Whether there is no such file any more: it is in no report."""
    is_left_out: bool = False
    """Whether the project's configuration leaves it out of reports."""
    problem: str = ""
    """Why it cannot be analysed, one sentence; it counts for nothing then."""
    statements: tuple[int, ...] = ()
    requests: tuple[int, ...] = ()
    """Run by requests, and standing in a function."""
    imports: tuple[int, ...] = ()
    """Run, but not by requests."""
    missing: tuple[int, ...] = ()
    excluded: tuple[int, ...] = ()
    partial: Mapping[int, str] = dataclasses.field(default_factory=dict)
    """Lines from which not all branches were taken, and what is to be said of it."""
    branches: int = 0
    partial_branches: int = 0
    """Branches that were not taken, from lines that ran."""
    missing_branches: int = 0
    """Branches that were not taken, from whatever line."""
    multiline: Mapping[int, int] = dataclasses.field(default_factory=dict)
    """Last line of each statement that has several, by its first."""
    contexts: Mapping[str, tuple[int, ...]] = dataclasses.field(default_factory=dict)
    """Statements by the request that ran them, where that is measured."""

    @property
    def counts(self) -> bool:
        """Whether it is part of the totals."""
        return not (self.is_gone or self.is_left_out or self.problem)

    @property
    def covered(self) -> tuple[int, int]:
        """How much ran, of how much: statements and branches, as reports count them.

        Sums of both, over all files that count, make the percentage of all.
        """
        ran = len(self.requests) + len(self.imports) + self.branches - self.missing_branches
        return ran, len(self.statements) + self.branches

    @property
    def percent(self) -> float:
        """Of `covered`; 100 where there is nothing to cover."""
        ran, all_ = self.covered
        return 100.0 * ran / all_ if all_ else 100.0


class Analyst:
    """Asks the process, and has its answers; every method may be called from any thread."""

    def __init__(self, setup: Setup, changed: Callable[[str], None]) -> None:
        """Call `changed`, from a thread of its own, with the path of which there is a new result.

        That may be one that was never asked for: a file that `source` names and that never
        ran.  Or one of which `result` is None now: it never ran, and is not there any more.
        """

    def __enter__(self) -> Analyst:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def ask(self, facts: FileFacts) -> None:
        """Have a file analysed, ahead of all others; what was asked of it before is void."""

    def look(self) -> None:
        """Have it looked, once a second at most, whether files have changed on disk.

        To be called whenever somebody looks at a page.  Without it nothing is done that was
        not asked for.
        """

    def result(self, path: str) -> Numbers | None:
        """Return the newest result, which may be older than what was asked; None without one."""
        return None

    def is_pending(self, path: str) -> bool:
        """Return whether there will be a newer result."""
        return False

    def never_ran(self) -> frozenset[str]:
        """Return the files that `source` names, and of which nothing was ever asked."""
        return frozenset()

    @property
    def problem(self) -> str:
        """Why no file can be analysed, one sentence: the configuration may be broken; or ''."""
        return ""

    def close(self) -> None:
        """End the process and the thread."""
