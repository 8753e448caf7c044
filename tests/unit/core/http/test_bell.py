"""A thread that waits is woken while something lies ready, whoever has heard the bell before."""

from __future__ import annotations

import itertools
import os
import queue
import threading
from typing import Any

import pytest

from serving import PATIENCE, wait_until
from spawning.http import threads
from spawning.http.bell import Bell
from spawning.http.commons import Commons
from spawning.http.connection import Connection
from spawning.http.poller import EPOLLIN, Poller
from spawning.http.threads import ThreadRunner
from spawning.slot import NO_SLOT
from unit.core.memory_host import MemoryHost, Recorder


def heard(edges: Poller) -> int:
    """Return how many events a thread finds that waits."""
    return len(edges.take(0, -1))


def test_it_rings_until_somebody_is_about_to_look(monkeypatch: pytest.MonkeyPatch) -> None:
    edges, rung, original = Poller(), [], os.eventfd_write
    monkeypatch.setattr(os, "eventfd_write", lambda *it: (rung.append(it), original(*it)))
    bell = Bell(edges)
    assert heard(edges) == 0
    bell.ring()
    bell.ring()
    assert [heard(edges), heard(edges), len(rung)] == [1, 1, 1]
    bell.hush()
    bell.hush()  # another thread that had heard it
    assert heard(edges) == 0
    bell.ring()
    assert heard(edges) == 1


def test_a_thread_that_has_heard_it_hushes_it() -> None:
    runner = ThreadRunner([])
    runner._commons.bell.ring()
    ((descriptor, events),) = runner.edges.take(0, -1)
    assert runner._claimed(descriptor, events) is None
    assert heard(runner.edges) == 0


@pytest.mark.parametrize("idle", [0, 1])
def test_a_poke_wakes_a_thread_that_waits(idle: int) -> None:
    edges, host = Poller(), MemoryHost(Recorder())
    commons = Commons(edges)
    commons.idle.extend([None] * idle)
    commons.ready(host.connection)
    assert heard(edges) == idle
    assert list(commons.told) == [(host.connection.descriptor, 0)]
    host.close()


def test_what_a_thread_leaves_wakes_one_that_waits_although_it_has_used_up_the_ring(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first, second = (MemoryHost(Recorder()).connection for _ in range(2))
    begun: queue.SimpleQueue[Connection] = queue.SimpleQueue()
    prepared, late, gate = threading.Event(), threading.Event(), threading.Event()
    callers = itertools.count()

    class Edges(Poller):  # this runner's only: threads of other tests may still be about to wait
        def take(self, timeout: float, most: int) -> list[tuple[int, int]]:
            caller = next(callers)
            if caller == 0:  # it waits, and is slow to wake up
                late.wait(PATIENCE)
            elif caller == 1:
                prepared.wait(PATIENCE)
                runner._commons.bell.ring()  # as two others have heard
                (bell,) = super().take(0, most)
                return [bell, bell, *((one.descriptor, EPOLLIN) for one in (first, second))]
            return super().take(timeout, most)

    def work_on(_runner: ThreadRunner, connection: Connection, *_mine: Any) -> None:
        begun.put(connection)
        if connection is first:
            gate.wait()

    monkeypatch.setattr(threads, "Poller", Edges)
    monkeypatch.setattr(ThreadRunner, "_work_on", work_on)
    runner = ThreadRunner([NO_SLOT] * 2)
    runner.edges.watched.update({one.descriptor: one for one in (first, second)})
    prepared.set()
    assert begun.get(timeout=PATIENCE) is first
    late.set()
    assert begun.get(timeout=PATIENCE) is second
    gate.set()
    idle = runner._commons.idle
    wait_until(lambda: len(idle) == 2, "nothing is at work that was replaced for this test")
