"""The threads of a worker: how many there are, and how one is interrupted."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from serving import PATIENCE, wait_until
from spawning.http.poller import Poller
from spawning.http.threads import ThreadRunner
from spawning.messages import TELL_STACKS
from spawning.slot import NO_SLOT


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


TAKES_BACK = """\
import sys, threading
from spawning.http.errors import RequestTimeout
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
