"""What the server says about itself: one line each, on standard error.

Application output and the access log go their own ways; nothing here is an
error unless something is wrong.  On a terminal, and nowhere else, the lines have
colour: errors red, what went wrong but goes on yellow, a generation that serves
green.
"""

from __future__ import annotations

import os
import re
import sys
import traceback

# By name: with greenlets os.write becomes one that may switch, and a log must not.
from os import write

PREFIX = "spawn: "
STANDARD_ERROR = 2

_RED, _GREEN, _YELLOW = 31, 32, 33
_COLOURS = (
    (re.compile(r"(?<=^spawn: )(?:error:|bug in [^\n]*)"), _RED),
    (re.compile(r"(?<=^spawn: )[^\n]*\b(?:died|failed|killed|cannot|could not)\b[^\n]*"), _YELLOW),
    (re.compile(r"\bgeneration \d+ in [\d.]+ m?s\b"), _GREEN),
)


def say(text: str) -> None:
    """Write one line, whole, so that lines of several processes do not mix."""
    _write(f"{PREFIX}{text}\n")


def say_bug(what: str) -> None:
    """Report the exception that is being handled as a bug, with its traceback."""
    _write(f"{PREFIX}{what}\n{traceback.format_exc()}")


def _write(text: str) -> None:
    # One os.write is atomic on a pipe up to PIPE_BUF; sys.stderr may be replaced
    # by the application, and a closed or full stderr must not end the server.
    if shows_colour(STANDARD_ERROR):
        text = coloured(text)
    try:
        write(STANDARD_ERROR, text.encode(errors="backslashreplace"))
    except OSError:
        pass


def shows_colour(descriptor: int) -> bool:
    """Return whether what is written there is seen in colour, and may be (no-color.org)."""
    return (
        not os.environ.get("NO_COLOR")
        and os.environ.get("TERM", "dumb") != "dumb"
        and os.isatty(descriptor)
    )


def coloured(text: str) -> str:
    """Return a line of ours in colour."""
    for pattern, colour in _COLOURS:
        if found := pattern.search(text):
            start, end = found.span()
            return f"{text[:start]}\x1b[{colour}m{text[start:end]}\x1b[0m{text[end:]}"
    return text


def flush_standard_streams() -> None:
    """Flush what the application has printed; a closed stream is not an error."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (AttributeError, OSError, ValueError):
            pass
