"""Paste: `spawn` with an ini file, and launchers whose ini file names Spawning."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from clients import get
from serving import APPS, COMMAND, Server, wait_until

pytestmark = pytest.mark.slow

FACTORY = "spawning.paste_factory.config_factory"
SPAWN = (str(COMMAND), "-f", FACTORY)
PSERVE = (str(COMMAND.parent / "pserve"),)
COMMANDS = {"spawn": SPAWN, "pserve": PSERVE}
SITE = APPS / "pyramid_site"
Launch = Callable[..., Server]

APP = """
def app(global_conf, **settings):
    def application(environ, start):
        start('200 OK', [])
        return [settings.get('word', 'none').encode()]
    return application

def other_server(global_conf, **keys):
    raise RuntimeError('this server is not to be started')
"""
INI = "[app:main]\nuse = call:mine:app\nword = one\n[server:main]\n"
OURS = INI + "use = egg:Spawning\nport = 0\nnum_processes = 1\n"


@pytest.fixture
def launch() -> Iterator[Launch]:
    """Start a program with an ini file, in the folder where that is."""
    started: list[Server] = []

    def start(name: str, folder: Path, *words: str) -> Server:
        path = os.pathsep.join([str(folder), os.environ.get("PYTHONPATH", "")])
        server = Server(words, folder, {"PYTHONPATH": path}, COMMANDS[name])
        started.append(server)
        return server

    yield start
    for server in started:
        server.destroy()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a small application."""
    (tmp_path / "mine.py").write_text(APP)
    (tmp_path / "broken.py").write_text("import not_there\n")
    return tmp_path


@pytest.mark.parametrize("name", COMMANDS)
def test_the_ini_says_what_is_served_and_how(launch: Launch, name: str) -> None:
    server = launch(name, SITE, "development.ini", "http_port=0")
    said = server.log.wait_for(r"serving development\.ini http_port=0 .*on http://127\.0\.0\.1:")
    assert "(1 worker, 3 threads, " in said
    assert json.loads(get(server.address, "/").text)["title"] == "The guest book"
    server.log.wait_for("guestbook log: INFO made with The guest book")
    family = psutil.Process(server.pid).children(recursive=True)
    server.signal(signal.SIGINT)
    assert server.wait() == 0
    wait_until(lambda: not any(process.is_running() for process in family), "all are gone")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("spawn", ["development.ini#stamped"]),
        ("spawn", ["config:development.ini#stamped"]),
        ("pserve", ["-n", "stamped", "development.ini"]),
        ("pserve", ["--app-name=stamped", "development.ini"]),
    ],
)
def test_another_application_of_the_ini(launch: Launch, name: str, words: list[str]) -> None:
    server = launch(name, SITE, *words, "http_port=0").wait_until_serving()
    answer = get(server.address, "/")
    assert answer.headers["x-stamp"] == "stamped"
    assert json.loads(answer.text)["title"] == "The guest book"


def test_what_is_typed_beats_the_ini_which_beats_pyproject(launch: Launch, folder: Path) -> None:
    (folder / "pyproject.toml").write_text("[tool.spawning]\nprocesses = 3\nno-keepalive = true\n")
    (folder / "dev.ini").write_text(f"{OURS}host = 127.0.0.2\nthreads = 7\nmax-requests = 500\n")
    server = launch("spawn", folder, "-v", "-i", "127.0.0.1", "dev.ini", "-t", "2")
    said = server.log.wait_for("serving dev.ini on http://127.0.0.1:")
    assert "(1 worker, 2 threads, " in said
    for line in [
        r"processes +1 +dev\.ini \[server:main\]",
        r"threads +2 +command line",
        r"max-requests +500 +dev\.ini \[server:main\]",
        r"no-keepalive +True +pyproject\.toml",
    ]:
        server.log.wait_for(line)


@pytest.mark.parametrize("server_section", [True, False])
def test_the_section_of_another_server(launch: Launch, folder: Path, server_section: bool) -> None:
    section = "paste.server_factory = mine:other_server\nlisten = *:0 127.0.0.2:0\nthreads = 9\n"
    text = INI + section if server_section else INI.partition("[server")[0]
    (folder / "dev.ini").write_text(text)
    words = [] if server_section else ["-p", "0", "-i", "127.0.0.1"]
    server = launch("spawn", folder, "-s", "1", *words, "dev.ini").wait_until_serving()
    assert get(server.address, "/").text == "one"
    said = server.log.wait_for("serving")
    assert "4 threads" in said  # another server's key may mean another thing
    assert said.count("http://") == (2 if server_section else 1)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_changed_ini_is_a_changed_application(launch: Launch, folder: Path, name: str) -> None:
    (folder / "base.ini").write_text(INI)
    text = OURS.replace("call:mine:app\nword = one", "config:base.ini")
    # `debug` of 0.9.7 is --reload=dev.
    (folder / "dev.ini").write_text(f"[DEFAULT]\ndebug = true\n{text}")
    server = launch(name, folder, "dev.ini").wait_until_serving()
    server.log.wait_for("watching")
    assert get(server.address, "/").text == "one"
    (folder / "base.ini").write_text(INI.replace("one", "two"))
    server.log.wait_for(r"base\.ini changed.*generation 2")
    assert get(server.address, "/").text == "two"
    (folder / "dev.ini").write_text(
        f"[DEFAULT]\ndebug = true\n{text}".replace("base.ini", "base.ini\nword = three")
    )
    server.log.wait_for(r"dev\.ini changed.*generation 3")
    assert get(server.address, "/").text == "three"


# (what the ini file says, further words, exit code, what is said)
FAILURES = {
    "no such file": (OURS, ["dv.ini"], 3, "no ini file 'dv.ini' in .*; did you mean 'dev.ini'"),
    "no app": (OURS, ["dev.ini#nope"], 3, "No section 'nope' .*prefixed by 'app'"),
    "a number": (OURS + "threads = x\n", ["dev.ini"], 2, r"dev.ini \[server:main\] threadpool_wor"),
    "an import": (
        OURS.replace("mine:app", "broken:app"),
        ["dev.ini"],
        3,
        r"broken\.py:1:1: ModuleNotFoundError: No module named 'not_there'",
    ),
}


@pytest.mark.parametrize("name", FAILURES)
def test_mistakes_are_told_in_one_sentence(folder: Path, name: str) -> None:
    text, words, code, said = FAILURES[name]
    (folder / "dev.ini").write_text(text)
    run = subprocess.run([*SPAWN, *words], cwd=folder, capture_output=True, text=True)
    assert run.returncode == code
    errors = [line for line in run.stderr.splitlines() if line.startswith("spawn: error: ")]
    assert len(errors) == 1
    assert re.search(said, errors[0])
    assert "Traceback" not in run.stderr


def test_a_launchers_mistakes_too(folder: Path) -> None:
    (folder / "dev.ini").write_text(OURS + "treads = 1\n")
    run = subprocess.run([*PSERVE, "dev.ini"], cwd=folder, capture_output=True, text=True)
    assert run.returncode == 2
    said = run.stderr.splitlines()[-1]  # Pyramid's own warnings may come before
    assert said.startswith("spawn: error: dev.ini [server:main]: there is no key 'treads'; did you")
    assert "Traceback" not in run.stderr


def test_a_launcher_without_an_ini(tmp_path: Path) -> None:
    program = "from paste.deploy import loadserver; loadserver('egg:Spawning')(lambda e, s: [])"
    run = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True)
    assert run.returncode == 2
    assert b"spawn: error: egg:Spawning was not named in an ini file" in run.stderr
    assert len(run.stderr.splitlines()) == 1
