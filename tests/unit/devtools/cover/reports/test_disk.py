"""The folder of reports: whose it is, and that none is left behind."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from spawning_devtools.cover.disk import (
    PREFIX,
    PrivateFolder,
    digest_of,
    remove_left_behind,
    state_of,
)

LEAVING = (
    "import sys; from spawning_devtools.cover.disk import PrivateFolder\n"
    "print(PrivateFolder().path, flush=True); sys.stdin.read()\n"
)


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_nobody_else_reads_it_and_it_goes(places: Path) -> None:
    folder = PrivateFolder()
    assert stat.S_IMODE(os.stat(folder.path).st_mode) == 0o700
    Path(folder.path, "report").mkdir()
    folder.close()
    assert list(places.iterdir()) == []


def test_a_folder_of_somebody_who_lives_stays(places: Path) -> None:
    first, second = PrivateFolder(), PrivateFolder()
    remove_left_behind()
    assert len(list(places.iterdir())) == 2
    first.close()
    second.close()


def test_only_folders_of_ours_are_removed(places: Path) -> None:
    (places / "other").mkdir()
    (places / f"{PREFIX}file").touch()
    target = places / "target"
    target.mkdir()
    (places / f"{PREFIX}link").symlink_to(target)
    (places / f"{PREFIX}left").mkdir()
    remove_left_behind()
    assert {path.name for path in places.iterdir()} == {
        "other", f"{PREFIX}file", "target", f"{PREFIX}link",
    }  # fmt: skip


@pytest.mark.slow
def test_what_a_killed_process_leaves_the_next_one_removes(
    places: Path, import_folders: list[str]
) -> None:
    environ = {"PYTHONPATH": os.pathsep.join(import_folders), "TMPDIR": str(places)}
    process = subprocess.Popen(
        [sys.executable, "-c", LEAVING], stdin=-1, stdout=-1, env=environ, text=True
    )
    assert process.stdout is not None
    assert process.stdin is not None
    with process.stdout, process.stdin:
        path = process.stdout.readline().strip()
        remove_left_behind()
        assert os.path.isdir(path)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    remove_left_behind()
    assert not os.path.exists(path)


def test_states_and_digests(tmp_path: Path) -> None:
    path = tmp_path / "a"
    assert (digest_of(str(path)), state_of(str(path))) == ("", [])
    path.write_bytes(b"abc")
    before = state_of(str(path))
    assert digest_of(str(path)).startswith("ba7816bf")
    path.write_bytes(b"abcd")
    assert state_of(str(path)) != before
