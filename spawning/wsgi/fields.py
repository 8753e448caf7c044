"""The lines of a response's head: checked, and remembered, because applications repeat themselves.

Each function is pure; remembering a line takes a third of the time that making it takes.
"""

from __future__ import annotations

import functools
import time

SERVER_LINE = "Server: Spawning\r\n"
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = tuple("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split())
_HOP_BY_HOP = frozenset({"transfer-encoding", "trailer", "upgrade", "te", "keep-alive"})
_NOTED = frozenset({"content-length", "connection", "date", "server"}) | _HOP_BY_HOP
REMEMBERED = 100
"""Longest header value whose line is remembered."""


class ApplicationError(Exception):
    """The application broke the protocol; the text says how."""


@functools.lru_cache(maxsize=256)
def status_code(status: str) -> int:
    """Return the code of a status such as `200 OK`; raises ApplicationError."""
    code = status[:3]
    if not (len(code) == 3 and code.isascii() and code.isdigit()) or status[3:4] not in ("", " "):
        raise ApplicationError(f"the status {status!r} is not a code and a reason")
    if _breaks_line(status):
        raise ApplicationError("the status contains a line break or a null character")
    if code < "200":
        raise ApplicationError(f"the status {status!r} is not a final one")
    return int(code)


def field(name: str, value: str) -> tuple[str, str]:
    """Return (the field's line, its name in lower case if the server cares about it, else '').

    Raises ApplicationError where a line break would begin a field of the value's
    own (response splitting).
    """
    if _breaks_line(name) or _breaks_line(value):
        raise ApplicationError(f"the header field {name!r} contains a line break or a null")
    lower = name.lower()
    return name + ": " + value + "\r\n", lower if lower in _NOTED else ""


remembered_field = functools.lru_cache(maxsize=1024)(field)


def _breaks_line(text: str) -> bool:
    return "\n" in text or "\r" in text or "\0" in text


def date_line(second: float) -> str:
    """Return the Date line of a time since the epoch (RFC 9110, 6.6.1)."""
    return f"Date: {http_date(int(second))}\r\n"


def http_date(second: int) -> str:
    """Return a time since the epoch as RFC 9110, 5.6.7 writes it, whatever the locale."""
    year, month, day, hour, minute, sec, weekday, *_ = time.gmtime(second)
    # Not email.utils.formatdate: its import costs a worker 8 ms at start.
    return (
        f"{_DAYS[weekday]}, {day:02} {_MONTHS[month - 1]} {year} {hour:02}:{minute:02}:{sec:02} GMT"
    )


@functools.lru_cache(maxsize=1024)
def content_length(value: str) -> int:
    """Return the number that a Content-Length names; raises ApplicationError."""
    if not (value.isascii() and value.isdigit()):
        raise ApplicationError(f"Content-Length {value!r} is not a number")
    return int(value)
