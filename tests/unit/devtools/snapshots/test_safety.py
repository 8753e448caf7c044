"""Where a process may not be forked; in a process of its own, whose threads are its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

PROGRAM = """
import _thread, os, socket, sys, threading, types
sys.path[:0] = {folders!r}
from spawning_devtools.snapshots import safety
known = safety.open_descriptors()
{statements}
print(safety.complaint(known))
os._exit(0)
"""

A_THREAD = "threading.Thread(target=threading.Event().wait, name='busy', daemon=True).start()"
A_BARE_THREAD = """
lock = _thread.allocate_lock()
lock.acquire()
began = threading.Event()
_thread.start_new_thread(lambda: (began.set(), lock.acquire()), ())
began.wait()
"""
# A thread that Python knows nothing of: it sleeps in libc.
A_LIBRARY_S_THREAD = """
import ctypes
libc = ctypes.CDLL(None)
thread = ctypes.c_ulong()
libc.pthread_create(ctypes.byref(thread), None, libc.pause, None)
"""


@pytest.mark.parametrize(
    ("statements", "complaint"),
    [
        ("", ""),
        (A_THREAD, "it has started a thread (busy)"),
        (A_BARE_THREAD, "it has started a thread"),
        (A_LIBRARY_S_THREAD, "a library of it has started a thread"),
        (A_LIBRARY_S_THREAD + "sys.modules['numpy'] = types.ModuleType('numpy')", ""),
        ("thread = threading.Thread(target=int); thread.start(); thread.join()", ""),
        ("kept = socket.socket()", "it has opened a socket"),
        ("kept = os.pipe()", "it has opened a pipe"),
        ("kept = open('data', 'w')", "it has opened {folder}/data"),
        ("kept = open('data', 'w+b')", "it has opened {folder}/data"),
        ("kept = open('data', 'a')", ""),  # a log
        ("kept = open('/dev/urandom', 'rb')", ""),
        ("kept = os.open('.', os.O_RDONLY)", ""),
        ("kept = os.memfd_create('m')", "it has opened /memfd:m (deleted)"),
        ("import select; kept = select.epoll()", "it has opened anon_inode:[eventpoll]"),
        ("import sqlite3; kept = sqlite3.connect('db'); kept.execute('create table t (a)')",
         "it has opened {folder}/db"),
        ("socket.socket().close()", ""),
        ("kept = socket.socket(); known |= {{kept.fileno()}}", ""),
    ],
)  # fmt: skip
def test_each_rule(
    tmp_path: Path, import_folders: list[str], statements: str, complaint: str
) -> None:
    program = PROGRAM.format(
        folders=import_folders, statements=statements.replace("{{", "{").replace("}}", "}")
    )
    ran = subprocess.run(
        [sys.executable, "-Wignore", "-c", program],
        cwd=tmp_path, capture_output=True, text=True, check=True,
    )  # fmt: skip
    said = ran.stdout.strip()
    expected = complaint.format(folder=tmp_path.resolve())
    assert said.startswith(expected)
    assert bool(said) == bool(expected)
