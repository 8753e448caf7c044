"""`spawnctl attach`: from the words on the command line to a session."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Sequence
from typing import Any

from spawning.devhooks import INSTALL
from spawning.errors import DevtoolsMissing, UsageError
from spawning.whereabouts import started
from spawning_devtools.ctl import notes
from spawning_devtools.ctl.attach.dial import Dial, Target, dial
from spawning_devtools.ctl.attach.history import file_of, prepared
from spawning_devtools.ctl.attach.where import CONTROLLER
from spawning_devtools.ctl.attach.wire import Wire
from spawning_devtools.ctl.parser import Parser

EXAMPLE = """\
Type 'help' at the prompt for its words and keys.

examples:
  spawnctl attach
  spawnctl attach --worker 3
  spawnctl attach -c 'app.config["DEBUG"]'
  spawnctl attach unix:/run/shop/backdoor"""


def parser() -> Parser:
    """Return the parser of the command line."""
    made = Parser(
        "attach", "Opens a prompt inside a worker of a server that runs with --backdoor.", EXAMPLE
    )
    add = made.add_argument
    add("address", nargs="?", metavar="ADDRESS", help="HOST:PORT, PORT or unix:PATH [as the "
        "server has told]")  # fmt: skip
    add("--pid", type=int, metavar="PID", help="process id of the server's controller [the "
        "server that was started in this folder, or in one above it]")  # fmt: skip
    add("--secret", metavar="FILE", help="what to show a server that cannot know whose this "
        "client is [its own file]")  # fmt: skip
    add("--worker", metavar="N", help="its number, or 'controller' [one of the newest generation]")
    add("-c", "--command", metavar="CODE", help="run this, and end [a prompt; Python from a pipe]")
    add("--vi", action="store_true", help="keys of vi; F4 changes them too")
    return made


def main(argv: Sequence[str]) -> int:
    """Attach; return the exit code.  Raises SpawningError."""
    typed = parser().parse_args(list(argv))
    target = _target(typed.address, typed.pid, typed.secret)
    is_script = typed.command is not None or not sys.stdin.isatty()
    about = _about(typed.worker, is_script)

    async def open_line(is_again: bool) -> Wire:
        return await dial(target, about, is_again)

    try:
        # What needs prompt_toolkit is imported there: it may be missing, and takes a while.
        if typed.command is not None:
            return _run_script(open_line, typed.command)
        if not sys.stdin.isatty():
            return _run_script(open_line, sys.stdin.read())
        return _run_terminal(open_line, target.folder, typed.vi)
    except ModuleNotFoundError as error:
        raise DevtoolsMissing(
            f"spawnctl attach needs the module {error.name}, which is not installed",
            f"type: {INSTALL}",
        ) from None


def _target(address: str | None, pid: int | None, secret: str | None) -> Target:
    if address is not None:
        if pid is not None:
            raise UsageError("ADDRESS and --pid both say which server is meant", "leave one out")
        return Target((address,), os.getcwd(), secret or "")
    note = notes.one(pid, lambda note: bool(note.backdoor), "--backdoor")
    return Target(
        note.backdoor,
        note.folder,
        secret or note.secret,
        lambda: started(note.pid) == note.started,
    )


def _about(worker: str | None, is_script: bool) -> dict[str, Any]:
    """Return what we say of ourselves before anything else."""
    if worker is not None and not (worker.isdecimal() or worker == CONTROLLER):
        raise UsageError(f"--worker: there is no worker {worker!r}", "type a number or controller")
    # What waits at a breakpoint is for a person.
    script = {"script": True} if is_script else {}
    return {"to": worker, **script} if worker is not None else script


def _run_script(open_line: Dial, source: str) -> int:
    from spawning_devtools.ctl.attach import script

    return asyncio.run(script.run(open_line, source))


def _run_terminal(open_line: Dial, folder: str, vi: bool) -> int:
    from spawning_devtools.ctl.attach.attached import Attached

    python, pdb = (prepared(file_of(folder, os.environ, name)) for name in ("python", "pdb"))

    async def talk() -> int:
        return await Attached(open_line, folder, (python, pdb), vi).run()

    return asyncio.run(talk())
