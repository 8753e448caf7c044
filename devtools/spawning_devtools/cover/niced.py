"""Processes that work beside the server, in the time that it leaves them.

`start` has a new process call `main(settings, orders, answers)` of a module of ours, with
two ends of pipes to the keeper.  They end when the keeper closes its end, or is gone.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import signal
import subprocess
import sys
import warnings
from collections.abc import Iterator, Mapping
from typing import Any

import spawning
import spawning_devtools
from spawning.title import set_title

NICENESS = 19
_NOT_FOR_THEM = (signal.SIGINT, signal.SIGHUP, signal.SIGQUIT)
"""A terminal sends these to everybody; it is the keeper who ends its children."""
_MEASURED_BY = ("COVERAGE_PROCESS_START", "COVERAGE_PROCESS_CONFIG")
"""With these, coverage.py would measure the process itself."""
_BEGIN = """\
import sys
sys.path[:] = filter(None, sys.path)
sys.path[:0] = [folder for folder in sys.argv[1:-2] if folder not in sys.path]
from spawning_devtools.cover.niced import begin
begin(*sys.argv[-2:])
"""
"""Not a script, whose folder would come first on the path, and ours has everyday names; nor is
the folder of the user's project on it.  Ours come in front, and only where Python does not know
them: a checkout needs that, and in an installation no order changes.
"""


def start(module: str, settings: Mapping[str, Any]) -> subprocess.Popen[bytes]:
    """Start `spawning_devtools.cover.MODULE` with settings, which are values that JSON has.

    MODULE is as in `reports.printer`.  Raises OSError.
    """
    environ = {name: value for name, value in os.environ.items() if name not in _MEASURED_BY}
    # A child inherits what its parent's thread blocks, from its first moment on.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _NOT_FOR_THEM)
    try:
        return subprocess.Popen(
            [sys.executable, "-c", _BEGIN, *_ours(), module, json.dumps(settings)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environ,
        )
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _ours() -> Iterator[str]:
    for package in (spawning, spawning_devtools):
        yield os.path.dirname(os.path.dirname(os.path.abspath(package.__file__ or "")))


def ending(code: int) -> str:
    """Return how a process ended: `by signal SIGKILL`, `with exit code 1`."""
    if code >= 0:
        return f"with exit code {code}"
    try:
        return f"by signal {signal.Signals(-code).name}"
    except ValueError:
        return f"by signal {-code}"


def yield_to_others(is_idle: bool) -> None:
    """Have this process run when others do not want to; `is_idle`: only then, as far as one can."""
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, 0, NICENESS)
    if is_idle and hasattr(os, "SCHED_IDLE"):
        with contextlib.suppress(OSError):
            os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))


def begin(module: str, settings: str) -> None:
    """Live as what `start` has started."""
    # What plugins of coverage.py print must not stand between answers.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    orders = os.fdopen(os.dup(0), "r", encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    warnings.resetwarnings()
    warnings.simplefilter("ignore")  # of the user's code, which is compiled here: not our concern
    set_title(f"coverage {module.rpartition('.')[2]}")
    importlib.import_module(f"spawning_devtools.cover.{module}").main(
        json.loads(settings), orders, answers
    )
