"""Forking a process whose parent is another than who forks it; and keeping such a child."""

from __future__ import annotations

import subprocess
import sys

import pytest

from serving import PATIENCE

pytestmark = pytest.mark.slow

# The first process takes in orphans; the second, its child, is what a snapshot is.
PROGRAM = """
import os, signal, sys, time
sys.path[:0] = {folders!r}
from spawning_devtools.snapshots.adopted import Adopted
from spawning_devtools.snapshots.forking import die_with_parent, fork_orphan, take_in_orphans
take_in_orphans()
us = os.getpid()
reader, writer = os.pipe()
def word():
    return os.read(reader, 100).decode().split()
forker = os.fork()
if not forker:
    sys.stdout.write("written once, ")
    if fork_orphan():
        {orphan}
        os._exit(5)
    {forker}
    os._exit(0)
{controller}
"""


def run(import_folders: list[str], controller: str, orphan: str, forker: str = "pass") -> str:
    program = PROGRAM.format(
        folders=import_folders, controller=controller, orphan=orphan, forker=forker
    )
    ran = subprocess.run(
        [sys.executable, "-Werror", "-c", program],
        capture_output=True, text=True, check=True, timeout=PATIENCE,
    )  # fmt: skip
    return ran.stdout


def test_the_orphan_s_parent_is_who_takes_in_orphans(import_folders: list[str]) -> None:
    said = run(
        import_folders,
        "pid, parent = word(); os.waitpid(forker, 0)\n"
        "print(parent == str(us), Adopted(int(pid)).wait())",
        "os.write(writer, f'{os.getpid()} {os.getppid()}'.encode())",
    )
    assert said == "written once, True 5\n"


def test_no_child_is_left_to_who_forked(import_folders: list[str]) -> None:
    said = run(
        import_folders,
        "print(word()); os.waitpid(forker, 0); os.wait()",
        "pass",
        "os.write(writer, open(f'/proc/self/task/{os.getpid()}/children', 'rb').read() or b'none')",
    )
    assert said == "written once, ['none']\n"


def test_an_adopted_one_is_told_and_ends_as_any_child(import_folders: list[str]) -> None:
    said = run(
        import_folders,
        "child = Adopted(int(word()[0])); print(child.poll())\n"
        "child.send_signal(signal.SIGUSR1); print(child.wait(), child.poll())\n"
        "child.send_signal(signal.SIGUSR1); child.kill(); print(child.wait())\n"
        "os.waitpid(forker, 0)",
        "os.write(writer, str(os.getpid()).encode()); signal.pause()",
    )
    assert said == f"written once, None\n{-10} {-10}\n{-10}\n"


@pytest.mark.parametrize(("yes", "ends"), [(True, True), (False, False)])
def test_it_dies_with_its_parent_or_not(import_folders: list[str], yes: bool, ends: bool) -> None:
    # Here the parent is a process between, that takes in orphans and is killed.
    said = run(
        import_folders,
        "os.waitpid(forker, 0)\n"
        "pid = int(word()[0])\n"
        "child = Adopted(pid)\n"
        f"{'' if ends else 'child.send_signal(signal.SIGTERM)'}\n"
        "print(child.wait())",
        "pass",
        "take_in_orphans(); middle = os.getpid()\n"
        "    if not os.fork():\n"
        "        if fork_orphan():\n"
        "            die_with_parent(True)\n"
        f"            die_with_parent({yes})\n"
        "            os.write(writer, str(os.getpid()).encode()); signal.pause()\n"
        "        os._exit(0)\n"
        "    time.sleep(0); word_before = word(); os.write(writer, word_before[0].encode())\n"
        "    os.kill(middle, signal.SIGKILL)",
    )
    assert said.endswith("-9\n" if ends else "-15\n")
