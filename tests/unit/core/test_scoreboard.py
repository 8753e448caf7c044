"""What a worker writes is what others read, and nothing is forgotten when it dies."""

from __future__ import annotations

import os

import pytest

from spawning.http.request import Request
from spawning.row_slot import BUCKETS
from spawning.scoreboard import InFlightNow, Scoreboard, Shape
from spawning.slot import NoSlot


@pytest.fixture
def board() -> Scoreboard:
    """A board of three rows of two slots."""
    return Scoreboard.create(rows=3, slots=2)


def test_a_row_is_read_as_it_was_written(board: Scoreboard) -> None:
    row = board.row(1, metered=True)
    row.introduce(7, 3, 1000.5)
    row.beat(12.5, connections=9, busy=1)
    row.count_stuck(1)
    first, second = row.slots
    first.begin(b"GET /done", 1.0)
    first.end(200, 10, 0.02)
    second.begin(b"POST /not/done?x=\xe9", 2.0)
    (read,) = board.read_all()
    assert (read.pid, read.worker_id, read.generation) == (os.getpid(), 7, 3)
    assert (read.started_at, read.heartbeat) == (1000.5, 12.5)
    assert (read.connections, read.busy, read.stuck) == (9, 1, 1)
    assert (read.requests, read.bytes, read.seconds) == (1, 10, 0.02)
    assert read.by_class[2] == 1
    assert read.in_flight == (InFlightNow(2.0, "POST /not/done?x=\xe9"),)


@pytest.mark.parametrize(
    ("seconds", "bucket"), [(0.0, 0), (0.005, 0), (0.0051, 1), (10.0, 10), (11.0, 11)]
)
def test_a_duration_falls_into_its_bucket(board: Scoreboard, seconds: float, bucket: int) -> None:
    board.row(1, metered=True).slots[0].end(200, 0, seconds)
    assert board.read(1).by_bucket == tuple(int(n == bucket) for n in range(len(BUCKETS)))


@pytest.mark.parametrize(("code", "place"), [(0, 0), (101, 1), (204, 2), (499, 4), (999, 9)])
def test_every_status_has_its_class(board: Scoreboard, code: int, place: int) -> None:
    for metered in (True, False):
        board.row(1, metered).slots[0].end(code, 0, 0.0)
    assert board.read(1).by_class[place] == board.read(1).requests == 2


def test_a_row_that_is_not_metered_counts_responses_only(board: Scoreboard) -> None:
    board.row(1, metered=False).slots[0].end(200, 10, 3.0)
    read = board.read(1)
    assert (read.requests, read.bytes, read.seconds, sum(read.by_bucket)) == (1, 0, 0.0, 0)


def test_a_long_request_line_is_cut_and_a_short_one_is_not_mixed_with_it(
    board: Scoreboard,
) -> None:
    slot = board.row(1, metered=False).slots[0]
    slot.begin(b"GET /" + b"x" * 5000, 1.0)
    (long,) = board.read(1).in_flight
    assert long.line.startswith("GET /xxx")
    # More than latin-1, by a bug of somebody's.
    slot.begin(Request("GET", "/\u20ac", True, {}).make_line(), 1.0)
    assert [request.line for request in board.read(1).in_flight] == ["GET /?"]


def test_rows_are_taken_and_freed(board: Scoreboard) -> None:
    for number in (1, 2, 3):
        assert board.free_row() == number
        board.reserve(number, worker_id=10 + number)
    assert board.free_row() == 0
    board.release(2)
    assert board.free_row() == 2


def test_what_the_dead_have_counted_is_kept(board: Scoreboard) -> None:
    for number, worker_id in ((1, 5), (2, 6), (1, 7)):
        board.reserve(number, worker_id)
        row = board.row(number, metered=True)
        row.introduce(worker_id, 1, 0.0)
        row.slots[0].end(200, 5, 1.0)
        row.slots[1].begin(b"GET /cut", 1.0)
        board.release(number)
        assert board.read(number).requests == 0
    assert board.read_all() == []
    past = board.read_past()
    assert (past.by_class[2], past.by_class[0]) == (3, 3)  # answered, and cut by the death
    assert (past.bytes, past.seconds, sum(past.by_bucket)) == (15, 3.0, 3)


def test_another_process_reads_the_same_memory(board: Scoreboard) -> None:
    shape = Shape(os.dup(board.shape.descriptor), board.shape.rows, board.shape.slots)
    board.row(3, metered=True).slots[1].end(200, 1, 0.0)
    assert Scoreboard(shape).read(3).requests == 1
    os.close(shape.descriptor)


def test_without_a_row_nothing_is_counted() -> None:
    slot = NoSlot()
    slot.begin(b"GET /", 1.0)
    slot.end(200, 0, 0.0)
