"""What is known of files that somebody goes on writing."""

from __future__ import annotations

from pathlib import Path

from spawning_devtools.reload.conductor.knowledge import Knowledge


def test_a_file_that_was_written_to_since_it_was_read_is_unsteady(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text("half")
    known = Knowledge(str(tmp_path), ())
    assert [change.path for change in known.changes([str(path)])] == [str(path)]
    assert known.unsteady([str(path)]) == []
    path.write_text("half and the rest")
    assert known.unsteady([str(path)]) == [str(path)]


def test_what_is_doubted_is_a_change_whatever_it_comes_to_be(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text("as it was")
    known = Knowledge(str(tmp_path), ())
    known.changes([str(path)])
    assert known.changes([str(path)]) == []
    known.doubt([str(path)])
    assert [change.path for change in known.changes([str(path)])] == [str(path)]
    known.doubt([str(path)])
    path.unlink()
    assert [change.difference.value for change in known.changes([str(path)])] == ["deleted"]
