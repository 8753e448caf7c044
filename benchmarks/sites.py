"""The sites that are edited: where each comes from, its files, and saves as editors make them."""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count, cycle
from pathlib import Path

import django_site
import heavy_site

SMALL = Path(__file__).resolve().parent / "sites" / "small"
MARK = 'VERSION = "v0"'
IN_A_BODY = """\
class _Version:
    def __str__(self):
        return "v0"


VERSION = _Version()"""
"""The same, but what is edited is in a function that runs for each answer, and not before."""
PARTS = ("constant", "bodies")
SHOWN = re.compile(r"(\w+)=v(\d+)")
HOWS = ("in place", "atomic")
AS_ASGI = """\
from a2wsgi import WSGIMiddleware
from {module} import {variable} as wsgi

app = WSGIMiddleware(wsgi)
"""


@dataclass(frozen=True)
class Target:
    """A file that is edited, and the name under which `/` shows its version."""

    role: str
    file: str
    mixed: bool = True
    """Whether it takes part where the files are edited in turn."""


@dataclass(frozen=True)
class Site:
    """An application; `write` puts it into a folder that exists."""

    name: str
    title: str
    module: str
    variable: str
    targets: tuple[Target, ...]
    write: Callable[[Path], None]


def _write_small(folder: Path) -> None:
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(SMALL, folder, ignore=ignored, dirs_exist_ok=True)


SITES = (
    Site(
        "small",
        "A small Flask site",
        "small_site.wsgi",
        "app",
        (
            Target("entry", "small_site/wsgi.py"),
            Target("middle", "small_site/views.py"),
            Target("leaf", "small_site/helpers.py"),
        ),
        _write_small,
    ),
    Site(
        "django",
        "A Django 5.2 project: five applications, admin, REST framework",
        "config.wsgi",
        "application",
        (
            Target("entry", "config/wsgi.py"),
            Target("middle", "catalog/views.py"),
            Target("leaf", "core/formats.py"),
            Target("models", "catalog/models.py", mixed=False),
        ),
        django_site.write,
    ),
    Site(
        "heavy",
        "A heavy Flask site: numpy, pandas, SQLAlchemy, 150 modules of its own",
        "shop.wsgi",
        "app",
        (
            Target("entry", "shop/wsgi.py"),
            Target("middle", "shop/services/warehouse_service.py"),
            Target("leaf", "shop/kernel/barcodes.py"),
            Target("wide", "shop/kernel/money.py"),
        ),
        heavy_site.write,
    ),
)


@dataclass(frozen=True)
class Edit:
    """A save that is about to happen."""

    target: Target
    version: int
    how: str
    file: Path
    content: str

    def save(self) -> float:
        """Save the file; return the moment on the monotonic clock at which that began."""
        moment = time.monotonic()
        if self.how == "atomic":
            # A name that no reloader takes for source code, in the same file system.
            beside = self.file.with_name(f".{self.file.name}.saving")
            beside.write_text(self.content)
            os.replace(beside, self.file)
        else:
            self.file.write_text(self.content)
        return moment


def prepare(site: Site, folder: Path, parts: str = PARTS[0]) -> Path:
    """Write the site into `folder`, which is made; return it.  `parts`: what will be edited."""
    folder.mkdir(parents=True)
    site.write(folder)
    if parts == "bodies":
        for target in site.targets:
            file = folder / target.file
            file.write_text(file.read_text().replace(MARK, IN_A_BODY))
    words = {"module": site.module, "variable": site.variable}
    (folder / "as_asgi.py").write_text(AS_ASGI.format(**words))
    return folder


def copy(original: Path, parent: Path) -> Path:
    """Copy a site into `parent`, without compiled leftovers; return its folder."""
    ignored = shutil.ignore_patterns("__pycache__")
    return Path(shutil.copytree(original, parent / original.name, ignore=ignored))


def edits(targets: Sequence[Target], folder: Path) -> Iterator[Edit]:
    """Yield edits for ever: each target in turn, in place and by atomic rename in turn.

    Each makes the file longer than it ever was: some servers see changes by the second only,
    and Python itself takes a compiled file for fresh where time in seconds and size agree.
    """
    sources = {target: (folder / target.file).read_text() for target in targets}
    for target, number in zip(cycle(targets), count(1)):
        # By rounds, so that each target is saved in both ways even where their number is even.
        how = HOWS[(number - 1 + (number - 1) // len(targets) * (len(targets) % 2 == 0)) % 2]
        edited = sources[target].replace('"v0"', f'"v{number}"')
        yield Edit(target, number, how, folder / target.file, f"{edited}\n#{'.' * number}\n")


def shown(content: str) -> dict[str, int]:
    """Return the version of each file that an answer shows."""
    return {role: int(version) for role, version in SHOWN.findall(content)}
