"""Where workers come from: which snapshot is asked, and what becomes of those that say no."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from spawning.messages import Parked, Sprout, Take, Taken, Unfit
from spawning_devtools.snapshots.readings import stamp_of
from unit.devtools.snapshots.nursing import FILE, WHOLE, Play, boot

pytestmark = pytest.mark.slow

WHY_NOT = "f is declared otherwise"


@pytest.fixture
def play() -> Iterator[Play]:
    """A server of which one worker serves, started cold."""
    made = Play()
    made.worker(1)
    yield made
    made.end()


def built(play: Play) -> tuple[int, int, int]:
    """Prepare all; return the snapshots at the project's module and of it all, and its spare."""
    play.build()
    natural, full, spare = play.born[-3:]
    return natural, full, spare


def kinds(play: Play) -> list[str]:
    return [snapshot.kind for snapshot in play.told[-1].snapshots]


def test_what_is_prepared(play: Play) -> None:
    built(play)
    assert kinds(play) == ["cold", "natural", "full"]
    assert len(play.executed) == 1


def test_a_worker_of_new_bodies_is_the_spare_of_the_whole_application(play: Play) -> None:
    _, _, spare = built(play)
    play.save()
    play.say(spare, Taken(""))
    assert play.worker(2) == spare
    assert play.waiters[spare].told() == [Take((FILE,)), boot(2)]
    play.build()
    assert kinds(play) == ["cold", "natural", "full"]
    assert play.told[-1].refusals == ()


def test_where_nothing_has_changed_nothing_is_asked(play: Play) -> None:
    _, _, spare = built(play)
    assert play.worker(1) == spare
    assert play.waiters[spare].told() == [boot(1)]


def test_more_than_bodies_is_a_start_from_the_deepest_snapshot_that_is_left(play: Play) -> None:
    natural, full, spare = built(play)
    play.save()
    play.say(spare, Taken(WHY_NOT, FILE))
    started = play.fork(natural)
    assert play.worker(2) == started
    # The other workers of that generation come from there at once.
    other = play.fork(natural)
    assert play.worker(2) == other
    play.build()
    assert play.told[-1].refusals == ((FILE, WHY_NOT),)
    for pid in (full, spare):
        play.waiters[pid].wait_until_dead()
    assert play.waiters[natural].lives()


def test_one_that_does_not_answer_is_given_up_and_said(
    play: Play, capfd: pytest.CaptureFixture[str]
) -> None:
    natural, full, spare = built(play)
    play.save()
    started = play.fork(natural)
    assert play.worker(2) == started
    assert capfd.readouterr().err.count("a snapshot does not answer, and is given up") == 1
    play.build()
    assert play.told[-1].refusals == ()
    for pid in (full, spare):
        play.waiters[pid].wait_until_dead()


def test_a_spare_that_has_died_is_replaced_by_another(play: Play) -> None:
    _, full, spare = built(play)
    play.save()
    play.waiters[spare].kill()
    other = play.fork(full)
    play.say(other, Taken(""))
    assert play.worker(2) == other


def test_where_no_snapshot_lives_a_worker_is_executed(play: Play) -> None:
    built(play)
    for waiter in play.waiters.values():
        waiter.kill()
    play.worker(2)
    assert [one.generation for one in play.executed] == [1, 2]


def test_an_application_that_may_not_be_forked_when_it_is_whole_is_no_news_for_the_log(
    play: Play, capfd: pytest.CaptureFixture[str]
) -> None:
    play.build(Unfit("", "it has started a thread"))
    assert kinds(play) == ["cold", "natural"]
    assert play.told[-1].why_not_full == "it has started a thread"
    assert capfd.readouterr().err == ""


def test_what_has_read_another_file_than_there_is_now_is_not_forked(
    play: Play, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    data.write_text("a")
    stamp = stamp_of(str(data))
    play.build(Parked("", WHOLE.files, WHOLE.names, (), ((str(data), stamp),)))
    natural, _full, _spare = play.born[-3:]
    data.write_text("other")
    started = play.fork(natural)
    assert play.worker(2) == started


def test_what_is_half_made_when_a_file_is_saved_stops_at_once(play: Play) -> None:
    play.build(None)
    half = play.born[-1]
    play.save()
    status = os.waitid(os.P_PID, half, os.WSTOPPED | os.WNOWAIT)
    assert status is not None
    play.build()
    play.waiters[half].wait_until_dead()
    assert kinds(play) == ["cold", "natural", "full"]


def test_nothing_is_prepared_while_a_change_is_served(play: Play) -> None:
    natural, _, _ = built(play)
    play.save("/template.py")  # none of its files, so that it is made anew
    started = play.fork(natural)
    assert play.worker(2) == started
    assert play.waiters[natural].told() == [Sprout()]
    play.build()
    assert kinds(play) == ["cold", "natural", "full"]


def test_what_was_saved_before_is_taken_as_well(play: Play) -> None:
    """Its worker has gone, and the snapshot is as old as ever."""
    _, _, spare = built(play)
    play.save()
    play.say(spare, Taken(""))
    play.worker(2)
    play.build()
    spare = play.born[-1]
    play.say(spare, Taken(""))
    assert play.worker(3) == spare
    assert play.waiters[spare].told() == [Take((FILE,)), boot(3)]
