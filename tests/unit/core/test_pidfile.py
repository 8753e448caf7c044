"""A pidfile has one owner, whoever else wants it at the same moment."""

from __future__ import annotations

import fcntl
import os
import threading
from pathlib import Path

import pytest

from spawning.daemon.pidfile import claimed
from spawning.errors import AlreadyRunning, UsageError

ROUNDS = 25
RIVALS = 6
UNUSED = "999999999\n"


def test_it_holds_the_process_id_while_the_block_lasts(tmp_path: Path) -> None:
    path = tmp_path / "pid"
    with claimed(str(path)):
        assert path.read_text() == f"{os.getpid()}\n"
        assert list(tmp_path.iterdir()) == [path]
    assert list(tmp_path.iterdir()) == []


def test_who_has_the_lock_lives_whatever_the_number_says(tmp_path: Path) -> None:
    path = tmp_path / "pid"
    path.write_text(UNUSED)
    with path.open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(AlreadyRunning), claimed(str(path)):
            pass
    assert path.read_text() == UNUSED
    with claimed(str(path)):
        assert path.read_text() == f"{os.getpid()}\n"


def compete(path: Path, winners: list[int], end: threading.Barrier) -> None:
    """Claim a pidfile, and hold it until everybody has tried."""
    try:
        with claimed(str(path)):
            winners.append(1)
            end.wait()
    except AlreadyRunning:
        end.wait()


@pytest.mark.parametrize("stale", [True, False])
def test_of_rivals_one_wins(tmp_path: Path, stale: bool) -> None:
    path = tmp_path / "pid"
    for _ in range(ROUNDS):
        if stale:
            path.write_text(UNUSED)
        winners: list[int] = []
        end = threading.Barrier(RIVALS)
        works = [(path, winners, end)] * RIVALS
        rivals = [threading.Thread(target=compete, args=work) for work in works]
        for rival in rivals:
            rival.start()
        for rival in rivals:
            rival.join()
        assert len(winners) == 1
        assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["no/such/folder/pid", ".", "folder"])
def test_what_cannot_be_written_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    (tmp_path / "folder").mkdir()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match=f"--pidfile: {name} cannot be written: "), claimed(name):
        pass
    assert [entry.name for entry in tmp_path.iterdir()] == ["folder"]
