"""The processes that wait beside a snapshot: asked for once, given away once, ended with it."""

from __future__ import annotations

import pytest

from spawning.messages import Sprout
from spawning_devtools.snapshots.processes import Processes
from spawning_devtools.snapshots.spares import Spares
from unit.devtools.snapshots.waiting import Company, Waiter

pytestmark = pytest.mark.slow


@pytest.fixture
def spares(processes: Processes) -> Spares:
    return Spares(processes)


@pytest.fixture
def source(company: Company) -> Waiter:
    """A snapshot."""
    return company.waiter()


def born(company: Company, spares: Spares, source: Waiter) -> Waiter:
    """Have a snapshot fork one."""
    spares.sprout(source.pid, Sprout())
    made = company.waiter()
    assert spares.take_in(made.pid, source.pid)
    return made


def test_a_snapshot_is_told_to_fork_once_until_it_has(spares: Spares, source: Waiter) -> None:
    spares.sprout(source.pid, Sprout(will_be_worker=True))
    spares.sprout(source.pid, Sprout())
    assert spares.are_expected
    assert source.told() == [Sprout(will_be_worker=True)]
    assert spares.take_in(1, source.pid)
    assert not spares.are_expected
    spares.sprout(source.pid, Sprout())
    assert source.told() == [Sprout()]


def test_one_that_nobody_has_asked_for_is_no_spare(spares: Spares, source: Waiter) -> None:
    assert not spares.take_in(1, source.pid)
    assert spares.pop(source.pid) is None


def test_each_is_given_away_once(company: Company, spares: Spares, source: Waiter) -> None:
    made = {born(company, spares, source).pid for _ in range(2)}
    assert spares.pop(0) is None
    assert {spares.pop(source.pid), spares.pop(source.pid)} == made
    assert spares.pop(source.pid) is None


def test_they_end_with_their_snapshot(
    company: Company, processes: Processes, spares: Spares, source: Waiter
) -> None:
    one, other = born(company, spares, source), company.waiter()
    spares.sprout(source.pid, Sprout())
    spares.condemn(source.pid)
    assert one.pid not in processes
    assert other.pid in processes
    assert not spares.are_expected
    assert not spares.take_in(other.pid, source.pid)  # forked before the snapshot was given up
    assert spares.pop(source.pid) is None


def test_those_that_have_ended_are_not_counted(
    company: Company, processes: Processes, spares: Spares, source: Waiter
) -> None:
    one, _other = born(company, spares, source), born(company, spares, source)
    assert dict(spares.counted()) == {source.pid: 2}
    processes.condemn(one.pid)
    assert dict(spares.counted()) == {source.pid: 1}
