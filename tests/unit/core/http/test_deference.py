"""When a thread leaves requests to others; no thread and no clock."""

from __future__ import annotations

import pytest

from spawning.http.deference import CROWDS, MISSES, SLACK, Deference
from spawning.http.probation import LONGEST, SHORTEST


def crowded(now: float = 100.0) -> Deference:
    """Return one that pays."""
    deference = Deference(has_lock=True)
    deference.tick(now)
    crowd(deference)
    assert deference.pays
    return deference


def crowd(deference: Deference) -> None:
    """Let a second pass in which requests had to wait."""
    for _ in range(CROWDS):
        deference.note(8)


@pytest.mark.parametrize(("times", "events", "pays"), [(CROWDS, 2, True), (CROWDS, 1, False)])
def test_it_pays_where_requests_wait(times: int, events: int, pays: bool) -> None:
    deference = Deference(has_lock=True)
    for _ in range(times):
        assert not deference.pays
        deference.note(events)
    assert deference.pays == pays  # at once
    deference.tick(1.0)
    assert deference.pays == pays
    deference.tick(2.0)
    assert not deference.pays  # nothing waited in this one


def test_it_never_pays_without_a_lock() -> None:
    deference = Deference(has_lock=False)
    crowd(deference)
    deference.tick(1.0)
    assert not deference.pays


def test_it_pays_as_long_as_threads_do_not_stop() -> None:
    deference = crowded()
    for _ in range(100):
        deference.judge(found=30, stops=8, is_left=False, now=100.5)
    assert deference.pays


def test_it_ends_where_they_wait_and_is_tried_again_later_each_time() -> None:
    deference, now, pause = crowded(), 100.0, SHORTEST
    while pause < LONGEST:
        deference.judge(found=1, stops=2 + SLACK, is_left=False, now=now)
        assert not deference.pays
        deference.tick(now + pause - 0.5)
        crowd(deference)
        assert not deference.pays
        deference.tick(now := now + pause)
        crowd(deference)
        assert deference.pays
        pause *= 2


def test_it_ends_where_nobody_takes_what_was_left() -> None:
    deference = crowded()
    for second in range(3):  # now and then does not matter
        for _ in range(MISSES):
            deference.judge(found=50, stops=8, is_left=True, now=100.5 + second)
        crowd(deference)
        deference.tick(101.0 + second)
        assert deference.pays
    for _ in range(MISSES + 1):
        deference.judge(found=50, stops=8, is_left=True, now=103.5)
    assert not deference.pays


def test_it_is_tried_again_soon_after_it_has_paid() -> None:
    deference = crowded(100.0)
    deference.judge(found=0, stops=SLACK + 1, is_left=False, now=100.0)
    deference.tick(101.0)
    crowd(deference)
    deference.tick(102.0)  # it paid until the end of a second
    deference.judge(found=0, stops=SLACK + 1, is_left=False, now=102.5)
    deference.tick(102.5 + SHORTEST)
    crowd(deference)
    assert deference.pays


def test_what_is_found_is_counted() -> None:
    deference = Deference(has_lock=True)
    deference.note(3)
    deference.note(1)
    assert deference.found == 4
