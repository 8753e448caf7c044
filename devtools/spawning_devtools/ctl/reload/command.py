"""The command line of `spawnctl reload`."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Sequence
from time import monotonic

from spawning.errors import ServerNotFound
from spawning_devtools.ctl import notes
from spawning_devtools.ctl.parser import Parser, add_server_option
from spawning_devtools.ctl.reload.outcome import Judge, Outcome
from spawning_devtools.ctl.rendering import clean
from spawning_devtools.ctl.status.look import Looker
from spawning_devtools.ctl.status.sight import Sight

PAUSE = 0.02
UNSEEN = 15.0
"""Seconds after which a generation that nobody has seen was there too shortly."""
FAILED = 1

EXAMPLE = """\
The exit code is 0 if the new generation serves, 1 if it could not be started; then the one
before goes on."""


def parser() -> Parser:
    """Return the parser of the command line."""
    made = Parser("reload", "Starts a new generation, and waits until it serves.", EXAMPLE)
    made.add_argument("--no-wait", action="store_true", help="do not wait for it")
    add_server_option(made)
    return made


def main(argv: Sequence[str]) -> int:
    """Reload a server; return the exit code.  Raises ServerNotFound."""
    typed = parser().parse_args(list(argv))
    pid, note = notes.any_one(typed.pid)
    looker = Looker(pid, note)
    before = looker.look()
    order(pid, signal.SIGHUP)
    if typed.no_wait or before is None or not looker.sees_workers:
        return 0
    started = monotonic()
    judge = Judge(before)
    while (sight := looker.look()) is not None:
        match judge.judge(sight):
            case Outcome.SERVES:
                print(f"generation {judge.generation} serves after {monotonic() - started:.1f} s")
                return 0
            case Outcome.FAILED:
                print(_failure(judge.generation, sight), file=sys.stderr)
                return FAILED
        if not judge.generation and monotonic() - started > UNSEEN:
            print(f"spawnctl: no new generation was seen in {UNSEEN:.0f} s", file=sys.stderr)
            return FAILED
        time.sleep(PAUSE)
    raise ServerNotFound(f"server {pid} has ended")


def order(pid: int, number: signal.Signals) -> None:
    """Send a signal to a controller; raises ServerNotFound."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        raise ServerNotFound(f"server {pid} has just ended") from None
    except PermissionError:
        raise ServerNotFound(
            f"server {pid} is not yours to command", "ask as the user who started it, or as root"
        ) from None


def _failure(generation: int, sight: Sight) -> str:
    line = f"spawnctl: generation {generation} could not be started; "
    line += f"generation {sight.generation} goes on"
    if not sight.failure:
        return f"{line}; the log of the server says why"
    told = sight.failure
    place = f"{told['file']}:{told['line']}: " if told.get("file") else ""
    return f"{line}\n{clean(place + str(told.get('type')) + ': ' + str(told.get('message')))}"
