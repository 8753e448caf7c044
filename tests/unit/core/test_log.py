"""Colour in what the server says of itself: on a terminal only, and nothing but colour."""

from __future__ import annotations

import os
import pty

import pytest

from spawning import log

RED, GREEN, YELLOW, END = "\x1b[31m", "\x1b[32m", "\x1b[33m", "\x1b[0m"

LINES = {
    "spawn: error: --port: no\n": f"spawn: {RED}error:{END} --port: no\n",
    "spawn: bug in the server, please report it:\nTraceback": f"spawn: {RED}bug in the server,"
    f" please report it:{END}\nTraceback",
    "spawn: a.py changed: generation 2 in 287 ms\n": f"spawn: a.py changed: {GREEN}generation 2 in"
    f" 287 ms{END}\n",
    "spawn: serving a.b on http://h:1 (4 workers, generation 1 in 1.2 s)\n": "spawn: serving a.b on"
    f" http://h:1 (4 workers, {GREEN}generation 1 in 1.2 s{END})\n",
    "spawn: worker 3 (pid 5) died by SIGKILL\n": f"spawn: {YELLOW}worker 3 (pid 5) died by SIGKILL"
    f"{END}\n",
    "spawn:   a.py:3 in f: error: failed\n": f"spawn: {YELLOW}  a.py:3 in f: error: failed{END}\n",
    "spawn: waiting for a change; requests wait too\n": "spawn: waiting for a change; requests wait"
    " too\n",
}


@pytest.mark.parametrize(("line", "shown"), LINES.items())
def test_coloured(line: str, shown: str) -> None:
    assert log.coloured(line) == shown


@pytest.mark.parametrize("is_terminal", [True, False])
def test_only_a_terminal_is_shown_colour(
    is_terminal: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    reading, writing = pty.openpty() if is_terminal else os.pipe()
    before = os.dup(2)
    os.dup2(writing, 2)
    try:
        log.say("error: x")
    finally:
        os.dup2(before, 2)
    said = os.read(reading, 4096)
    for number in (reading, writing, before):
        os.close(number)
    assert (
        said.strip()
        == (f"spawn: {RED}error:{END} x" if is_terminal else "spawn: error: x").encode()
    )
