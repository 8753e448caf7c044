"""The command line of one command of `spawnctl`."""

from __future__ import annotations

import argparse
from typing import NoReturn

from spawning.errors import UsageError


class Parser(argparse.ArgumentParser):
    """Takes no abbreviations, and raises UsageError for what it does not know."""

    def __init__(self, command: str, description: str, epilog: str = "") -> None:
        super().__init__(
            prog=f"spawnctl {command}",
            description=description,
            epilog=epilog or None,
            allow_abbrev=False,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )

    def error(self, message: str) -> NoReturn:
        """Raise UsageError."""
        raise UsageError(message, f"type '{self.prog} --help' for the options")


def add_server_option(parser: Parser) -> None:
    """Add the option that names the server."""
    parser.add_argument("--pid", type=int, metavar="PID", help="process id of the server's "
        "controller [the server that was started in this folder, or in one above it]")  # fmt: skip
