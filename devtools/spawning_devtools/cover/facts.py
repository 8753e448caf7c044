"""What the keeper tells those that count and report, and what it is told: pure data."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping
from typing import Any

Ran = Collection[int] | Collection[tuple[int, int]]
"""Lines, or arcs where branches are measured.  Never changed once it stands here."""


@dataclasses.dataclass(frozen=True, slots=True)
class Version:
    """One state of a file's source, and what ran of it."""

    digest: str
    """SHA-256 of its bytes, in hexadecimal."""
    imports: Ran = ()
    requests: Ran = ()
    contexts: Mapping[str, Ran] = dataclasses.field(default_factory=dict)
    """By request, where that is measured: then `requests` has all of these."""


@dataclasses.dataclass(frozen=True, slots=True)
class FileFacts:
    """A file in all states that have run and are still known; none where it never ran."""

    path: str
    versions: tuple[Version, ...] = ()

    def of(self, digest: str) -> Version | None:
        """Return what ran of the source that has this digest."""
        return next((one for one in self.versions if one.digest == digest), None)


@dataclasses.dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything that is known at one moment."""

    seq: int
    """Grows with each change."""
    files: tuple[FileFacts, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Setup:
    """How it is measured: what all analyses and reports need to know."""

    folder: str
    """Where the server was started: the project's configuration is looked for here."""
    branch: bool = False
    """Whether arcs are told, and not lines."""
    contexts: bool = False
    """Whether it is told which requests ran a line."""


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
    """All lines that are, which are more than those that begin statements."""
    partial: Mapping[int, str] = dataclasses.field(default_factory=dict)
    """Lines from which not all branches were taken, and what is to be said of it."""
    branches: int = 0
    partial_branches: int = 0
    """Branches that were not taken, from lines that ran."""
    missing_branches: int = 0
    """Branches that were not taken, from whatever line."""
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


def setup_as_json(setup: Setup) -> dict[str, Any]:
    """Return it as values that JSON has: the arguments of another one."""
    return dataclasses.asdict(setup)


def facts_as_json(facts: FileFacts) -> dict[str, Any]:
    """Return it as values that JSON has."""
    versions = [
        {
            "digest": one.digest,
            "imports": list(one.imports),
            "requests": list(one.requests),
            "contexts": {label: list(ran) for label, ran in one.contexts.items()},
        }
        for one in facts.versions
    ]
    return {"path": facts.path, "versions": versions}


def facts_from_json(value: Mapping[str, Any]) -> FileFacts:
    """Return what `facts_as_json` was given."""
    versions = [
        Version(
            one["digest"],
            _ran(one["imports"]),
            _ran(one["requests"]),
            {label: _ran(ran) for label, ran in one["contexts"].items()},
        )
        for one in value["versions"]
    ]
    return FileFacts(value["path"], tuple(versions))


def _ran(values: list[Any]) -> Ran:
    if values and isinstance(values[0], list):
        return [(start, end) for start, end in values]
    return values


def numbers_from_json(value: Mapping[str, Any]) -> Numbers:
    """Return the numbers of which these are `dataclasses.asdict`, by way of JSON."""
    fields: dict[str, Any] = {
        name: tuple(one) if isinstance(one, list) else one for name, one in value.items()
    }
    fields["partial"] = {int(line): text for line, text in value["partial"].items()}
    fields["contexts"] = {label: tuple(lines) for label, lines in value["contexts"].items()}
    return Numbers(**fields)
