"""What is known of files that somebody goes on writing, and of when they were opened."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from spawning.messages import Graph, Opened
from spawning_devtools.reload.conductor.knowledge import Knowledge


def test_a_file_that_was_written_to_since_it_was_read_is_unsteady(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text("half")
    known = Knowledge(str(tmp_path), ())
    assert [change.path for change in known.changes([str(path)])] == [str(path)]
    assert known.unsteady([str(path)]) == []
    path.write_text("half and the rest")
    assert known.unsteady([str(path)]) == [str(path)]


def test_what_is_still_being_saved_is_compared_with_what_was_there_before(tmp_path: Path) -> None:
    path, other = tmp_path / "a.py", tmp_path / "b.py"
    path.write_text("as it was")
    known = Knowledge(str(tmp_path), ())

    def found(*paths: Path) -> list[str]:
        return [change.difference.value for change in known.changes(map(str, paths))]

    known.changes([str(path)])
    assert found(path) == []
    known.take_back()
    assert found(path) == [], "nothing was found"
    path.write_text("")
    assert found(path) == ["changed"]
    known.take_back()
    path.write_text("as it was")
    assert found(path) == [], "the same bytes, slowly"
    path.write_text("new")
    other.write_text("of which nothing was known")
    assert found(path, other) == ["changed", "changed"]
    known.take_back()
    assert found(path, other) == ["changed", "changed"]
    assert found(path, other) == []
    path.unlink()
    assert found(path) == ["deleted"]
    known.take_back()
    assert found(path) == ["deleted"]
    path.write_text("anew")
    assert found(path) == ["appeared"]


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """A template that was saved at second 1000."""
    path = tmp_path / "pages" / "page.html"
    path.parent.mkdir()
    path.write_text("one")
    os.utime(path, (1000, 1000))
    return path


def missed(known: Knowledge, **said: tuple[object, ...]) -> list[str]:
    """Have a worker say what it has opened or written; return what has changed before a look."""
    graph = Graph(1, "app", (), (), (), ())
    known.reports.add(replace(graph, **said), 0.0)  # type: ignore[arg-type]
    known.look_around(0.0)
    found = []
    while (done := known.work())[0]:
        found.append(done[1])
    return [path for path in found if path]


def opened(path: Path | str, moment: float) -> tuple[Opened]:
    """Return what a worker says of a file that it has opened at a moment."""
    return (Opened(str(path), "app", moment),)


def test_a_file_was_opened_before_it_was_saved_as_a_worker_tells_late(page: Path) -> None:
    known = Knowledge(str(page.parent), ())
    assert missed(known, kept=opened(page, 1001.0)) == []
    assert missed(known, kept=opened(page, 999.0)) == [str(page)]
    assert missed(known, kept=opened(page, 998.0)) == [], "it is told once"


def test_what_was_acted_upon_since_is_no_news(page: Path) -> None:
    known = Knowledge(str(page.parent), ())
    missed(known, kept=opened(page, 1001.0))
    page.write_text("two")
    assert len(known.changes([str(page)])) == 1
    assert missed(known, kept=opened(page, 999.0)) == []


def test_what_the_application_writes_is_its_own_whoever_tells_late(page: Path) -> None:
    known = Knowledge(str(page.parent), ())
    missed(known, kept=opened(page, 1001.0))
    missed(known, written=(str(page),))
    assert missed(known, kept=opened(page, 999.0)) == []


def test_a_folder_is_not_looked_at_again_before_its_change_is_acted_upon(page: Path) -> None:
    known, folder = Knowledge(str(page.parent), ()), f"{page.parent}/"
    missed(known, listed=opened(folder, page.parent.stat().st_mtime + 1))
    page.with_name("new.html").touch()
    missed(known, listed=opened(folder, 999.0))
    assert [change.path for change in known.changes([folder])] == [folder]
