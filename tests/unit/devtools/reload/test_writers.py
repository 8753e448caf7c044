from __future__ import annotations

from pathlib import Path

from spawning_devtools.reload.watcher.writers import has_writer


def test_a_writer_is_found_while_it_writes(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    with path.open("w"):
        assert has_writer(str(path))
    assert not has_writer(str(path))


def test_a_reader_is_none(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text("")
    with path.open():
        assert not has_writer(str(path))


def test_what_cannot_be_asked(tmp_path: Path) -> None:
    assert not has_writer(str(tmp_path / "nothing"))
