"""Heads of responses: made of what the application and the request say, and remembered.

Applications repeat themselves: the same status, fields and length come again and again, and
only the date is another.  Finding a head that was made before takes a quarter of the time
that making it takes.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from spawning.http.framing import delimit_response, response_has_body
from spawning.wsgi.fields import (
    REMEMBERED,
    SERVER_LINE,
    ApplicationError,
    content_length,
    date_line,
    field,
    remembered_field,
    status_code,
)

Headers = Sequence[Sequence[str]]
"""Names and values, in pairs: tuples, but some applications give lists."""

LONGEST, MOST = 1024, 512
"""What is remembered: heads of so many bytes, and so many of them."""


@dataclass(frozen=True, slots=True)
class Head:
    """What a head says, and how the body after it is delimited."""

    before: str
    """Its lines as far as the date, which comes next where `is_dated`."""
    after: str
    is_dated: bool
    length: int | None
    """Bytes of the body that it promises."""
    chunked: bool
    has_body: bool
    keep_alive: bool

    def encoded(self, date: str) -> bytes:
        """Return its bytes, with this line for the date."""
        return f"{self.before}{date if self.is_dated else ''}{self.after}".encode("latin-1")


NO_HEAD: Final = Head("", "", False, None, False, True, True)
"""What a response has before it has one."""


def head_of(
    status: str, headers: Headers, total: int | None, method: str, http11: bool, keep_alive: bool
) -> Head:
    """Return the head of a response whose body has `total` bytes, if that is known.

    Raises ApplicationError.
    """
    code = status_code(status)
    lines, length, noted, closes = _fields(headers, code)
    has_body = response_has_body(method, code)
    keep_alive = keep_alive and not closes
    chunked = False
    # A HEAD without a body leaves the length unsaid: it would be that of the GET.
    may_state = has_body or bool(total and response_has_body("GET", code))
    if length is None and total is not None and may_state:
        lines += f"Content-Length: {total}\r\n"
        length = total
    if length is None and has_body:
        chunked, keep_alive = delimit_response(http11, keep_alive)
        if chunked:
            lines += "Transfer-Encoding: chunked\r\n"
    after = "" if "server" in noted else SERVER_LINE
    if not keep_alive:
        after += "Connection: close\r\n"
    elif not http11:
        after += "Connection: keep-alive\r\n"
    return Head(
        f"HTTP/1.1 {status}\r\n{lines}",
        f"{after}\r\n",
        "date" not in noted,
        length,
        chunked,
        has_body,
        keep_alive,
    )


def _fields(headers: Headers, code: int) -> tuple[str, int | None, set[str], bool]:
    """Return the application's header lines, its Content-Length, which fields that the server
    would set it has set, and whether it ends the connection.
    """
    lines, length, closes = "", None, False
    own: set[str] = set()
    for name, value in headers:
        make = remembered_field if len(value) < REMEMBERED else field
        line, noted = make(name, value)
        if noted == "content-length":
            if length is not None:
                raise ApplicationError("Content-Length is set twice")
            length = content_length(value)
            if code == 204:
                continue  # RFC 9110, 8.6
        elif noted == "connection":
            # An application has no say on a connection but to end it.
            closes = closes or value.lower() == "close"
            continue
        elif noted in ("date", "server"):
            own.add(noted)
        elif noted:
            raise ApplicationError(f"{name} is a hop-by-hop field, which only servers set")
        lines += line
    return lines, length, own, closes


class Heads:
    """The heads that were made, for all connections of a worker; any thread may use it."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        """`clock`: seconds since the epoch."""
        self._clock = clock
        self.until = 0.0
        """Until when the date is that of now, on the monotonic clock: then call `turn`."""
        self._date = ""
        self._made: dict[Any, Head] = {}
        """By all that a head depends on."""
        self._dated: dict[Any, tuple[Head, bytes]] = {}
        """The same with their bytes, as far as they were sent in this second."""
        self.turn(0.0)

    def of(
        self,
        status: str,
        headers: Headers,
        total: int | None,
        method: str,
        http11: bool,
        keep_alive: bool,
    ) -> tuple[Head, bytes]:
        """Return a head (see `head_of`) and its bytes for now; raises ApplicationError."""
        key = (status, total, method == "HEAD", http11, keep_alive, tuple(headers))
        try:
            found = self._dated.get(key)
        except TypeError:  # fields that are lists, which the PEP does not allow and all take
            head = head_of(status, headers, total, method, http11, keep_alive)
            return head, head.encoded(self._date)
        if found is None:
            dated = self._dated
            head = self._made.get(key) or head_of(
                status, headers, total, method, http11, keep_alive
            )
            found = head, head.encoded(self._date)
            if len(found[1]) <= LONGEST:
                if len(self._made) >= MOST:
                    self._made.clear()
                    dated.clear()
                self._made[key], dated[key] = head, found
        return found

    def turn(self, now: float) -> None:
        """Have the date of now, which is this on the monotonic clock.

        Whoever begins a request looks at that clock anyway, and a response may be dated by its
        beginning (RFC 9110, 6.6.1): to look at another one for each response cost 60 ns.
        """
        seconds = self._clock()
        second = int(seconds)
        # In this order: another thread that has found the new table finds the new date, too.
        self._date = date_line(second)
        self._dated = {}
        self.until = now + (second + 1 - seconds)
