"""Imports and edits of one module, each in a process that is forked for it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

PROGRAM = """
import json, os, sys, traceback
sys.path[:0] = json.loads(sys.argv[1])
import inspect
from spawning_devtools.reload.observer import freshness
from spawning_devtools.snapshots import full

def tried(case):
    os.chdir(case["folder"])
    sys.path.insert(0, case["folder"])
    freshness.install()
    full.WORTH = case["worth"]
    exec(case["before"], {})
    one = full.Full(freshness.attend)
    if why := one.begin():
        return [why]
    import site_module as m
    exec(case["meanwhile"], {})
    if why := one.finish():
        return [why]
    exec(case["then"], {"one": one})
    if case["edited"] is None:
        os.unlink("site_module.py")
    else:
        with open("site_module.py", "w") as file:
            file.write(case["edited"])
    taken = one.take([m.__file__])
    assert taken.file == (m.__file__ if taken.why_not else "")
    return ["", taken.why_not, eval(case["shows"], {**vars(m), "inspect": inspect})]

for line in sys.stdin:
    if not os.fork():
        try:
            told = tried(json.loads(line))
        except BaseException:
            told = [traceback.format_exc()]
        os.write(1, json.dumps(told).encode() + b"\\n")
        os._exit(0)
    os.wait()
"""
"""A process that forks one for each case: to import all that it needs takes the longest."""


def start(import_folders: list[str]) -> subprocess.Popen[str]:
    """Start it."""
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, json.dumps(import_folders)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )


class Tries:
    """What comes of an import and an edit, each in a process of its own."""

    def __init__(self, folder: Path, running: subprocess.Popen[str]) -> None:
        self._folder = folder
        self._running = running

    def __call__(self, source: str, edited: str | None, **more: object) -> list[str]:
        """Return why the import is not kept, or else '', why the edit is not taken, a value.

        `more`: statements that are executed `before`, `meanwhile` and `then`; what it `shows`.
        """
        (self._folder / "site_module.py").write_text(source)
        usual = {"before": "", "meanwhile": "", "then": "", "shows": "told()", "worth": 0.0}
        case = {**usual, "folder": str(self._folder), "edited": edited, **more}
        assert self._running.stdin is not None
        assert self._running.stdout is not None
        self._running.stdin.write(json.dumps(case) + "\n")
        self._running.stdin.flush()
        told: list[str] = json.loads(self._running.stdout.readline())
        assert "Traceback" not in told[0], told[0]
        return told
