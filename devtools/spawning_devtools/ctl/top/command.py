"""The command line of `spawnctl top`."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence

from spawning.devhooks import INSTALL
from spawning.errors import DevtoolsMissing, ServerNotFound, UsageError
from spawning_devtools.ctl import notes
from spawning_devtools.ctl.parser import Parser, add_server_option
from spawning_devtools.ctl.status import command as status
from spawning_devtools.ctl.status.look import Looker

EXAMPLE = """\
F1 shows the keys.  Without a terminal, the same is printed once, as by 'spawnctl status'."""


def parser() -> Parser:
    """Return the parser of the command line."""
    made = Parser("top", "Shows workers and requests, live.", EXAMPLE)
    made.add_argument("-d", "--delay", type=float, default=1.0, metavar="SECONDS",
                      help="between two looks [1]")  # fmt: skip
    add_server_option(made)
    return made


def main(argv: Sequence[str]) -> int:
    """Show a server until somebody leaves; return the exit code.  Raises SpawningError."""
    typed = parser().parse_args(list(argv))
    if not 0.1 <= typed.delay <= 3600:
        raise UsageError("--delay: it is a number of seconds from 0.1 to 3600")
    words = ["--pid", str(typed.pid)] if typed.pid is not None else []
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return status.main(words)
    try:
        # Here, because it takes a tenth of a second.
        from spawning_devtools.ctl.top.screen import ATTACH, Top
    except ModuleNotFoundError as error:
        raise DevtoolsMissing(
            f"spawnctl top needs the module {error.name}, which is not installed",
            f"type: {INSTALL}",
        ) from None
    pid, note = notes.any_one(typed.pid)
    status.checked(Looker(pid, note))
    top = Top(Looker(pid, note), pid, typed.delay)
    while (outcome := asyncio.run(top.run())) == ATTACH:
        _attach(pid, top.chosen.worker)
    if outcome:
        raise ServerNotFound(outcome)
    return 0


def _attach(pid: int, worker: int) -> None:
    from spawning_devtools.ctl.attach import command as attach

    where = ["--worker", str(worker)] if worker else []
    attach.main(["--pid", str(pid), *where])
