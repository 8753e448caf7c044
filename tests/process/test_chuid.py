"""`--chuid`: root until the addresses are bound, then another user for ever.

Where the tests run as root, the server does; elsewhere it is refused.  What is
refused to everyone is tried everywhere.
"""

from __future__ import annotations

import json
import os
import pwd
import shutil
import socket
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from clients import get
from daemons import Daemons
from serving import COMMAND, wait_until

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
IS_ROOT = os.geteuid() == 0
NOBODY = "nobody"

WHO = """
import json, os

def app(environ, start):
    start("200 OK", [])
    names = ("HOME", "USER", "LOGNAME")
    who = {"ids": [*os.getresuid(), *os.getresgid()], "groups": os.getgroups()}
    return [json.dumps({**who, **{name: os.environ.get(name) for name in names}}).encode()]
"""


def interpreter() -> tuple[list[str], dict[str, str]]:
    """Return a Python of our version that everybody may run, and its environment; or ours."""
    packages = str(Path(psutil.__file__).parents[1])
    found = shutil.which(f"python{sys.version_info[0]}.{sys.version_info[1]}", path="/usr/bin")
    if found is None or not IS_ROOT:
        return [sys.executable, "-m", "spawning"], {}
    path = os.pathsep.join([str(ROOT), str(ROOT / "devtools"), packages])
    return [found, "-B", "-m", "spawning"], {"PYTHONPATH": path}


def refusal() -> str:
    """Return why a change of the user is refused on this machine; empty where it is not."""
    if not IS_ROOT:
        return "only root can change to another user"
    program = Path(interpreter()[0][0]).resolve()
    reachable = all(path.stat().st_mode & stat.S_IXOTH for path in (program, *program.parents))
    return "" if reachable else f"{NOBODY} may not run "


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that everybody may read, with an application that says who it is."""
    with tempfile.TemporaryDirectory() as name:  # the folders of pytest are nobody else's
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "who.py").write_text(WHO)
        yield folder


@pytest.fixture
def low_port() -> int:
    """A port that only root may bind."""
    for port in range(1023, 512, -1):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
    return 0


def test_the_server_becomes_another_user(
    daemons: Daemons, open_folder: Path, low_port: int
) -> None:
    command, env = interpreter()
    if IS_ROOT:  # with root's group among the others, as after a login
        command = ["setpriv", "--groups", "0", *command]
    sock, out, access = (open_folder / name for name in ("s", "out", "access"))
    words = ["--bind", f"127.0.0.1:{low_port}", "--bind", f"unix:{sock}", "--unix-mode", "600"]
    words += ["--stdout", str(out), "-l", str(access), "--chuid", NOBODY, "who.app"]
    done = daemons.run(*words, cwd=open_folder, command=command, env=env)
    if refused := refusal():
        assert done.returncode == 2
        assert f"error: --chuid: {refused}" in done.stderr
        return
    assert done.returncode == 0, done.stderr
    nobody = json.loads(get(("127.0.0.1", low_port), "/").text)
    uid = nobody["ids"][0]
    assert nobody["ids"][:3] == [uid] * 3 != [0] * 3
    assert 0 not in nobody["ids"] + nobody["groups"]
    assert (nobody["USER"], nobody["LOGNAME"]) == (NOBODY, NOBODY)
    assert nobody["HOME"] != os.environ.get("HOME")
    for path in (sock, out, access):
        assert path.stat().st_uid == uid
    # Root's `kill` may read it: the user must not be able to name a process.
    assert daemons.pidfile.stat().st_uid == 0
    controller = daemons.process
    first = controller.children()
    controller.send_signal(1)
    wait_until(
        lambda: controller.children() and first[0] not in controller.children(),
        "the next generation serves",
    )
    assert all(process.uids().real == uid for process in [controller, *controller.children()])
    assert json.loads(get(str(sock), "/").text) == nobody
    daemons.stop()
    # The folder is out of the user's reach, so the file stays; but it names no process.
    assert daemons.pidfile.read_text() == ""


@pytest.mark.parametrize(
    ("who", "said"),
    [
        ("no-such-user", "--chuid: there is no user 'no-such-user'"),
        ("4000111", "--chuid: the system has no name for user 4000111, hence no group"),
        ("root:no-such-group", "--chuid: there is no group 'no-such-group'"),
        ("", "--chuid: '' will not do"),
    ],
)
def test_whom_nobody_knows_is_refused(plain: Path, who: str, said: str) -> None:
    run = subprocess.run(
        [str(COMMAND), "--chuid", who, "hello.app"], cwd=plain, capture_output=True, text=True
    )
    assert run.returncode == 2
    assert said in run.stderr
    assert len(run.stderr.splitlines()) == 1


def test_the_user_that_we_are_is_no_change(daemons: Daemons, open_folder: Path) -> None:
    me = f"{os.geteuid()}:{os.getegid()}"
    address = daemons.start("--chuid", me, "who.app", cwd=open_folder)
    assert json.loads(get(address, "/").text)["ids"] == [os.geteuid()] * 3 + [os.getegid()] * 3


def test_a_folder_that_the_user_may_not_read_is_said(daemons: Daemons, tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    (closed / "who.py").write_text(WHO)
    done = daemons.run("--port", "0", "--chuid", NOBODY, "who.app", cwd=closed)
    assert done.returncode == 2
    said = f"{NOBODY} may not read the folder {closed}" if IS_ROOT else "only root can change"
    assert said in done.stderr


@pytest.mark.parametrize("option", ["--stdout", "--stderr", "--access-log-file"])
def test_root_follows_no_link_of_the_users(
    daemons: Daemons, open_folder: Path, option: str
) -> None:
    precious = open_folder / "precious"
    precious.write_text("root's")
    logs = open_folder / "logs"
    logs.mkdir()
    logs.chmod(0o777)
    (logs / "log").symlink_to(precious)
    words = ["--port", "0", "--chuid", NOBODY, option, str(logs / "log"), "who.app"]
    done = daemons.run(*words, cwd=open_folder)
    assert done.returncode == 2
    said = "is a symbolic link, which root does not follow" if IS_ROOT else "only root can change"
    assert said in done.stderr
    assert precious.read_text() == "root's"
    assert precious.stat().st_uid == os.geteuid()


def test_what_fails_as_another_user_fails_the_command(daemons: Daemons, open_folder: Path) -> None:
    command, env = interpreter()
    words = ["--port", "0", "--chuid", NOBODY, "no_such_module.app"]
    done = daemons.run(*words, cwd=open_folder, command=command, env=env)
    assert done.returncode == (2 if refusal() else 3)
    assert len([line for line in done.stderr.splitlines() if "error: " in line]) == 1


FACTORY = """
import os, sys

def config_factory(args):
    print("the factory is run by", os.geteuid(), file=sys.stderr)
    return {**args, "app_factory": "own.app_factory"}

def app_factory(config):
    from who import app
    return app
"""


def test_a_factory_never_runs_as_root(daemons: Daemons, open_folder: Path) -> None:
    command, env = interpreter()
    (open_folder / "own.py").write_text(FACTORY)
    words = ["--port", "0", "--chuid", NOBODY, "-f", "own.config_factory", "who.app"]
    done = daemons.run(*words, cwd=open_folder, command=command, env=env)
    if refused := refusal():
        assert done.returncode == 2
        assert f"error: --chuid: {refused}" in done.stderr
    else:
        assert done.returncode == 0, done.stderr
        uid = pwd.getpwnam(NOBODY).pw_uid
        assert f"the factory is run by {uid}\n" in done.stderr
        assert "the factory is run by 0" not in done.stderr
