"""The threads of a worker: how many there are, and which one takes a request."""

from __future__ import annotations

import queue
import re
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from serving import PATIENCE, wait_until
from spawning.http import threads
from spawning.http.connection import Connection
from spawning.http.deference import CROWDS, SLACK
from spawning.http.poller import Poller
from spawning.http.threads import ThreadRunner
from spawning.messages import TELL_STACKS
from spawning.slot import NO_SLOT
from unit.core.memory_host import MemoryHost, Recorder


def drive(runner: ThreadRunner) -> None:
    """Run the loop until its first tick."""
    ticks: list[float] = []
    runner.drive(Poller(), ticks.append, lambda: bool(ticks))


def test_all_threads_but_one_are_started_at_the_first_tick(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    started: list[str] = []
    original = threading.Thread.start

    def start(thread: threading.Thread) -> None:
        started.append(thread.name)
        original(thread)

    monkeypatch.setattr(threading.Thread, "start", start)
    runner = ThreadRunner([NO_SLOT] * 3, is_awaited=True)
    assert started == ["worker-thread-1"]
    drive(runner)
    assert started == ["worker-thread-1", "worker-thread-2", "worker-thread-3"]


def test_stacks_are_told_by_the_main_thread_only() -> None:
    ThreadRunner([NO_SLOT])
    thread = threading.enumerate()[-1]
    assert thread.name == "worker-thread-1"
    status = Path(f"/proc/self/task/{thread.native_id}/status")

    def blocks() -> bool:
        (mask,) = re.findall(r"^SigBlk:\t(\w+)$", status.read_text(), re.M)
        return bool(int(mask, 16) >> (TELL_STACKS - 1) & 1)

    wait_until(blocks, "the thread leaves the signal to others")


def test_a_worker_goes_on_with_the_threads_that_it_could_have(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    runner = ThreadRunner([NO_SLOT] * 3, is_awaited=True)

    def refuse(_thread: Any) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    drive(runner)
    said = capfd.readouterr().err
    assert "this worker has 1 of 3 threads: can't start new thread" in said
    drive(runner)
    assert not capfd.readouterr().err


class Deferring:
    """A thread that finds three requests beside another thread that may take them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, taken: int = 0, stops: int = 0) -> None:
        """`taken`, `stops`: what the other one does each time that this one looks away."""
        self.runner = runner = ThreadRunner([])
        self.looked_away = 0
        self._stops = 0
        runner._started = 2
        runner._told.extend([(None, number) for number in range(3)])
        for _ in range(CROWDS):
            runner._deference.note(2)
        runner._deference.tick(1.0)

        def sleep(_seconds: float) -> None:
            self.looked_away += 1
            self._stops += stops
            for _ in range(taken):
                runner._told.popleft()

        monkeypatch.setattr(threads, "sleep", sleep)
        monkeypatch.setattr(threads, "_stops", lambda: self._stops)

    def left(self) -> int:
        """Return how many requests are left for this thread."""
        self.runner._defer()
        assert self.runner._deferring == []
        return len(self.runner._told)


def test_requests_are_left_to_a_thread_that_answers_them(monkeypatch: pytest.MonkeyPatch) -> None:
    thread = Deferring(monkeypatch, taken=1)
    assert (thread.left(), thread.looked_away) == (0, 3)
    assert thread.runner._deference.pays


def test_requests_that_nobody_takes_are_not_left(monkeypatch: pytest.MonkeyPatch) -> None:
    thread = Deferring(monkeypatch)
    assert (thread.left(), thread.looked_away) == (3, 1)


def test_requests_are_not_left_to_threads_that_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    thread = Deferring(monkeypatch, taken=1, stops=SLACK + 1)
    assert (thread.left(), thread.looked_away) == (2, 1)
    assert not thread.runner._deference.pays


def test_requests_are_not_left_to_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    thread = Deferring(monkeypatch)
    thread.runner._idle.append(None)
    assert (thread.left(), thread.looked_away) == (3, 0)


def test_what_nobody_takes_is_begun_beside_a_thread_that_waits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first, second = (MemoryHost(Recorder()).connection for _ in range(2))
    begun: queue.SimpleQueue[Connection] = queue.SimpleQueue()
    gate, looked_away = threading.Event(), threading.Event()

    def work_on(_runner: ThreadRunner, connection: Connection) -> None:
        begun.put(connection)
        if connection is first:
            gate.wait(PATIENCE)

    monkeypatch.setattr(ThreadRunner, "_work_on", work_on)
    monkeypatch.setattr(threads, "sleep", lambda _seconds: looked_away.set())
    runner = ThreadRunner([NO_SLOT] * 2)
    runner._deference.pays = True
    for connection in (first, second):  # an event comes at once: each can be written
        runner.edges.add(connection.descriptor, connection)
        assert begun.get(timeout=PATIENCE) is connection
        assert looked_away.is_set() == (connection is second)
    gate.set()


TAKES_BACK = """\
import sys, threading
from spawning.http.request import RequestTimeout
from spawning.http.threads import ThreadRunner

runner = ThreadRunner([])

def work():
    try:
        runner.interrupt(threading.get_ident(), lambda: {pending})
    except RequestTimeout:
        print("struck")
    runner.take_back()
    seen = []
    sys.settrace(lambda frame, event, argument: seen.append(event))
    (lambda: None)()
    sys.settrace(None)
    print(f"went on, {{len(seen)}} seen")

thread = threading.Thread(target=work, daemon=True)
thread.start()
thread.join()
"""


@pytest.mark.parametrize("pending", [True, False])
def test_an_interruption_that_is_taken_back_leaves_no_trace(pending: bool) -> None:
    # In a process of its own: Python 3.11 could hang here, with its lock.
    command = [sys.executable, "-c", TAKES_BACK.format(pending=pending)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
    assert done.stderr == ""
    assert done.stdout.splitlines()[-1] == "went on, 1 seen"
