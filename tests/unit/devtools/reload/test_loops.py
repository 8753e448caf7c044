from __future__ import annotations

from spawning_devtools.reload.watcher.loops import LONGEST_PAUSE, TOLERATED, Loop


def repeated(times: int, file: str = "a", starting: bool = True) -> Loop:
    loop = Loop()
    for _ in range(times + 1):
        loop = loop.after_reload([file], starting, now=100.0)
    return loop


def test_a_few_reloads_in_a_row_are_not_paused() -> None:
    assert repeated(TOLERATED - 1).earliest(["a"]) <= 100.0


def test_reloads_that_cause_each_other_are_paused_longer_and_longer() -> None:
    assert repeated(TOLERATED).is_new
    assert repeated(TOLERATED).earliest(["a"]) == 101.0
    assert not repeated(TOLERATED + 1).is_new
    assert repeated(TOLERATED + 1).earliest(["a"]) == 102.0
    assert repeated(100).earliest(["a"]) == 100.0 + LONGEST_PAUSE


def test_saves_while_nothing_starts_are_a_person() -> None:
    assert repeated(100, starting=False).earliest(["a"]) == 0.0


def test_a_person_ends_the_pause_once() -> None:
    loop = repeated(TOLERATED)
    assert loop.after_touch(["a"], starting=True) == loop
    assert loop.after_touch(["b"], starting=False) == loop
    saved = loop.after_touch(["a"], starting=False)
    assert saved.earliest(["a"]) == 0.0
    again = saved.after_reload(["a"], starting=False, now=200.0)
    assert again.earliest(["a"]) == 201.0


def test_another_file_reloads_at_once_and_ends_it() -> None:
    loop = repeated(TOLERATED + 3)
    assert loop.earliest(["a", "b"]) == 0.0
    assert loop.after_reload(["b"], True, 200.0).earliest(["a"]) == 0.0


def test_the_listed_folder_of_its_file_belongs_to_a_loop() -> None:
    loop = repeated(TOLERATED, file="/p/a.py")
    assert loop.earliest(["/p/a.py", "/p/"]) == 101.0
    assert loop.earliest(["/p/"]) == 0.0
    assert loop.earliest(["/p/a.py", "/q/"]) == 0.0
