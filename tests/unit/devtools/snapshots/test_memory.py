"""Which pages a worker leaves a list of, and what a spare does with it."""

from __future__ import annotations

import mmap
import subprocess
import sys

import pytest

from serving import PATIENCE
from spawning_devtools.snapshots.memory import spans

OWN, SHARED, SWAPPED, WRITTEN = 0x81, 0x80, 0x41, 0x01

# Two processes of one parent, one after the other; each says which of its pages are its own.
PROGRAM = """
import mmap, os, sys
sys.path[:0] = {folders!r}
from spawning_devtools.snapshots.memory import Touched, own_spans
PAGE = mmap.PAGESIZE
memory = mmap.mmap(-1, 64 * PAGE, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
memory[:] = b"x" * len(memory)
import ctypes
begin = ctypes.addressof(ctypes.c_char.from_buffer(memory))
touched = Touched()
def own():
    pages = [n for at, size in own_spans() for n in range(at // PAGE, (at + size) // PAGE)]
    return [n - begin // PAGE for n in pages if 0 <= n - begin // PAGE < 64]
def child(work):
    if not os.fork():
        work()
        print(own(), bytes(memory[::PAGE]) == b"x" * 64, flush=True)
        os._exit(0)
    os.wait()
def write():
    memory[3 * PAGE : 5 * PAGE] = b"x" * 2 * PAGE
    memory[9 * PAGE] = ord("x")
    touched.leave()
child(touched.take)
child(write)
child(touched.take)
touched._list[:16] = b"\\xff" * 16  # as if it were torn
child(touched.take)
"""


def entries(*flags: int) -> bytes:
    return b"".join(bytes(7) + bytes([flag]) for flag in flags)


@pytest.mark.parametrize(
    ("flags", "pages"),
    [
        ([], []),
        ([SHARED, SWAPPED, WRITTEN, 0], []),
        ([OWN], [(100, 1)]),
        ([SHARED, OWN, OWN, 0, OWN | 0x20], [(101, 2), (104, 1)]),
    ],
)
def test_runs_of_pages_that_are_there_and_nobody_else_s(
    flags: list[int], pages: list[tuple[int, int]]
) -> None:
    found = [(at // mmap.PAGESIZE, n // mmap.PAGESIZE) for at, n in spans(100, entries(*flags))]
    assert found == pages


@pytest.mark.slow
def test_what_one_has_written_to_is_the_next_one_s_own(import_folders: list[str]) -> None:
    ran = subprocess.run(
        [sys.executable, "-Werror", "-c", PROGRAM.format(folders=import_folders)],
        capture_output=True, text=True, check=True, timeout=PATIENCE,
    )  # fmt: skip
    assert ran.stdout.splitlines()[:3] == ["[] True", "[3, 4, 9] True", "[3, 4, 9] True"]
    assert ran.stdout.splitlines()[3].endswith("True")
