"""What is done and said for those who type the command."""

from __future__ import annotations

import json
import os
import re
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from clients import get
from serving import Server, StartServer

pytestmark = pytest.mark.slow

CopyOf = Callable[[str], Path]
ENVIRONMENT = """
import json, os

def app(environ, start_response):
    start_response("200 OK", [])
    return [json.dumps(dict(os.environ)).encode()]
"""
FACTORY = """
def create_app():
    def app(environ, start_response):
        start_response("200 OK", [])
        return [b"made"]
    return app
"""


@pytest.fixture
def typed() -> Iterator[Callable[..., Server]]:
    """Start servers with the words that are given and no others."""
    started: list[Server] = []

    def start(folder: Path, *words: str, **env: str) -> Server:
        started.append(Server(words, folder, env))
        return started[-1]

    yield start
    for server in started:
        server.destroy()


# ------------------------------------------------------------ the application


def test_an_application_that_nobody_named_is_found(spawn: StartServer, tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(FACTORY)
    server = spawn(tmp_path, "-s", "1", "--verbose").wait_until_serving()
    assert get(server.address, "/").text == "made"
    server.log.wait_for(
        r"no application is named; taking app:create_app\(\), found in app\.py: create_app\(\)"
    )
    server.log.wait_for(r"args +\('app:create_app\(\)',\) +found in app\.py: create_app\(\)")


def test_a_django_project_is_found(spawn: StartServer, copy_of: CopyOf) -> None:
    server = spawn(copy_of("django_site"), "-s", "1").wait_until_serving()
    server.log.wait_for(r"taking mysite\.wsgi\S*, found in manage\.py: mysite\.settings: ")
    assert get(server.address, "/").status == 200


def test_an_application_is_found_without_running_it(spawn: StartServer, tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(
        "import os\nprint('imported by', os.getpid(), flush=True)\n" + FACTORY
    )
    server = spawn(tmp_path, "-s", "1").wait_until_serving()
    server.access.wait_for("imported by")
    importers = {line.split()[-1] for line in server.access.lines if "imported" in line}
    assert importers == {str(worker.pid) for worker in server.workers()}


# ------------------------------------------------------------ the environment


def environment(server: Server) -> dict[str, str]:
    """Return the environment of a worker."""
    variables: dict[str, str] = json.loads(get(server.address, "/").text)
    return variables


def test_env_files_reach_the_workers(spawn: StartServer, tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(ENVIRONMENT)
    (tmp_path / "one").write_text("# of all\nZZ_A=one\nZZ_B=one # and no more\nZZ_C=one\n")
    (tmp_path / "two").write_text("export ZZ_B='two words'\n")
    server = spawn(
        tmp_path,
        *("-s", "1", "--verbose", "--env-file", "one", "--env-file", "two", "mine.app"),
        env={"ZZ_C": "kept"},
    ).wait_until_serving()
    variables = environment(server)
    assert (variables["ZZ_A"], variables["ZZ_B"], variables["ZZ_C"]) == ("one", "two words", "kept")
    server.log.wait_for(r"variable ZZ_A +one:2$")
    server.log.wait_for(r"variable ZZ_B +two:1$")
    server.log.wait_for(r"variable ZZ_C +the environment, which has it already$")


def test_a_bad_line_is_one_sentence(spawn: StartServer, plain: Path, tmp_path: Path) -> None:
    (tmp_path / "env").write_text("A=1\nthis will not do\n")
    server = spawn(plain, "--env-file", str(tmp_path / "env"), "hello.app")
    assert server.wait() == 2
    assert len(server.log.lines) == 1
    assert f"{tmp_path / 'env'}:2: 'this' is not NAME=VALUE" in server.log.lines[0]


def test_a_change_of_an_env_file_takes_effect(spawn: StartServer, tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(ENVIRONMENT)
    file = tmp_path / "env"
    file.write_text("ZZ_A=before\nZZ_B=1\n")
    server = spawn(tmp_path, "-s", "1", "--reload=dev", "--env-file", "env", "mine.app")
    server.wait_until_serving().log.wait_for("watching")
    assert environment(server)["ZZ_A"] == "before"
    file.write_text("ZZ_A=after\n")
    server.log.wait_for(r"env changed.*: generation 2 in")
    variables = environment(server)
    assert variables["ZZ_A"] == "after"
    assert "ZZ_B" not in variables
    file.write_text("rubbish\n")
    server.log.wait_for("error: --env-file: env:1: 'rubbish' is not NAME=VALUE")
    server.log.wait_for("generation 3 failed; generation 2 goes on serving")
    assert environment(server)["ZZ_A"] == "after"
    file.write_text("ZZ_A=mended\n")
    server.log.wait_for("generation 4 in")
    assert environment(server)["ZZ_A"] == "mended"


# ------------------------------------------------------------ the browser


def a_browser(folder: Path) -> tuple[str, Path]:
    """Return what BROWSER may be, and the file into which it writes what it was to open."""
    opened = folder / "opened"
    program = folder / "browser"
    program.write_text(f'#!/bin/sh\necho chatter >&2\necho "$1" >> {opened}\n')
    program.chmod(0o755)
    return str(program), opened


def test_the_browser_is_opened_once(typed: Callable[..., Server], tmp_path: Path) -> None:
    program, opened = a_browser(tmp_path)
    os.mkfifo(opened)  # reading it waits for the browser
    (tmp_path / "app.py").write_text(FACTORY)
    words = ("-p", "0", "-s", "1", "--open", "--reload=dev", "-i", "")
    server = typed(tmp_path, *words, BROWSER=program).wait_until_serving()
    url = re.search(r"http://\S+", server.log.wait_for("serving"))
    assert url is not None
    assert opened.read_text() == f"{url[0]}\n"
    assert url[0].startswith("http://127.0.0.1:")
    opened.unlink()
    server.log.wait_for("watching")
    (tmp_path / "app.py").write_text(FACTORY.replace("made", "anew"))
    server.log.wait_for("generation 2 in")
    assert get(server.address, "/").text == "anew"
    assert server.stop() == 0
    assert not opened.exists()
    assert "chatter" not in "\n".join(server.log.lines)


def test_without_a_browser_one_line_is_said(typed: Callable[..., Server], plain: Path) -> None:
    nothing = {"BROWSER": "/no/such/browser", "PATH": "/no/such/folder", "DISPLAY": ""}
    words = ("-p", "0", "-i", "127.0.0.1", "-s", "1", "--open", "hello.app")
    server = typed(plain, *words, **nothing, WAYLAND_DISPLAY="").wait_until_serving()
    server.log.wait_for(r"--open: there is no browser; the address is http://127\.0\.0\.1:\d+$")
    assert get(server.address, "/").status == 200


def test_a_unix_socket_is_not_for_browsers(
    typed: Callable[..., Server], plain: Path, tmp_path: Path
) -> None:
    program, opened = a_browser(tmp_path)
    bind = f"--bind=unix:{tmp_path / 's'}"
    server = typed(plain, bind, "-s", "1", "--open", "hello.app", BROWSER=program)
    server.log.wait_for("--open: a browser cannot open a unix socket")
    assert server.stop() == 0
    assert not opened.exists()


# ------------------------------------------------------------ names and addresses


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["-f", "spawning.wsgi_factory.config_factry", "hello.app"], "'config_factory'"),
        (["-f", "spawning.wsgi_factori.config_factory", "hello.app"], "'wsgi_factory'"),
        (["--env-fil=x", "hello.app"], "'--env-file'"),
    ],
)
def test_a_name_that_is_nearly_right_is_told(
    spawn: StartServer, plain: Path, words: list[str], said: str
) -> None:
    server = spawn(plain, *words)
    assert server.wait() in (2, 3)
    assert f"did you mean {said}?" in "\n".join(server.log.lines)


def test_an_address_in_use_says_who_holds_it(
    typed: Callable[..., Server], plain: Path, tmp_path: Path
) -> None:
    path = str(tmp_path / "s")
    with (
        socket.create_server(("::1", 0), family=socket.AF_INET6) as six,
        socket.socket(socket.AF_UNIX) as unix,
    ):
        unix.bind(path)
        unix.listen()
        addresses = (f"[::1]:{six.getsockname()[1]}", f"unix:{path}")
        servers = [typed(plain, "--bind", address, "hello.app") for address in addresses]
        for server, address in zip(servers, addresses, strict=True):
            assert server.wait() == 4
            who = rf"{re.escape(address)} is in use by .*\(pid {os.getpid()}, user \w+\)"
            assert re.search(f"error: {who}; stop it", server.log.lines[-1])
