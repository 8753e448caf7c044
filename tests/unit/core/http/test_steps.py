"""How many calls of Python a request takes: what is added to the path of each is seen here."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

from spawning.http.connection import IDLE
from spawning.scoreboard import Scoreboard
from spawning.wsgi.environ import endpoint
from spawning.wsgi.handler import Handler
from unit.core.memory_host import MemoryHost

HEAD = b"GET / HTTP/1.1\r\nHost: a\r\n"
KNOWN, UNKNOWN = 19, 21
"""Calls for a request whose head is remembered, and for one whose head comes once."""


def _hello(_environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
    start("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "5")])
    return [b"hello"]


def _calls(host: MemoryHost, head: bytes) -> list[str]:
    """Return the functions of the server's that answer a request."""
    called: list[str] = []

    def note(frame: FrameType, event: str, _argument: Any) -> None:
        code = frame.f_code
        if event == "call" and "/spawning/" in code.co_filename:
            called.append(f"{code.co_filename.rpartition('/')[2]}:{code.co_name}")

    host.client.send(head)
    connection = host.connection
    connection.readable = True
    before = sys.getprofile()
    sys.setprofile(note)
    try:
        connection.serve(host.slot, "the test")
    finally:
        sys.setprofile(before)
    assert connection.phase is IDLE
    assert host.client.recv(4096).startswith(b"HTTP/1.1 200 ")
    return called


def test_a_request_takes_no_more_calls_than_it_did(host_for: Callable[..., MemoryHost]) -> None:
    end = endpoint("a", "80", is_unix=False, errors=sys.stderr, threads=True, processes=False)
    host = host_for(Handler(_hello, sys.stderr, None), end)
    host.slot = Scoreboard.create(1, 1).row(1, False).slots[0]
    for number in range(20):
        _calls(host, HEAD + b"X-Number: %d\r\n\r\n" % number)
        _calls(host, HEAD + b"\r\n")
    known = _calls(host, HEAD + b"\r\n")
    unknown = _calls(host, HEAD + b"X-Number: 99\r\n\r\n")
    assert len(known) <= KNOWN, known
    assert len(unknown) <= UNKNOWN, unknown
