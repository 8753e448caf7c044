"""Programs that are measured, each in a process of its own: what measures is the process's."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from serving import PATIENCE

CORES = [
    "ctrace",
    "pytrace",
    pytest.param(
        "sysmon", marks=pytest.mark.skipif(sys.version_info < (3, 12), reason="no sys.monitoring")
    ),
]


SITE = {
    "site_app.py": """\
import threading
from contextlib import contextmanager

class Shape:
    sides = 4
    def area(self, by):
        if by > 1:
            return self.sides * by
        return 0

@contextmanager
def opened():
    try:
        yield [part for part in range(3) if part]
    finally:
        done = True

def pieces(number):
    for one in range(number):
        if one == 2:
            continue
        try:
            yield one / (one - 1)
        except ZeroDivisionError:
            pass

def in_thread():
    found = []
    def work():
        while len(found) < 3:
            found.append(Shape().area(len(found)))
    other = threading.Thread(target=work)
    other.start()
    other.join()
    return found

def everything():
    with opened() as parts:
        total = sum(parts)
    for piece in pieces(4):
        total += piece
    return total, in_thread(), later()

def later():
    import site_late
    return site_late.x

def never():
    return 1
""",
    "site_late.py": "x = 1\nclass Late:\n    y = 2\n",
    "left_out.py": "z = 1\n",
    ".coveragerc": "[run]\nsource = .\nomit = left_out.py\n",
}
"""An application with lines of all kinds."""

HEAD = """\
import json, os, sys, threading
from spawning_devtools.cover.meter.choice import Choice
from spawning_devtools.cover.meter.measuring import Measurement
CORE, CONCURRENCY, BRANCH, CONTEXTS = sys.argv[1:5]
sys.path.insert(0, os.getcwd())
considered = []
it = Measurement(
    lambda project: Choice(CORE, (CONCURRENCY,), "", BRANCH == "1", CONTEXTS == "1"),
    lambda path, code: considered.append([os.path.basename(path), code.co_name]),
)
def taken():
    return {
        context: {os.path.basename(path): sorted(ran) for path, ran in files.items()}
        for context, files in it.take().items()
    }
def tell(*things):
    print(json.dumps(things))
"""


def run(
    folder: Path, import_folders: Sequence[str], *words: str, env: Mapping[str, str] | None = None
) -> list[Any]:
    """Return what a process prints, each line of it JSON; it must not say anything else."""
    environ = {name: text for name, text in os.environ.items() if "COVERAGE" not in name}
    search_path = [*import_folders, *environ.get("PYTHONPATH", "").split(os.pathsep)]
    environ |= {"PYTHONPATH": os.pathsep.join(filter(None, search_path)), **(env or {})}
    done = subprocess.run(
        [sys.executable, *words],
        cwd=folder,
        env=environ,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@dataclasses.dataclass(frozen=True)
class How:
    """How a program is measured."""

    core: str = "ctrace"
    concurrency: str = "thread"
    branch: bool = False
    contexts: bool = False


def measured(
    folder: Path, import_folders: Sequence[str], program: str, how: How | str
) -> list[Any]:
    """Return what a program tells that has `it`, a Measurement, and `taken()`."""
    how = How(how) if isinstance(how, str) else how
    words = [how.core, how.concurrency, str(int(how.branch)), str(int(how.contexts))]
    return run(folder, import_folders, "-c", HEAD + program, *words)


def write(folder: Path, files: Mapping[str, str]) -> None:
    """Write files below a folder."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
