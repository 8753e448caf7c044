"""Output that waits, in a process of its own: it is about that process's streams."""

from __future__ import annotations

import os
import pty
import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow

PROGRAM = """
import io, os, sys
sys.path[:0] = FOLDERS
from spawning_devtools.snapshots.held import hold
print("before")
def seen():
    kept = "encoding errors line_buffering write_through mode name newlines".split()
    return [
        (
            s.fileno(), s.isatty(), type(s), isinstance(s.buffer, io.FileIO), s.buffer.mode,
            *(getattr(s, name) for name in kept),
        )
        for s in (sys.stdout, sys.stderr)
    ]
before = seen()
held = hold()
after = seen()
print("é held", flush=True)
print("held, too", file=sys.stderr)
sys.stdout.buffer.write(b"bytes\\n")
sys.stdout.flush()
os.write(1, b"not held\\n")
held.release()
print("released")
print(before == after, sys.stdout is sys.__stdout__, sys.stderr is sys.__stderr__)
if before != after:
    print(before, after)
"""


def command(import_folders: list[str]) -> list[str]:
    return [sys.executable, "-c", PROGRAM.replace("FOLDERS", repr(import_folders))]


@pytest.mark.parametrize("options", [[], ["-u"]], ids=["buffered", "unbuffered"])
def test_what_is_printed_waits_and_comes_in_order(
    import_folders: list[str], options: list[str]
) -> None:
    env = os.environ | {"PYTHONIOENCODING": "utf-8:replace"}
    env.pop("PYTHONUNBUFFERED", None)
    python, *rest = command(import_folders)
    ran = subprocess.run([python, *options, *rest], capture_output=True, env=env, check=True)
    assert ran.stderr == b"held, too\n"
    assert ran.stdout.decode().splitlines() == [
        "before",
        "not held",
        "é held",
        "bytes",
        "released",
        "True True True",
    ]


def test_the_order_is_kept_where_both_streams_are_one(import_folders: list[str]) -> None:
    ran = subprocess.run(
        [*command(import_folders)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=True
    )
    assert ran.stdout.split(b"\n")[2:5] == ["é held".encode(), b"held, too", b"bytes"]


def test_a_terminal_is_a_terminal(import_folders: list[str]) -> None:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(command(import_folders), stdout=theirs, stderr=theirs)
    os.close(theirs)
    said = b""
    try:
        while data := os.read(ours, 4096):
            said += data
    except OSError:
        pass  # how the end of a terminal is told
    os.close(ours)
    assert process.wait() == 0
    assert b"True True True" in said


def test_streams_that_are_closed_stay_so(import_folders: list[str]) -> None:
    shell = ["sh", "-c", 'exec "$@" >&- 2>&-', "sh", *command(import_folders)[:2]]
    program = (
        f"import sys; sys.path[:0] = {import_folders!r}\n"
        "from spawning_devtools.snapshots.held import hold\n"
        "hold().release()\n"
        "raise SystemExit(sys.stdout is None)\n"
    )
    assert subprocess.run([*shell, program]).returncode == 1
