"""What outlives a keeper: it is killed at any moment, and the next one knows what it knew."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from spawning.messages import (
    IMPORT,
    REQUEST,
    CoverageAck,
    CoverageLeft,
    CoverageOrder,
    CoverageTold,
    FileLines,
    Message,
)
from spawning_devtools.cover.keeper.journal import Journal
from spawning_devtools.cover.keeper.records import Records
from spawning_devtools.cover.keeper.workers import Worker, Workers

NEWS = [CoverageLeft(number, number) for number in range(100)]
FEW = NEWS[:3]


@pytest.fixture
def memory() -> Iterator[int]:
    descriptor = os.memfd_create("journal")
    yield descriptor
    os.close(descriptor)


def written(memory: int) -> list[Message]:
    """Return what the next keeper hears."""
    heard: list[Message] = []
    Journal(memory).replay(heard.append)
    return heard


def opened(memory: int, slack: int = 100) -> Journal:
    journal = Journal(memory, slack)
    journal.replay(lambda _message: None)
    return journal


def content(memory: int) -> bytes:
    return os.pread(memory, os.fstat(memory).st_size, 0)


def test_what_is_written_is_read_whoever_moves_the_offset(memory: int) -> None:
    journal = opened(memory)
    for message in NEWS:
        journal.append(message)
        os.lseek(memory, 7, os.SEEK_SET)
    assert written(memory) == NEWS


def test_a_line_that_is_not_whole_was_not_written(memory: int) -> None:
    journal = opened(memory)
    for message in FEW:
        journal.append(message)
    whole = content(memory)
    last = len(whole[:-1].rpartition(b"\n")[2]) + 1
    for left in range(1, last):
        os.ftruncate(memory, 0)
        os.pwrite(memory, whole[:-left], 0)
        assert written(memory) == FEW[:-1]
        opened(memory).append(NEWS[50])
        assert written(memory) == [*FEW[:-1], NEWS[50]]


def test_it_is_written_anew_when_it_has_grown(memory: int) -> None:
    journal = opened(memory)
    assert not journal.has_grown
    for message in NEWS:
        journal.append(message)
    assert journal.has_grown
    before = os.fstat(memory).st_size
    journal.rewrite(FEW)
    assert not journal.has_grown
    assert os.fstat(memory).st_size < before / 10
    journal.append(NEWS[50])
    assert written(memory) == [*FEW, NEWS[50]]


def test_what_does_not_fit_at_the_beginning_stays_behind_the_old(memory: int) -> None:
    journal = opened(memory)
    journal.append(FEW[0])
    journal.rewrite(NEWS)
    journal.append(FEW[1])
    assert written(memory) == [*NEWS, FEW[1]]
    journal = opened(memory)
    journal.rewrite(FEW)
    assert written(memory) == FEW


@pytest.mark.parametrize("kept", ["many", "few"])
def test_it_may_be_killed_at_any_step_of_that(
    kept: str, memory: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = FEW if kept == "few" else NEWS[:60]
    steps = 0
    while True:
        os.ftruncate(memory, 0)
        journal = opened(memory)
        for message in NEWS:
            journal.append(message)
        with monkeypatch.context() as patch:
            _kill_after(steps, patch)
            try:
                journal.rewrite(new)
            except _Killed:
                killed = True
            else:
                killed = False
        assert written(memory) in (NEWS, new)
        opened(memory).append(NEWS[0])
        assert written(memory) in ([*NEWS, NEWS[0]], [*new, NEWS[0]])
        if not killed:
            break
        steps += 1
    assert written(memory) == [*new, NEWS[0]]
    assert steps > len(new)


class _Killed(Exception):
    """Stands for the end of the process."""


def _kill_after(steps: int, patch: pytest.MonkeyPatch) -> None:
    """Let so many writes happen, and nothing after them."""
    left = [steps]
    pwrite, ftruncate = os.pwrite, os.ftruncate

    def one() -> None:
        if not left[0]:
            raise _Killed
        left[0] -= 1

    def counted_pwrite(descriptor: int, data: bytes, at: int) -> int:
        one()
        return pwrite(descriptor, data, at)

    def counted_ftruncate(descriptor: int, size: int) -> None:
        one()
        ftruncate(descriptor, size)

    patch.setattr(os, "pwrite", counted_pwrite)
    patch.setattr(os, "ftruncate", counted_ftruncate)


def test_where_memory_is_short_nothing_stops(
    memory: int, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = opened(memory)
    journal.append(NEWS[0])

    pwrite = os.pwrite
    size = os.fstat(memory).st_size

    def full(descriptor: int, data: bytes, at: int) -> int:
        if at + len(data) > size + 60:
            raise OSError(28, "No space left on device")
        return pwrite(descriptor, data, at)

    with monkeypatch.context() as patch:
        patch.setattr(os, "pwrite", full)
        journal.append(NEWS[1])
        journal.append(NEWS[2])
        journal.rewrite(NEWS)
        assert not journal.has_grown, "it is not tried again at once"
    said = capfd.readouterr().err
    assert said == "spawn: lines that run are not written down any more: No space left on device\n"
    journal.append(NEWS[3])
    assert written(memory) == [NEWS[0], NEWS[1], NEWS[3]]


# ---------------------------------------------------------------- with what is written in it


PATH = "/site/a.py"


def records(memory: int, order: CoverageOrder, given: list[CoverageOrder], slack: int) -> Records:
    return Records(Journal(memory, slack), Workers(lambda _pid: True), order, given.append)


def told(phase: str, lines: tuple[int, ...], epoch: int = 0, context: str = "") -> CoverageTold:
    return CoverageTold(1, 100, 1, epoch, phase, (FileLines(PATH, "one", lines, context),))


@pytest.mark.parametrize("slack", [0, 10_000_000])
def test_the_next_keeper_knows_what_was_known(memory: int, slack: int) -> None:
    given: list[CoverageOrder] = []
    first = records(memory, CoverageOrder(), given, slack)
    for line in range(50):
        first.hear(told(IMPORT, (line,)))
        first.hear(told(REQUEST, (line + 1,), context=f"GET /{line % 3}"))
        first.hear(CoverageAck(2, 200, 1, 0, False))
    next_one = records(memory, CoverageOrder(), given, slack)
    assert next_one.snapshot().files == first.snapshot().files
    assert next_one.workers() == first.workers() == [Worker(1, 100), Worker(2, 200)]
    assert [facts.path for facts in next_one.unasked()] == [PATH], "it is to be analysed anew"
    first.hear(CoverageAck(1, 100, 1, 1, False))
    first.hear(CoverageAck(2, 200, 1, 1, False))
    first.hear(CoverageAck(2, 200, 1, 1, False))
    assert given == []


def test_a_reset_that_was_written_down_is_carried_out(memory: int) -> None:
    given: list[CoverageOrder] = []
    first = records(memory, CoverageOrder(), given, 0)
    first.hear(told(IMPORT, (1,)))
    first.hear(told(REQUEST, (2,)))
    first.hear(CoverageAck(1, 100, 1, 1, False))
    assert first.reset() == []
    # The controller has not heard of it: the keeper was killed in between.
    given.clear()
    next_one = records(memory, CoverageOrder(), given, 0)
    assert given == [CoverageOrder(1)]
    (file,) = next_one.snapshot().files
    assert (file.versions[0].imports, file.versions[0].requests) == ({1}, set())
    next_one.hear(told(REQUEST, (2,), epoch=0))
    assert next_one.snapshot().files == (file,)


def test_what_the_controller_knows_better_counts(memory: int) -> None:
    given: list[CoverageOrder] = []
    first = records(memory, CoverageOrder(), given, 0)
    first.hear(told(REQUEST, (2,)))
    next_one = records(memory, CoverageOrder(3, True), given, 0)
    assert next_one.order == CoverageOrder(3, True)
    assert given == []
    assert next_one.snapshot().files[0].versions[0].requests == set()
