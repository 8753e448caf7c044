from __future__ import annotations

import os
import time
from pathlib import Path

from spawning_devtools.reload.watcher.git import Git

LATER = time.time() + 1e6
"""So that a rebase goes on, whatever time this test takes."""


def test_the_lock_of_the_repository_above(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "sub").mkdir()
    git = Git.of(str(tmp_path / "sub"))
    assert not git.is_busy
    (tmp_path / ".git" / "index.lock").touch()
    assert git.is_busy


def test_a_work_tree_beside_its_repository(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree" / ".git").write_text("gitdir: ../real\n")
    (tmp_path / "real" / "index.lock").touch()
    assert Git.of(str(tmp_path / "tree")).is_busy


def test_a_rebase_is_busy_until_it_stops_for_the_user(tmp_path: Path) -> None:
    rebase = tmp_path / ".git" / "rebase-merge"
    rebase.mkdir(parents=True)
    git = Git.of(str(tmp_path))
    os.utime(rebase, (LATER, LATER))
    assert git.is_busy
    (rebase / "stopped-sha").touch()
    os.utime(rebase, (LATER, LATER))
    assert not git.is_busy
    (rebase / "stopped-sha").unlink()
    os.utime(rebase, (LATER, LATER))
    assert git.is_busy
    os.utime(rebase, (1, 1))
    assert not git.is_busy
