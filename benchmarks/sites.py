"""Copies of the sample sites, and saves made to them as an editor makes them."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count, cycle
from pathlib import Path

from environment import SITES

MARK = 'VERSION = "v0"'


@dataclass(frozen=True)
class Target:
    """A file that is edited, and the URL whose answer tells which version of it runs."""

    role: str
    file: str
    path: str


@dataclass(frozen=True)
class Site:
    """A sample application and its files at the top, in the middle and at the bottom."""

    folder: str
    targets: tuple[Target, ...]


FLASK = Site(
    "flask_site",
    (
        Target("entry", "site_app/wsgi.py", "/entry"),
        Target("middle", "site_app/views.py", "/"),
        Target("leaf", "site_app/helpers.py", "/leaf"),
    ),
)
DJANGO = Site(
    "django_site",
    (
        Target("entry", "mysite/settings.py", "/entry"),
        Target("middle", "polls/views.py", "/"),
        Target("leaf", "polls/helpers.py", "/leaf"),
    ),
)


@dataclass(frozen=True)
class Edit:
    """A save that is about to happen."""

    target: Target
    version: str
    file: Path
    content: str

    def save(self) -> float:
        """Replace the file by atomic rename; return the moment on the monotonic clock."""
        # A name that no reloader takes for source code, in the same file system.
        beside = self.file.with_name(f".{self.file.name}.saving")
        beside.write_text(self.content)
        moment = time.monotonic()
        os.replace(beside, self.file)
        return moment


def copy(site: Site, parent: Path) -> Path:
    """Copy the site into `parent`, without compiled leftovers; return its folder."""
    ignored = shutil.ignore_patterns("__pycache__")
    return Path(shutil.copytree(SITES / site.folder, parent / site.folder, ignore=ignored))


def edits(site: Site, folder: Path) -> Iterator[Edit]:
    """Yield edits for ever: each target in turn, each with a new version.

    Each makes the file longer than it ever was: some servers see changes by the second only,
    and Python itself takes a compiled file for fresh where time in seconds and size agree.
    """
    sources = {target: (folder / target.file).read_text() for target in site.targets}
    for target, number in zip(cycle(site.targets), count(1)):
        version = f"v{number}"
        edited = sources[target].replace(MARK, f'VERSION = "{version}"')
        yield Edit(target, version, folder / target.file, f"{edited}\n#{'.' * number}\n")
