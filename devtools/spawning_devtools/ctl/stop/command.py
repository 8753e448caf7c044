"""The command line of `spawnctl stop`."""

from __future__ import annotations

import os
import select
import signal
import sys
from collections.abc import Sequence
from time import monotonic

from spawning.errors import ServerNotFound
from spawning_devtools.ctl import notes
from spawning_devtools.ctl.figures import duration
from spawning_devtools.ctl.parser import Parser, add_server_option
from spawning_devtools.ctl.reload.command import order
from spawning_devtools.ctl.rendering import clean
from spawning_devtools.ctl.status.look import Looker
from spawning_devtools.ctl.status.sight import Sight

EACH = 2.0
"""Seconds between two words about what is waited for."""

EXAMPLE = """\
Requests in flight are finished first, for as long as --deadman of the server allows.
Ctrl-C ends the waiting only: the server goes on ending."""


def parser() -> Parser:
    """Return the parser of the command line."""
    made = Parser("stop", "Stops a server, and waits until it has ended.", EXAMPLE)
    add = made.add_argument
    add("--now", action="store_true", help="do not finish the requests in flight")
    add("--no-wait", action="store_true", help="do not wait for its end")
    add_server_option(made)
    return made


def main(argv: Sequence[str]) -> int:
    """Stop a server; return the exit code.  Raises ServerNotFound."""
    typed = parser().parse_args(list(argv))
    pid, note = notes.any_one(typed.pid)
    try:
        # Before the order, so that a later process with the same number is not waited for.
        process = os.pidfd_open(pid)
    except ProcessLookupError:
        raise ServerNotFound(f"server {pid} has just ended") from None
    try:
        order(pid, signal.SIGQUIT if typed.now else signal.SIGTERM)
        if not typed.no_wait:
            _wait(process, Looker(pid, note))
            print(f"server {pid} has ended")
    finally:
        os.close(process)
    return 0


def _wait(process: int, looker: Looker) -> None:
    since, said = monotonic(), ""
    while not select.select([process], [], [], EACH)[0]:
        sight = looker.look()
        text = waiting(sight) if sight is not None else ""
        if text and text != said:
            print(f"spawnctl: {text}, for {duration(monotonic() - since)} now", file=sys.stderr)
        said = text


def waiting(sight: Sight) -> str:
    """Return what is waited for, '' where nothing is known of it."""
    requests = sight.in_flight
    if not requests:
        return ""
    more = f" and {len(requests) - 1} more" if len(requests) > 1 else ""
    return clean(f"waiting for {requests[0].line}{more}")
