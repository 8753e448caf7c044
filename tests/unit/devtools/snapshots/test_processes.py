"""The processes that wait: who is alive, and when those that are given up end."""

from __future__ import annotations

import os

import pytest

from spawning_devtools.snapshots.processes import Processes
from unit.devtools.snapshots.waiting import Company, Waiter

pytestmark = pytest.mark.slow


@pytest.fixture
def one(company: Company) -> Waiter:
    return company.waiter()


def test_one_that_was_killed_is_known_to_be_dead_before_anybody_reaps(
    processes: Processes, one: Waiter
) -> None:
    assert processes.is_alive(one.pid)
    one.kill()
    assert not processes.is_alive(one.pid)
    assert list(processes.reap()) == [one.pid]


def test_what_is_condemned_lives_until_there_is_time(processes: Processes, one: Waiter) -> None:
    processes.condemn(one.pid)
    assert one.pid not in processes
    assert one.lives()
    processes.kill_condemned()
    one.wait_until_dead()
    assert list(processes.reap()) == []
    with pytest.raises(ChildProcessError):
        os.waitpid(one.pid, os.WNOHANG)
