"""Real directories, real events; each is waited for, and bounded."""

from __future__ import annotations

import os
import select
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from serving import PATIENCE
from spawning_devtools.reload.watcher.changes import FolderTouch, Overflow, State, Touch
from spawning_devtools.reload.watcher.watcher import Watcher


class Scene:
    """A watcher, and what it has told."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.watcher = Watcher()
        self.told: list[Touch | FolderTouch] = []

    def watch(self, *directories: Path, lost: tuple[Path, ...] = ()) -> None:
        assert self.watcher.watch(map(str, directories), map(str, lost)) == []

    def until(self, name: str, state: State | None) -> list[State | None]:
        """Wait for an event, and return the states of that path up to it; None is a folder."""
        path, deadline = str(self.folder / name), time.monotonic() + PATIENCE
        while True:
            of_path = [
                event.state if isinstance(event, Touch) else None
                for event in self.told
                if event.path == path
            ]
            if state in of_path:
                return of_path
            assert time.monotonic() < deadline, self.told
            select.select([self.watcher.fileno()], [], [], PATIENCE)
            self.told += [news for news in self.watcher.take() if not isinstance(news, Overflow)]


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    scene = Scene(tmp_path)
    with scene.watcher:
        yield scene


def test_a_write_ends_with_its_close(scene: Scene) -> None:
    scene.watch(scene.folder)
    (scene.folder / "a").write_text("1")
    states = scene.until("a", State.WRITTEN)
    assert states[0] is State.BEING_WRITTEN
    assert states[-1] is State.WRITTEN


def test_reading_tells_nothing(scene: Scene) -> None:
    (scene.folder / "a").write_text("1")
    scene.watch(scene.folder)
    (scene.folder / "a").read_text()
    list(scene.folder.iterdir())
    (scene.folder / "b").write_text("1")
    scene.until("b", State.WRITTEN)
    assert {event.path for event in scene.told} == {str(scene.folder / "b")}


def test_moves_inside_in_and_out(scene: Scene, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "in").write_text("1")
    (scene.folder / "a").write_text("1")
    scene.watch(scene.folder)
    (scene.folder / "a").rename(scene.folder / "b")
    scene.until("a", State.UNSURE)
    scene.until("b", State.PLACED)
    (elsewhere / "in").rename(scene.folder / "in")
    assert scene.until("in", State.PLACED) == [State.PLACED]
    (scene.folder / "b").rename(elsewhere / "b")
    scene.until("b", State.UNSURE)


def test_links_are_whole_at_once(scene: Scene) -> None:
    (scene.folder / "a").write_text("1")
    scene.watch(scene.folder)
    (scene.folder / "soft").symlink_to("a")
    (scene.folder / "hard").hardlink_to(scene.folder / "a")
    scene.until("soft", State.PLACED)
    scene.until("hard", State.PLACED)


def test_subfolders_are_not_watched_but_their_coming_and_going_is_told(scene: Scene) -> None:
    scene.watch(scene.folder)
    (scene.folder / "sub").mkdir()
    scene.until("sub", None)
    (scene.folder / "sub" / "a").write_text("1")
    (scene.folder / "sub").rename(scene.folder / "other")
    scene.until("other", None)
    assert {os.path.relpath(event.path, scene.folder) for event in scene.told} == {"sub", "other"}


@pytest.mark.parametrize("way", ["deleted", "moved"])
def test_a_folder_that_returns_is_watched_again(scene: Scene, way: str) -> None:
    sub = scene.folder / "sub"
    sub.mkdir()
    scene.watch(scene.folder, sub)
    if way == "deleted":
        sub.rmdir()
    else:
        sub.rename(scene.folder / "old")
    scene.until("sub", None)
    scene.watch(scene.folder, sub, lost=(sub,))
    sub.mkdir()
    scene.told.clear()
    scene.until("sub", None)
    scene.watch(scene.folder, sub, lost=(sub,))
    (sub / "a").write_text("1")
    scene.until("sub/a", State.WRITTEN)


def test_a_folder_that_is_no_longer_wanted(scene: Scene) -> None:
    one, two = scene.folder / "one", scene.folder / "two"
    one.mkdir()
    two.mkdir()
    scene.watch(one, two)
    scene.watch(two)
    (one / "a").write_text("1")
    (two / "a").write_text("1")
    scene.until("two/a", State.WRITTEN)
    assert not [event for event in scene.told if event.path.startswith(str(one))]


def test_a_folder_that_does_not_exist_is_no_complaint(scene: Scene) -> None:
    scene.watch(scene.folder / "nowhere")


def test_a_queue_that_overflowed_is_told(scene: Scene) -> None:
    scene.watch(scene.folder)
    limit = int(Path("/proc/sys/fs/inotify/max_queued_events").read_text())
    for number in range(limit // 2 + 100):
        os.close(os.open(scene.folder / f"n{number % 2}", os.O_CREAT | os.O_WRONLY))
        os.unlink(scene.folder / f"n{number % 2}")
    taken: list[object] = []
    while select.select([scene.watcher.fileno()], [], [], 0)[0]:
        taken += scene.watcher.take()
    assert any(isinstance(news, Overflow) for news in taken)


def test_a_folder_under_two_paths_is_told_under_both(scene: Scene) -> None:
    (scene.folder / "sub").mkdir()
    (scene.folder / "link").symlink_to("sub")
    scene.watch(scene.folder / "sub", scene.folder / "link")
    (scene.folder / "sub" / "a").write_text("1")
    scene.until("sub/a", State.WRITTEN)
    scene.until("link/a", State.WRITTEN)
    scene.watch(scene.folder / "sub")
    scene.told.clear()
    (scene.folder / "sub" / "a").write_text("2")
    scene.until("sub/a", State.WRITTEN)
    assert {event.path for event in scene.told} == {str(scene.folder / "sub" / "a")}
