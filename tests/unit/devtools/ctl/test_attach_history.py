"""Where the history of a project is, and how long it becomes."""

from __future__ import annotations

import os
from pathlib import Path

from spawning_devtools.ctl.attach.history import LONGEST, file_of, prepared


def test_a_project_has_one_of_its_own(tmp_path: Path) -> None:
    environ = {"XDG_STATE_HOME": str(tmp_path)}
    for name in ("a/shop", "b/shop"):
        (tmp_path / name).mkdir(parents=True)
    first, second = (file_of(str(tmp_path / name), environ) for name in ("a/shop", "b/shop"))
    assert first.parent == second.parent == tmp_path / "spawning" / "history"
    assert first != second
    assert first.name.startswith("shop-")
    (tmp_path / "link").symlink_to(tmp_path / "a")
    assert file_of(str(tmp_path / "link" / "shop"), environ) == first
    assert file_of(str(tmp_path / "a/shop"), environ, "pdb") != first
    assert file_of("/", {}).name.startswith("root-")
    assert file_of("/", {}).is_relative_to(os.path.expanduser("~"))


def test_nobody_else_reads_it(tmp_path: Path) -> None:
    file = prepared(tmp_path / "state" / "history" / "x")
    assert file is not None
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700


def test_the_oldest_are_given_up(tmp_path: Path) -> None:
    file = tmp_path / "x"
    entry = b"\n# 2026-11-27 08:00:00.000000\n+x = %d\n"
    file.write_bytes(b"".join(entry % number for number in range(LONGEST // 30)))
    assert prepared(file) == file
    kept = file.read_bytes()
    assert LONGEST / 2 - 100 < len(kept) <= LONGEST / 2
    assert kept.startswith(b"# 2026")
    assert kept.endswith(entry % (LONGEST // 30 - 1))
    assert file.stat().st_mode & 0o077 == 0
    assert [one.name for one in tmp_path.iterdir()] == ["x"]


def test_where_none_can_be_kept(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert prepared(tmp_path / "file" / "x") is None
