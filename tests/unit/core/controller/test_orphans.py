"""Who is buried, and who is left to its owner: each case in a process with children of its own."""

from __future__ import annotations

import subprocess
import sys

import pytest

from serving import PATIENCE

pytestmark = pytest.mark.slow

PROGRAM = """
import ctypes, os, subprocess
from spawning.controller.orphans import Orphans

def takes_in_orphans():
    assert ctypes.CDLL(None).prctl(36, 1, 0, 0, 0) == 0

def dead(code):
    # A child that has ended with this code, and is not taken note of.
    pid = os.fork() or os._exit(code)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    return pid

def orphan():
    # One that another process has left to us, dead.
    reader, writer = os.pipe()
    between = os.fork()
    if not between:
        if not os.fork():
            os.write(writer, str(os.getpid()).encode())
        os._exit(3)
    os.waitpid(between, 0)
    pid = int(os.read(reader, 20))
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    return pid

def is_child(pid):
    try:
        return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
    except ChildProcessError:
        return False

class Ours:
    def __init__(self, *processes):
        self.kept = processes
    def processes(self):
        return self.kept

class Ended:
    # Whose code is known already, so that it takes nothing any more.
    def __init__(self, pid):
        self.pid = pid
    def poll(self):
        return 0

"""
CASES = {
    "nobody is dead": (
        "Orphans(Ours()).bury()\n"
        "one = subprocess.Popen(['cat'], stdin=subprocess.PIPE)\n"
        "takes_in_orphans(); Orphans(Ours(one)).bury()\n"
        "print(one.poll()); one.communicate()",
        "None",
    ),
    "orphans": (
        "takes_in_orphans(); pids = [orphan() for _ in range(50)]\n"
        "Orphans(Ours()).bury(); print(any(map(is_child, pids)))",
        "False",
    ),
    "our own, before and after them": (
        "takes_in_orphans()\n"
        "first = subprocess.Popen(['sh', '-c', 'exit 7']); orphans = [orphan(), orphan()]\n"
        "last = subprocess.Popen(['sh', '-c', 'exit 8'])\n"
        "for one in (first, last): os.waitid(os.P_PID, one.pid, os.WEXITED | os.WNOWAIT)\n"
        "Orphans(Ours(first), Ours(last)).bury()\n"
        "print(any(map(is_child, orphans)), first.wait(), last.wait())",
        "False 7 8",
    ),
    "one with the number of one of ours that was buried": (
        "takes_in_orphans(); pid = orphan()\n"
        "Orphans(Ours(Ended(pid))).bury(); print(is_child(pid))",
        "False",
    ),
    "orphans are not for us": (
        "pid = dead(5); Orphans(Ours()).bury(); print(os.waitpid(pid, 0)[1] >> 8)",
        "5",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_burial(case: str) -> None:
    steps, shown = CASES[case]
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM + steps],
        capture_output=True, text=True, check=True, timeout=PATIENCE,
    )  # fmt: skip
    assert ran.stdout.strip() == shown
