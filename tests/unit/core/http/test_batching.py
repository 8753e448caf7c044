"""How many answers leave together; no socket and no clock."""

from __future__ import annotations

import pytest

from spawning.http.batching import LONGEST_WAIT, MISSES, MOST, SAMPLE, WORTH, Batching
from spawning.http.probation import LONGEST, SHORTEST

NOW = 100.0


class Worker:
    """What a worker tells of its requests."""

    def __init__(self) -> None:
        self.batching = Batching()
        self._spent = 1.0  # its start
        self.answer(0.0, NOW)

    def answer(
        self, each: float, now: float, requests: int = SAMPLE, at_a_time: int = 16
    ) -> Batching:
        """Answer requests that take so many seconds each."""
        due = [self.batching.note(at_a_time) for _ in range(requests // at_a_time)]
        assert due[-1]
        self._spent += requests * each
        self.batching.look(self._spent, now)
        return self.batching


@pytest.mark.parametrize(
    ("each", "size"),
    [
        (WORTH * 0.99, 1),
        (WORTH * 1.01, MOST),
        (LONGEST_WAIT / 5 * 0.99, 5),
        (LONGEST_WAIT / 2 * 1.01, 1),
        (1.0, 1),
    ],
)
def test_as_many_answers_leave_together_as_do_not_wait_for_long(each: float, size: int) -> None:
    batching = Worker().answer(each, NOW)
    assert (batching.size, batching.pays) == (size, size > 1)


def test_the_start_of_a_worker_tells_nothing() -> None:
    batching = Batching()
    assert batching.note(SAMPLE)
    batching.look(0.5, NOW)
    assert not batching.pays


def test_requests_that_come_at_once_count_all() -> None:
    assert Worker().answer(WORTH * 1.1, NOW, requests=3 * SAMPLE).pays
    assert not Worker().answer(WORTH * 0.9, NOW, requests=3 * SAMPLE).pays


def test_of_two_threads_that_look_at_once_one_is_enough() -> None:
    worker = Worker()
    assert worker.answer(1e-4, NOW).pays
    worker.batching.look(1.0, NOW)
    assert worker.batching.pays


def test_it_follows_what_is_asked_for() -> None:
    worker = Worker()
    assert worker.answer(1e-4, NOW).pays
    assert not worker.answer(1e-5, NOW).pays
    assert worker.answer(9e-4, NOW).size == 4


def test_requests_that_come_one_by_one_do_not_wait_for_each_other() -> None:
    assert not Worker().answer(1e-4, NOW, at_a_time=1).pays
    assert Worker().answer(1e-4, NOW, at_a_time=2).pays


def test_a_worker_that_is_not_busy_tells_nothing_of_what_comes() -> None:
    worker = Worker()
    assert worker.answer(1e-4, NOW).pays
    worker.batching.tick()
    assert worker.batching.pays  # it was busy in this second
    assert not worker.batching.note(SAMPLE - 1)
    worker.batching.tick()
    assert (worker.batching.size, worker.batching.pays) == (1, False)


def test_now_and_then_an_answer_may_wait_for_long() -> None:
    worker = Worker()
    for second in range(5):
        assert worker.answer(1e-4, NOW + second).pays
        for _ in range(MISSES):
            worker.batching.missed(NOW + second)
        worker.batching.tick()
    assert worker.batching.pays


def test_where_many_waited_it_ends_and_is_tried_again_later_each_time() -> None:
    worker, now, pause = Worker(), NOW, SHORTEST
    while pause < LONGEST:
        assert worker.answer(1e-4, now).pays
        for _ in range(MISSES + 1):
            worker.batching.missed(now)
        assert (worker.batching.size, worker.batching.pays) == (1, False)
        worker.batching.tick()
        assert not worker.answer(1e-4, now + pause - 0.5).pays
        now += pause
        pause *= 2


def test_after_a_good_second_it_is_tried_again_soon() -> None:
    worker = Worker()
    for again in range(3):
        now = NOW + 10 * again
        assert worker.answer(1e-4, now).pays
        worker.batching.tick()
        for _ in range(MISSES + 1):
            worker.batching.missed(now)
        assert worker.answer(1e-4, now + SHORTEST).pays
