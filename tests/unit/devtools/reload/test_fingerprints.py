from __future__ import annotations

import os
from pathlib import Path

from spawning_devtools.reload.watcher.fingerprints import Change, Difference, Fingerprints, read


def known(*paths: Path) -> Fingerprints:
    prints = Fingerprints()
    for path in paths:
        found = read(str(path))
        prints.keep(str(path), found[0] if found else None)
    return prints


def differences(prints: Fingerprints, path: Path) -> list[Difference]:
    return [change.difference for change in prints.changes([str(path)])]


def test_the_ways_to_differ(tmp_path: Path) -> None:
    path = tmp_path / "a"
    prints = known(path)
    assert differences(prints, path) == []
    path.write_text("1")
    assert differences(prints, path) == [Difference.APPEARED]
    path.write_text("2")
    assert differences(prints, path) == [Difference.CHANGED]
    path.unlink()
    assert differences(prints, path) == [Difference.DELETED]
    assert differences(prints, path) == []


def test_equal_bytes_are_no_change(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text("1")
    prints = known(path)
    path.unlink()
    path.write_text("1")
    os.utime(path, (1, 1))
    assert prints.sweep() == [str(path)]
    assert differences(prints, path) == []
    assert prints.sweep() == []


def test_a_file_of_which_nothing_is_known_has_changed(tmp_path: Path) -> None:
    path = tmp_path / "a"
    assert Fingerprints().changes([str(path)]) == []
    path.write_text("1")
    assert Fingerprints().changes([str(path)]) == [Change(str(path), Difference.CHANGED)]


def test_a_sweep_finds_all_three(tmp_path: Path) -> None:
    same, changed, gone, new = (tmp_path / name for name in ("same", "changed", "gone", "new"))
    for path in (same, changed, gone):
        path.write_text("1")
    prints = known(same, changed, gone, new)
    changed.write_text("22")
    gone.unlink()
    new.write_text("1")
    assert prints.sweep() == [str(changed), str(gone), str(new)]


def test_of_a_folder_only_its_being_there_matters(tmp_path: Path) -> None:
    before = read(str(tmp_path))
    (tmp_path / "a").write_text("1")
    assert before == read(str(tmp_path))
    assert before is not None


def test_an_unreadable_path_is_no_file(tmp_path: Path) -> None:
    assert read(f"{tmp_path}/\0") is None


def test_of_a_listed_folder_the_names_matter(tmp_path: Path) -> None:
    listed = f"{tmp_path}{os.sep}"
    found = read(listed)
    assert found is not None
    prints = Fingerprints()
    prints.keep(listed, found[0])
    (tmp_path / "__pycache__").mkdir()
    assert prints.changes([listed]) == []
    (tmp_path / "a").write_text("1")
    assert prints.changes([listed]) == [Change(listed, Difference.CHANGED)]
    assert prints.changes([str(tmp_path)]) == [Change(str(tmp_path), Difference.CHANGED)]
