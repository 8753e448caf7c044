"""In which order files are analysed, and what is kept of it."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from spawning_devtools.cover.disk import state_of
from spawning_devtools.cover.facts import FileFacts, Numbers, Version
from spawning_devtools.cover.reports.desk import INTERVAL, Desk, Look


class Clock:
    """Time that passes when the test says so."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def desk(clock: Clock) -> Desk:
    return Desk(clock)


def ran(path: str, *lines: int) -> FileFacts:
    return FileFacts(path, (Version("d", lines),))


def taken(desk: Desk, count: int) -> list[str]:
    """Return the paths of the next jobs; a look is ''."""
    jobs = [desk.take() for _ in range(count)]
    return [job.path if isinstance(job, FileFacts) else "" for job in jobs]


def finish(desk: Desk, path: str) -> None:
    desk.done(Numbers(path), state_of(path))


def test_what_was_asked_last_comes_first(desk: Desk) -> None:
    for path in "abca":
        desk.ask(ran(path))
    assert taken(desk, 3) == ["a", "c", "b"]


def test_what_is_asked_again_is_what_counts(desk: Desk) -> None:
    desk.ask(ran("a", 1))
    desk.ask(ran("a", 1, 2))
    assert desk.take() == ran("a", 1, 2)


def test_pending_is_what_waits_or_is_at_work(desk: Desk) -> None:
    desk.ask(ran("a"))
    assert desk.is_pending("a")
    desk.take()
    assert desk.is_pending("a")
    finish(desk, "a")
    assert not desk.is_pending("a")
    assert desk.result("a") == Numbers("a")
    desk.ask(ran("a", 3))
    assert desk.is_pending("a")
    assert desk.result("a") == Numbers("a"), "until there is a newer one"


def test_a_look_comes_first_and_not_again_before_its_time(desk: Desk, clock: Clock) -> None:
    desk.ask(ran("a"))
    desk.ask(ran("b"))
    desk.ask_for_look()
    assert isinstance(desk.take(), Look)
    desk.ask_for_look()
    assert taken(desk, 1) == ["b"]
    clock.now += INTERVAL
    assert taken(desk, 2) == ["", "a"]


def test_what_could_not_be_done_is_still_to_be(desk: Desk, clock: Clock) -> None:
    desk.ask(ran("a"))
    desk.put_back(ran("a")) if desk.take() else None
    desk.put_back(Look())
    assert taken(desk, 2) == ["", "a"]


def test_files_that_never_ran_come_last(desk: Desk) -> None:
    desk.ask(ran("a"))
    desk.ask(ran("b"))
    assert desk.looked(["b", "never", "other"]) == []
    assert desk.never_ran == {"never", "other"}
    assert set(taken(desk, 2)) == {"a", "b"}
    assert set(taken(desk, 2)) == {"never", "other"}


def test_a_file_that_never_ran_and_runs_and_one_that_goes(desk: Desk) -> None:
    desk.looked(["never", "other"])
    taken(desk, 2)
    finish(desk, "never")
    finish(desk, "other")
    desk.ask(ran("never", 1))
    assert desk.never_ran == {"other"}
    assert desk.looked(["never"]) == ["other"]
    assert desk.result("other") is None
    assert desk.result("never") is not None
    assert desk.looked([]) == [], "what ran stays, whatever is configured"
    finish(desk, "other")
    assert desk.result("other") is None, "its analysis was under way"


def test_what_changes_on_disk_is_analysed_again(desk: Desk, tmp_path: Path) -> None:
    paths = [str(tmp_path / name) for name in "abc"]
    for path in paths:
        Path(path).touch()
        desk.ask(ran(path))
    taken(desk, 3)
    for path in paths:
        finish(desk, path)
    Path(paths[0]).write_text("changed")
    os.unlink(paths[1])
    desk.see_disk()
    assert [desk.is_pending(path) for path in paths] == [True, True, False]


def test_a_deadly_file_is_left_alone_until_it_changes(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.touch()
    assert not desk.is_deadly(str(path))
    desk.ask(ran(str(path)))
    desk.died(str(path), state_of(str(path)))
    assert desk.is_deadly(str(path))
    assert not desk.is_pending(str(path))
    path.write_text("changed")
    assert not desk.is_deadly(str(path))


def test_all_is_asked_again(desk: Desk) -> None:
    desk.ask(ran("a"))
    desk.ask(ran("b"))
    taken(desk, 2)
    desk.ask(ran("c"))
    desk.ask_again()
    assert taken(desk, 3)[0] == "c"


def test_whoever_waits_is_let_go_at_the_end(desk: Desk) -> None:
    found: list[object] = []
    thread = threading.Thread(target=lambda: found.append(desk.take()))
    thread.start()
    desk.close()
    thread.join()
    desk.rest(3600)
    assert found == [None]
