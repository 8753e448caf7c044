"""What the keeper tells those that analyse and report: pure data, and how it crosses a pipe."""

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
