"""What a line of the access log can say of one request, as a value."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

CLIENT_GONE = 499
"""Status of a request whose client went away before its response was whole, as nginx has it."""
WORKER_KILLED = 502
"""Status of a request whose worker was killed: what a proxy in front of us answers then."""

SHOWN = 1000
"""Most bytes of a request line that was refused: it may have been refused for its length."""

CUT_BY_CLIENT = "client"
CUT_BY_APPLICATION = "application"
CUT_BY_TIMEOUT = "timeout"
CUT_BY_KILL = "killed"


class Origin(NamedTuple):
    """The process that answered."""

    generation: int
    worker: int
    pid: int


# Not frozen: that would make it five times as dear, and it stands on the path of each request.
@dataclasses.dataclass(slots=True)
class Record:
    """One request, and what came of it.  Text is as the client sent it: nothing is escaped."""

    client: str
    """Address; empty on a unix socket."""
    id: str
    method: str
    target: str
    protocol: str
    """`HTTP/1.1`; this and the method are empty where no request line could be read."""
    status: int
    sent: int
    """Bytes of the body."""
    seconds: float
    cut: str = ""
    """By what the response was cut, empty where it is whole: one of the `CUT_BY` words."""
    headers: Mapping[str, str] = dataclasses.field(default_factory=dict)
    """Of the request, by their CGI meta-variable."""
    response_headers: Sequence[Sequence[str]] = ()
    environ: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    time: float = dataclasses.field(default_factory=time.time)
    """When it ended, in seconds since the epoch."""

    @property
    def line(self) -> str:
        """The request line; what there is of it where it could not be read, `-` for nothing."""
        if self.protocol:
            return f"{self.method} {self.target} {self.protocol}"
        return self.target or "-"


def refused(client: str, request_id: str, status: int, received: bytes) -> Record:
    """Return the record of a request whose head was refused, from what came of it."""
    line = received.lstrip(b"\r\n").partition(b"\n")[0].rstrip(b"\r")[:SHOWN].decode("latin-1")
    words = line.split(" ")
    method, target, protocol = words if len(words) == 3 else ("", line, "")
    return Record(client, request_id, method, target, protocol, status, 0, 0.0)


def killed(client: str, request_id: str, method: str, target: str, seconds: float) -> Record:
    """Return the record of a request whose worker was killed before it had answered."""
    protocol = "HTTP/1.1"
    return Record(
        client, request_id or "-", method, target, protocol, WORKER_KILLED, 0, seconds, CUT_BY_KILL
    )
