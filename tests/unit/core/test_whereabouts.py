"""The notes by which servers are found: where they may be, whose they are, which still hold."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from spawning import whereabouts
from spawning.whereabouts import Note, Refused, attach_command, folders, made, notes, written

ME = os.geteuid()


def note(pid: int = os.getpid(), **changes: object) -> Note:
    values: dict[str, object] = {
        "pid": pid,
        "started": whereabouts.started(pid),
        "folder": "/p",
        "application": "mod.app",
        "urls": ("http://127.0.0.1:8080",),
        "backdoor": ("127.0.0.1:3000", "[::1]:3000"),
        "python": "/p/.venv/bin/python",
        "argv": ("python", ".venv/bin/spawn", "mod.app"),
    }
    return Note(**(values | changes))  # type: ignore[arg-type]


@pytest.fixture
def folder(tmp_path: Path) -> str:
    return made(str(tmp_path / "spawning"), ME)


def test_the_folders_of_a_user(tmp_path: Path) -> None:
    mine = {"XDG_RUNTIME_DIR": str(tmp_path)}
    alone = [f"/tmp/spawning-{ME}"]
    assert folders(mine, ME) == [str(tmp_path / "spawning"), *alone]
    assert folders(mine, ME + 1) == [f"/tmp/spawning-{ME + 1}"], "it is another user's"
    for value in ("", "relative", str(tmp_path / "missing")):
        assert folders({"XDG_RUNTIME_DIR": value}, ME) == alone
    assert folders({}, ME) == alone


def test_a_note_comes_and_goes_with_the_server(folder: str) -> None:
    secret = os.path.join(folder, "x.secret")
    told = note(secret=secret)
    with written(folder, told, "a secret"):
        assert notes(folder, ME) == [told]
        modes = [os.stat(os.path.join(folder, name)).st_mode for name in os.listdir(folder)]
        assert [stat.S_IMODE(mode) for mode in modes] == [0o600, 0o600]
        assert Path(secret).read_text() == "a secret\n"
    assert os.listdir(folder) == []
    assert stat.S_IMODE(os.stat(folder).st_mode) == 0o700


def test_files_are_the_users_alone_whatever_the_umask(folder: str) -> None:
    before = os.umask(0)
    try:
        with written(folder, note(), ""):
            (name,) = os.listdir(folder)
            assert stat.S_IMODE(os.stat(os.path.join(folder, name)).st_mode) == 0o600
    finally:
        os.umask(before)


def test_a_link_in_the_place_of_a_file_is_not_followed(folder: str, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("mine")
    path = os.path.join(folder, f"{os.getpid()}.json")
    os.symlink(victim, path)
    os.symlink(victim, f"{path}.new")
    with written(folder, note(), ""):
        assert not os.path.islink(path)
    assert victim.read_text() == "mine"


def test_notes_of_servers_that_are_gone_are_removed(folder: str) -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    gone = note(dead.pid, started=1)
    reused = note(os.getppid(), started=whereabouts.started(os.getppid()) + 1)
    here = note()
    for one in (gone, reused, here):
        Path(folder, f"{one.pid}.json").write_text(json.dumps(vars_of(one)))
    Path(folder, f"{dead.pid}.secret").write_text("old")
    assert notes(folder, ME) == [here]
    assert os.listdir(folder) == [f"{here.pid}.json"]


def vars_of(one: Note) -> dict[str, object]:
    return {name: getattr(one, name) for name in Note.__dataclass_fields__}


RUBBISH = ["", "[]", "{}", '{"format": 1}', '{"format": 2, "pid": 1}', "{", '{"format": []}', "\0"]


@pytest.mark.parametrize("text", RUBBISH)
def test_what_is_no_note_of_this_version_is_passed_over(folder: str, text: str) -> None:
    path = Path(folder, f"{os.getpid()}.json")
    path.write_text(text)
    Path(folder, "README").write_text("not ours")
    assert notes(folder, ME) == []
    assert path.exists(), "it may be another version's"


def test_a_later_version_may_say_more(folder: str) -> None:
    told = json.dumps(vars_of(note()) | {"colour": "red"})
    Path(folder, f"{os.getpid()}.json").write_text(told)
    assert notes(folder, ME) == [note()]


def test_an_earlier_version_may_have_said_less(folder: str) -> None:
    told = vars_of(note())
    del told["python"], told["argv"]
    Path(folder, f"{os.getpid()}.json").write_text(json.dumps(told))
    assert notes(folder, ME) == [note(python="", argv=())]


def test_a_missing_folder_is_empty(tmp_path: Path) -> None:
    assert notes(str(tmp_path / "none"), ME) == []


def test_a_folder_that_is_not_the_users_alone_is_refused(tmp_path: Path) -> None:
    wide, linked, file = tmp_path / "wide", tmp_path / "linked", tmp_path / "file"
    wide.mkdir()
    wide.chmod(0o750)
    (tmp_path / "good").mkdir(0o700)
    linked.symlink_to(tmp_path / "good")
    file.write_text("")
    for place, why in ((wide, "open to others"), (linked, "no folder"), (file, "no folder")):
        for look in (made, notes):
            with pytest.raises(Refused, match=why):
                look(str(place), ME)
    with pytest.raises(Refused, match="another user"):
        notes(str(tmp_path / "good"), ME + 1)


def test_what_the_user_types_to_attach(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setattr(whereabouts, "folders", lambda environ, user: [str(tmp_path / "spawning")])
    folder = made(str(tmp_path / "spawning"), ME)
    with written(folder, note(), ""):
        assert attach_command(os.getpid()) == "spawnctl attach"
        with written(folder, note(os.getppid(), backdoor=()), ""):
            assert attach_command(os.getpid()) == "spawnctl attach"
        with written(folder, note(os.getppid()), ""):
            assert attach_command(7) == "spawnctl attach --pid 7"


def test_when_a_process_has_started() -> None:
    assert whereabouts.started(os.getpid()) > 0
    zombie = subprocess.Popen([sys.executable, "-c", ""])
    os.waitid(os.P_PID, zombie.pid, os.WEXITED | os.WNOWAIT)
    assert whereabouts.started(zombie.pid) == 0
    zombie.wait()
    assert whereabouts.started(zombie.pid) == 0
