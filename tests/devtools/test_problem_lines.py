"""`--problem-lines`: what a problem matcher reads of a start, a failed save and its repair."""

from __future__ import annotations

import os
import re
import socket
import subprocess
from pathlib import Path

import pytest

from serving import COMMAND, PATIENCE, Output, StartServer

pytestmark = pytest.mark.slow

GOOD = "def app(environ, start):\n    start('200 OK', [])\n    return [b'hello']\n"
MATCHER = re.compile(r"^spawn: error: (/.+):(\d+):(\d+): ([\w.]+): (.*)$")
"""As an extension of VS Code has it."""
LINES = re.compile(r"^spawn: (reload begin|reload end|error: .*)$")


def matched(log: Output, start: int = 0) -> list[str]:
    """Return the lines that are for a problem matcher."""
    return [line for line in log.lines[start:] if LINES.match(line)]


def test_a_failed_save_is_one_problem_until_it_is_mended(
    spawn: StartServer, tmp_path: Path
) -> None:
    shop = tmp_path / "shop.py"
    shop.write_text(GOOD)
    server = spawn(tmp_path, "--reload=dev", "-s", "1", "--problem-lines", "shop.app")
    server.log.wait_for("reload end")
    assert matched(server.log) == ["spawn: reload begin", "spawn: reload end"]
    seen = len(server.log.lines)
    shop.write_text(GOOD + "raise ValueError('one\\ntwo')\n")
    server.log.wait_for("reload end", seen)
    begin, error, end = matched(server.log, seen)
    assert (begin, end) == ("spawn: reload begin", "spawn: reload end")
    match = MATCHER.match(error)
    assert match is not None, error
    assert match.groups() == (str(shop), "4", "1", "ValueError", "one two")
    seen = len(server.log.lines)
    shop.write_text(GOOD.replace("hello", "goodbye"))
    server.log.wait_for("reload end", seen)
    assert matched(server.log, seen) == ["spawn: reload begin", "spawn: reload end"]


def test_a_first_start_that_fails_ends_too(spawn: StartServer, tmp_path: Path) -> None:
    shop = tmp_path / "shop.py"
    shop.write_text("def app(:\n")
    server = spawn(tmp_path, "--problem-lines", "shop.app")
    assert server.wait() == 3
    begin, error, end = matched(server.log)
    assert (begin, end) == ("spawn: reload begin", "spawn: reload end")
    assert error == f"spawn: error: {shop}:1:9: SyntaxError: invalid syntax"


def test_lines_of_several_processes_are_written_whole(tmp_path: Path) -> None:
    (tmp_path / "shop.py").write_text(GOOD)
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    ours.settimeout(PATIENCE)
    command = [COMMAND, "--port", "0", "--reload=dev", "-s", "1", "--problem-lines", "shop.app"]
    environ = os.environ | {"PYTHONUNBUFFERED": "1"}  # as in most containers
    with ours, subprocess.Popen(command, cwd=tmp_path, env=environ, stderr=theirs) as server:
        theirs.close()
        written = [ours.recv(65536)]
        while not written[-1].startswith(b"spawn: watching"):
            written.append(ours.recv(65536))
        server.terminate()
        assert server.wait(PATIENCE) == 0
        while data := ours.recv(65536):
            written.append(data)
    assert [data for data in written if not data.endswith(b"\n")] == []
