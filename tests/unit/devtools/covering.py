"""Programs that are measured, each in a process of its own: what measures is the process's."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

CORES = [
    "ctrace",
    "pytrace",
    pytest.param(
        "sysmon", marks=pytest.mark.skipif(sys.version_info < (3, 12), reason="no sys.monitoring")
    ),
]

HEAD = """\
import json, os, sys, threading
from spawning_devtools.cover.choice import Choice
from spawning_devtools.cover.measuring import Measurement
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
    environ |= {"PYTHONPATH": os.pathsep.join(import_folders), **(env or {})}
    done = subprocess.run(
        [sys.executable, *words],
        cwd=folder,
        env=environ,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def measured(
    folder: Path,
    import_folders: Sequence[str],
    program: str,
    core: str,
    concurrency: str = "thread",
    branch: bool = False,
    contexts: bool = False,
) -> list[Any]:
    """Return what a program tells that has `it`, a Measurement, and `taken()`."""
    words = [core, concurrency, str(int(branch)), str(int(contexts))]
    return run(folder, import_folders, "-c", HEAD + program, *words)


def write(folder: Path, files: Mapping[str, str]) -> None:
    """Write files below a folder."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
