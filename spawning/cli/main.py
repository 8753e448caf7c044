"""`spawn`: from the words on the command line to a running server."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from spawning import access_log, devhooks, log
from spawning.cli.settings import resolve
from spawning.controller.binding import bound
from spawning.controller.loop import Controller
from spawning.errors import SpawningError, UsageError

INTERRUPTED = 130


def _check_access_log(path: str) -> None:
    """Find out now what every worker would fail at; raises UsageError."""
    try:
        access_log.check(path)
    except OSError as error:
        raise UsageError(
            f"--access-log-file: {path} cannot be written: {error.strerror}",
            "type a file in a folder that exists, or /dev/null",
        ) from None


def main(argv: Sequence[str] | None = None) -> int:
    """Run the server as the command line says; return the exit code."""
    try:
        settings = resolve(sys.argv[1:] if argv is None else argv, Path.cwd())
        hooks = devhooks.load(settings.config)
        _check_access_log(settings.config.access_log_file)
        with bound(settings.config) as listeners:
            return Controller(settings.config, listeners, hooks, settings.lines()).run()
    except SpawningError as error:
        log.say(f"error: {error}")
        return error.exit_code
    except KeyboardInterrupt:
        return INTERRUPTED
