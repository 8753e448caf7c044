"""Things that applications do, and that depend on what their process is like."""

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time


def all_of_them():
    # Under eventlet's patches multiprocessing hangs, wherever the worker comes from.
    others = {} if "eventlet" in sys.modules else {"a process": _process(), "a pool": _pool()}
    return others | {
        "a program": subprocess.check_output(["echo", "said"], text=True).strip(),
        "a thread": _thread(),
        "sleep": _sleep(),
        "a fork": _fork(),
        "hub": _hub(),
    }


def _double(number):
    return 2 * number


def _process():
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.Process(target=theirs.send, args=[7])
    process.start()
    found = ours.recv()
    process.join(20)
    return [found, process.exitcode]


def _pool():
    with multiprocessing.Pool(2) as pool:
        return pool.map(_double, range(3))


def _thread():
    found = []
    thread = threading.Thread(target=lambda: found.append(threading.current_thread() is thread))
    thread.start()
    thread.join(20)
    current = threading.current_thread()
    return [found, current is threading.main_thread(), type(current).__name__]


def _sleep():
    before = time.monotonic()
    time.sleep(0.01)
    return time.monotonic() - before >= 0.01


def _fork():
    pid = os.fork()
    if not pid:
        signal.pause()
    os.kill(pid, signal.SIGTERM)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def _hub():
    if "eventlet" not in sys.modules:
        return []
    import socket

    import eventlet
    from eventlet import hubs

    a, b = socket.socketpair()
    eventlet.spawn(b.sendall, b"green")
    return [a.recv(5).decode(), type(hubs.get_hub()).__module__, eventlet.patcher.is_monkey_patched("socket")]
