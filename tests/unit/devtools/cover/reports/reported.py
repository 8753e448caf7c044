"""A project of which lines have run, for tests of what is made from that."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from spawning_devtools.cover.facts import FileFacts, Ran, Setup, Version
from spawning_devtools.cover.reports import printer

VIEWS = """\
\"\"\"Views.\"\"\"

NAMES = {
    "a": 1,
}


def hello(name):
    \"\"\"Say hello.\"\"\"
    if name:
        return (
            "hello "
            + name
        )
    return "nobody"


class Shape:
    size = 3

    def area(self):
        return self.size


def unused():  # pragma: no cover
    return 1
"""
IMPORTED = (1, 3, 8, 18, 19, 21, 25)
GREETED = (10, 11, 12, 13)
"""What `hello("you")` runs."""


class Covered:
    """A folder with sources."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, name: str, text: str) -> Path:
        """Write a file."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def path(self, name: str) -> str:
        """Return the path of a file."""
        return str(self.folder / name)

    def facts(
        self,
        name: str,
        imports: Collection[int] | Collection[tuple[int, int]] = (),
        requests: Collection[int] | Collection[tuple[int, int]] = (),
        contexts: Mapping[str, Ran] | None = None,
    ) -> FileFacts:
        """Return that lines of the file ran, as it is now."""
        digest = hashlib.sha256((self.folder / name).read_bytes()).hexdigest()
        version = Version(digest, imports, requests, contexts or {})
        return FileFacts(self.path(name), (version,))


def covered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Covered:
    """Return a project with one file; the test's process may go there, and comes back."""
    folder = (tmp_path / "project").resolve()
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setattr(sys, "path", list(sys.path))
    made = Covered(folder)
    made.write("views.py", VIEWS)
    return made


def printed(
    project: Covered, kind: str, files: Sequence[FileFacts], before: str = "", **setup: Any
) -> tuple[Path, dict[str, Any]]:
    """Return where a report is, and what was said of it."""
    to = project.folder.parent / f"new.{kind}"
    facts = Setup(str(project.folder), **setup)
    return to, printer.made(facts, kind, str(to), before, tuple(files))
