"""What the server says about itself: one line each, on standard error.

Application output and the access log go their own ways; nothing here is an
error unless something is wrong.
"""

from __future__ import annotations

import sys
import traceback

# By name: with greenlets os.write becomes one that may switch, and a log must not.
from os import write

PREFIX = "spawn: "


def say(text: str) -> None:
    """Write one line, whole, so that lines of several processes do not mix."""
    _write(f"{PREFIX}{text}\n")


def say_bug(what: str) -> None:
    """Report the exception that is being handled as a bug, with its traceback."""
    _write(f"{PREFIX}{what}\n{traceback.format_exc()}")


def _write(text: str) -> None:
    # One os.write is atomic on a pipe up to PIPE_BUF; sys.stderr may be replaced
    # by the application, and a closed or full stderr must not end the server.
    try:
        write(2, text.encode(errors="backslashreplace"))
    except OSError:
        pass


def flush_standard_streams() -> None:
    """Flush what the application has printed; a closed stream is not an error."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (AttributeError, OSError, ValueError):
            pass
