"""Which workers live, and which of them have heard of an order."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from spawning.messages import IMPORT, CoverageAck, CoverageLeft, CoverageOrder, CoverageTold
from spawning_devtools.cover.keeper.workers import Worker, Workers, is_alive, named

FIRST, SECOND, THIRD = Worker(1, 101), Worker(2, 102), Worker(3, 103)


def told(worker: Worker) -> CoverageTold:
    return CoverageTold(*worker, 1, 0, IMPORT, ())


def ack(worker: Worker, epoch: int = 0, paused: bool = False) -> CoverageAck:
    return CoverageAck(*worker, 1, epoch, paused)


def test_who_has_been_heard_lives_until_it_leaves_or_dies() -> None:
    alive = {101, 102, 103}
    workers = Workers(alive.__contains__)
    for worker in (THIRD, SECOND, FIRST):
        workers.heard(told(worker))
    assert workers.living() == [FIRST, SECOND, THIRD]
    workers.heard(CoverageLeft(*SECOND))
    assert workers.living() == [FIRST, THIRD]
    alive.remove(101)
    assert workers.living() == [THIRD]
    alive.add(101)
    assert workers.living() == [THIRD], "a number that another process has now is nobody's"


def test_a_number_of_a_worker_that_two_processes_have_had() -> None:
    workers = Workers(lambda pid: True)
    workers.heard(told(Worker(1, 101)))
    workers.heard(told(Worker(1, 201)))
    workers.heard(CoverageLeft(1, 101))
    assert workers.living() == [Worker(1, 201)]


def test_who_has_not_heard_of_an_order() -> None:
    alive = {101, 102, 103}
    workers = Workers(alive.__contains__)
    order = CoverageOrder(1, True)
    workers.heard(told(FIRST))
    workers.heard(ack(SECOND))
    workers.heard(ack(THIRD, 1, True))
    assert workers.behind(order) == [FIRST, SECOND]
    workers.heard(ack(FIRST, 1, False))
    assert workers.behind(order) == [FIRST, SECOND]
    workers.heard(ack(FIRST, 1, True))
    workers.heard(told(FIRST))
    assert workers.behind(order) == [SECOND]
    alive.remove(102)
    assert workers.behind(order) == []


def test_what_is_news() -> None:
    workers = Workers(lambda pid: True)
    steps: list[tuple[CoverageTold | CoverageAck | CoverageLeft, bool]] = [
        (told(FIRST), True),
        (told(FIRST), False),
        (ack(FIRST), True),
        (ack(FIRST), False),
        (ack(FIRST, 1), True),
        (told(FIRST), False),
        (CoverageLeft(*FIRST), True),
        (CoverageLeft(*FIRST), False),
    ]
    for message, is_news in steps:
        assert workers.heard(message) is is_news, message


@pytest.mark.slow
def test_processes_that_live_and_that_are_dead() -> None:
    assert is_alive(os.getpid())
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        assert is_alive(process.pid)
        process.kill()
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        assert not is_alive(process.pid), "what is left of it waits for its parent"
    assert not is_alive(process.pid)


SENTENCES = [
    ([FIRST], "worker 1 (process 101)"),
    ([FIRST, SECOND], "worker 1 (process 101) and worker 2 (process 102)"),
    (
        [FIRST, SECOND, THIRD],
        "worker 1 (process 101), worker 2 (process 102) and worker 3 (process 103)",
    ),
]


@pytest.mark.parametrize(("workers", "text"), SENTENCES)
def test_how_they_are_named(workers: list[Worker], text: str) -> None:
    assert named(workers) == text
