"""Which thread begins a request that one of them found."""

from __future__ import annotations

import queue
import threading
from typing import Any

import pytest

from serving import PATIENCE, wait_until
from spawning.http import commons
from spawning.http.commons import Commons
from spawning.http.connection import Connection
from spawning.http.deference import CROWDS, SLACK
from spawning.http.poller import Poller
from spawning.http.threads import ThreadRunner
from spawning.slot import NO_SLOT
from unit.core.memory_host import MemoryHost, Recorder


class Deferring:
    """A thread that finds three requests beside another thread that may take them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, taken: int = 0, stops: int = 0) -> None:
        """`taken`, `stops`: what the other one does each time that this one looks away."""
        self.commons = ours = Commons(Poller())
        self.looked_away = 0
        self._stops = 0
        ours.threads = 2
        ours.told.extend([(number, 0) for number in range(3)])
        for _ in range(CROWDS):
            ours.deference.note(2)
        ours.deference.tick(1.0)

        def sleep(_seconds: float) -> None:
            self.looked_away += 1
            self._stops += stops
            for _ in range(taken):
                ours.told.popleft()

        monkeypatch.setattr(commons, "sleep", sleep)
        monkeypatch.setattr(commons, "_stops", lambda: self._stops)

    def left(self) -> int:
        """Return how many requests are left for this thread."""
        self.commons.defer()
        assert self.commons._deferring == []
        return len(self.commons.told)


def test_requests_are_left_to_a_thread_that_answers_them(monkeypatch: pytest.MonkeyPatch) -> None:
    thread = Deferring(monkeypatch, taken=1)
    assert (thread.left(), thread.looked_away) == (0, 3)
    assert thread.commons.deference.pays


def test_requests_that_nobody_takes_are_not_left(monkeypatch: pytest.MonkeyPatch) -> None:
    thread = Deferring(monkeypatch)
    assert (thread.left(), thread.looked_away) == (3, 1)


def test_requests_are_not_left_to_threads_that_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    thread = Deferring(monkeypatch, taken=1, stops=SLACK + 1)
    assert (thread.left(), thread.looked_away) == (2, 1)
    assert not thread.commons.deference.pays


def test_requests_are_not_left_to_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    thread = Deferring(monkeypatch)
    thread.commons.idle.append(None)
    assert (thread.left(), thread.looked_away) == (3, 0)


def test_what_nobody_takes_is_begun_beside_a_thread_that_waits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first, second = (MemoryHost(Recorder()).connection for _ in range(2))
    begun: queue.SimpleQueue[Connection] = queue.SimpleQueue()
    gate, looked_away = threading.Event(), threading.Event()

    def work_on(_runner: ThreadRunner, connection: Connection, *_mine: Any) -> None:
        begun.put(connection)
        if connection is first:
            gate.wait()

    monkeypatch.setattr(ThreadRunner, "_work_on", work_on)
    monkeypatch.setattr(commons, "sleep", lambda _seconds: looked_away.set())
    runner = ThreadRunner([NO_SLOT] * 2)
    idle = runner._commons.idle
    wait_until(lambda: len(idle) == 2, "both threads wait, and neither defers to one that starts")
    runner._commons.deference.pays = True
    for connection in (first, second):  # an event comes at once: each can be written
        runner.edges.add(connection.descriptor, connection)
        assert begun.get(timeout=PATIENCE) is connection
        assert looked_away.is_set() == (connection is second)
    gate.set()
    wait_until(lambda: len(idle) == 2, "nothing is at work that was replaced for this test")
