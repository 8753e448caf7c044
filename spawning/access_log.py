"""The access log: one line for each answered or refused request.

    127.0.0.1 - - [24/Nov/2026 12:58:35] "GET /path HTTP/1.1" 200 1234 0.001234

client, time of day, request line, status, bytes of the body, seconds; the form
of 0.9.7, which its log analyser reads.  A line is one write, so that several
workers can share the file.
"""

from __future__ import annotations

import os
import time

# By name: with greenlets os.write becomes one that may switch, and a log must not.
from os import write

STANDARD_OUTPUT = 1


class AccessLog:
    """Writes lines to a descriptor that is open for appending."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._second = 0
        self._time_of_day = ""

    def write(self, client: str, line: str, code: int, size: int, seconds: float) -> None:
        """Log one request; a log that cannot be written must not fail it."""
        now = int(time.time())
        if now != self._second:
            self._time_of_day = time.strftime("%d/%b/%Y %H:%M:%S", time.localtime(now))
            self._second = now
        text = (
            f'{client or "-"} - - [{self._time_of_day}] "{_escaped(line)}" '
            f"{code} {size} {seconds:.6f}\n"
        )
        try:
            write(self._descriptor, text.encode("ascii", "backslashreplace"))
        except OSError:
            pass


def _escaped(text: str) -> str:
    """Return `text` such that it cannot end its quotes or forge a line."""
    if text.isprintable() and '"' not in text and "\\" not in text:
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return escaped if escaped.isprintable() else repr(escaped)[1:-1].replace("\\\\", "\\")


def open_log(path: str) -> AccessLog | None:
    """Return the log at `path`: '' is standard output, /dev/null none at all.

    Raises OSError where the file cannot be opened.
    """
    if path == os.devnull:
        return None
    if not path:
        return AccessLog(STANDARD_OUTPUT)
    return AccessLog(_open(path))


def check(path: str) -> None:
    """Raise OSError where `open_log` would, and leave nothing open."""
    if path not in ("", os.devnull):
        os.close(_open(path))


def _open(path: str) -> int:
    return os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)
