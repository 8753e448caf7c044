"""Things that applications do, and that depend on what their process is like."""

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time


def all_of_them():
    return {
        "a process": _process(),
        "a pool": _pool(),
        "a program": subprocess.check_output(["echo", "said"], text=True).strip(),
        "a thread": _thread(),
        "sleep": _sleep(),
        "a fork": _fork(),
        "hub": _hub(),
    }


def _double(number):
    return 2 * number


def _process():
    queue = multiprocessing.Queue()
    process = multiprocessing.Process(target=queue.put, args=[7])
    process.start()
    found = queue.get(timeout=20)
    process.join(20)
    return [found, process.exitcode]


def _pool():
    if "eventlet" in sys.modules and sys.modules["eventlet"].patcher.is_monkey_patched("thread"):
        return "does not go with eventlet"
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
