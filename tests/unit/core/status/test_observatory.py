"""What the status process sends to those who come back, and to those who come too late."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterator

import pytest

from spawning.messages import Notice
from spawning.scoreboard import Scoreboard
from spawning.status.following import Follower
from spawning.status.observatory import KEPT, STREAMS, Observatory

from .scenes import WALL, scene


@pytest.fixture
def observatory() -> Iterator[Observatory]:
    """One that has been told nothing yet."""
    shape = Scoreboard.create(4, 2).shape
    board = (shape.descriptor, shape.rows, shape.slots)
    yield Observatory(dataclasses.replace(scene().boot, board=board))
    os.close(shape.descriptor)


def tell(observatory: Observatory, count: int) -> None:
    """Tell it some facts."""
    for number in range(count):
        observatory.learn(Notice(f"text {number}", WALL))


def missed(observatory: Observatory, last: str) -> int | None:
    """Return how many facts are sent to who had `last`; None where a `hello` is sent instead."""
    subscription = observatory.subscribe(last)
    assert subscription is not None
    observatory.unsubscribe(subscription.feed)
    return None if subscription.missed is None else len(subscription.missed)


def test_what_is_missed_is_sent_as_long_as_it_is_kept(observatory: Observatory) -> None:
    first = observatory.id_of(0)
    assert missed(observatory, first) == 0
    tell(observatory, 3)
    assert [missed(observatory, observatory.id_of(number)) for number in range(4)] == [3, 2, 1, 0]
    tell(observatory, KEPT - 3)
    assert missed(observatory, first) == KEPT
    tell(observatory, 1)
    assert missed(observatory, first) is None
    assert missed(observatory, observatory.id_of(1)) == KEPT


@pytest.mark.parametrize("wrong", ["", "no", "no-1", "{}x", "{}0", "x{}", "{}-1", "{}\u00b2"])
def test_ids_that_were_never_given(observatory: Observatory, wrong: str) -> None:
    tell(observatory, 3)
    assert missed(observatory, wrong.replace("{}", observatory.id_of(1))) is None


def test_ids_of_another_process(observatory: Observatory) -> None:
    other = Observatory(dataclasses.replace(scene().boot, board=observatory._boot.board))
    tell(observatory, 3)
    tell(other, 3)
    assert missed(other, observatory.id_of(1)) is None


@pytest.mark.slow
def test_there_are_so_many_streams_and_no_more(observatory: Observatory) -> None:
    found = [observatory.subscribe("") for _ in range(STREAMS)]
    assert None not in found
    assert observatory.subscribe("") is None
    assert found[0] is not None
    observatory.unsubscribe(found[0].feed)
    assert observatory.subscribe("") is not None


def test_a_stream_goes_on_where_the_one_before_ended(observatory: Observatory) -> None:
    tell(observatory, 2)
    subscription = observatory.subscribe(observatory.id_of(1))
    assert subscription is not None
    tell(observatory, 1)
    observatory.end()
    pieces = [*Follower(observatory, subscription, wants_counters=False).pieces()]
    ids = [piece.decode().split("\n")[0] for piece in pieces]
    assert ids == ["retry: 1000", *(f"id: {observatory.id_of(number)}" for number in (2, 3))]
