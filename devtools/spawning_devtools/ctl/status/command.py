"""The command line of `spawnctl status`."""

from __future__ import annotations

import dataclasses
import json
import shutil
import sys
from collections.abc import Sequence
from typing import Any

from spawning.errors import ServerNotFound
from spawning.inspection import folders_of
from spawning.title import CONTROLLER
from spawning_devtools.ctl import notes
from spawning_devtools.ctl.painting import painted
from spawning_devtools.ctl.parser import Parser, add_server_option
from spawning_devtools.ctl.rendering import Fragments
from spawning_devtools.ctl.status import text
from spawning_devtools.ctl.status.look import Looker
from spawning_devtools.ctl.status.sight import Sight
from spawning_devtools.discovery import servers

NOTHING_SERVES = 1
WIDE = 10_000
"""Columns where there is no terminal."""

EXAMPLE = """\
The exit code is 0 if a generation serves, 1 if none does, or if there is no server.

examples:
  spawnctl status
  spawnctl status --all
  spawnctl status --format json | jq .workers"""


def parser() -> Parser:
    """Return the parser of the command line."""
    made = Parser("status", "Says how a server fares: its workers, and what they do.", EXAMPLE)
    made.add_argument("--all", action="store_true", help="all servers of this user, a line each")
    made.add_argument("--format", default="text", choices=("text", "json"), help="[text]")
    add_server_option(made)
    return made


def main(argv: Sequence[str]) -> int:
    """Print how a server fares; return the exit code.  Raises ServerNotFound."""
    typed = parser().parse_args(list(argv))
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else WIDE
    if typed.all:
        sights = all_sights()
        _print(typed.format, [_plain(one) for one in sights], text.listed(sights, width))
        return 0 if sights else NOTHING_SERVES
    sight = checked(Looker(*notes.any_one(typed.pid)))
    _print(typed.format, _plain(sight), text.described(sight, width))
    return 0 if sight.generation else NOTHING_SERVES


def all_sights() -> list[Sight]:
    """Return all servers of which there is something to be seen."""
    known = {note.pid: note for note in servers()}
    pids = sorted({*known, *folders_of(CONTROLLER)})
    sights = (Looker(pid, known.get(pid)).look() for pid in pids)
    return [sight for sight in sights if sight is not None]


def checked(looker: Looker) -> Sight:
    """Return what is to be seen of a server; raises ServerNotFound where that is nothing."""
    sight = looker.look()
    if sight is None:
        raise ServerNotFound("the server has just ended")
    if not sight.workers and not looker.sees_workers:
        raise ServerNotFound(
            f"the counters of server {sight.pid} cannot be read, and it has no status page",
            "it is another user's, or of another version; start it with --status-port",
        )
    return sight


def _plain(sight: Sight) -> dict[str, Any]:
    told = dataclasses.asdict(sight)
    del told["at"]
    return {**told, "generation": sight.generation, "busy": sight.busy, "memory": sight.memory}


def _print(form: str, plain: Any, fragments: Fragments) -> None:
    if form == "json":
        print(json.dumps(plain, indent=2))
    else:
        print(painted(fragments, sys.stdout.isatty()), end="")
