"""Inside a real worker, with threads and with greenlets: what a session does there."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from clients import get
from serving import Server, StartServer
from shop import Customer
from terminals import terminal
from visits import Session, knock, place_of, session

pytestmark = pytest.mark.slow

APP = """\
import threading
import time

going_on = threading.Event()

def price(number):
    twice = number * 2
    breakpoint()
    return twice + 1

def app(environ, start_response):
    path = environ["PATH_INFO"]
    if path == "/wait":
        going_on.wait(60)
    if path == "/print":
        print("printed by a request")
    body = str(price(20)) if path == "/price" else path
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [body.encode()]
"""
IMPATIENT = ("--deadman", "1", "--heartbeat-timeout", "1", "--request-timeout", "1")
LONGER = "import time; time.sleep(1.6)"
"""Typed into a debugger: longer than any of these waits."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "shop.py").write_text(APP)
    return tmp_path


@pytest.fixture
def serve(
    spawn: StartServer, folder: Path, threads: str, runtime: dict[str, str]
) -> Callable[..., Server]:
    """Start a server that can be entered."""

    def start(*arguments: str) -> Server:
        words = ("-t", threads, "--backdoor=0", "-l", "/dev/null", *arguments, "shop.app")
        return spawn(folder, *words, env=runtime).wait_until_serving()

    return start


def ask(inside: Session, do: str, **fields: Any) -> None:
    """Ask for something."""
    inside.sock.sendall(json.dumps({"do": do, "id": 99, **fields}).encode() + b"\n")


def commands(inside: Session, *lines: str) -> str:
    """Type some commands of pdb, each where it asks for one; return what is shown."""
    shown = ""
    for line in lines:
        inside.answer(line)
        shown += until(inside, "ask")
    return shown


def until(inside: Session, say: str) -> str:
    """Return all output up to a message of a kind."""
    shown = ""
    while (said := inside.next())["say"] != say:
        shown += said["text"] if said["say"] == "out" else ""
    return shown


def test_what_a_statement_prints_is_shown_and_what_a_request_prints_is_logged(
    serve: Callable[..., Server],
) -> None:
    server = serve("-s", "1")
    with session(server) as inside:
        assert inside.run("print('mine')\n'a value'") == "mine\n'a value'\n"
        get(server.address, "/print")
        assert inside.run("import shop; shop.app is app") == "True\n"
    server.access.wait_for("printed by a request")
    assert server.stop() == 0
    assert not [line for line in server.access.lines if "mine" in line]


def test_a_statement_that_waits_blocks_nobody(serve: Callable[..., Server]) -> None:
    server = serve("-s", "1")
    with session(server) as inside:
        ask(inside, "run", source="import time\nprint('begins')\nwhile True: time.sleep(0.001)")
        inside.wait_for("out")
        assert get(server.address, "/").text == "/"
        ask(inside, "interrupt")
        assert not inside.wait_for("done")["ok"]
        assert inside.run("1") == "1\n"


@pytest.mark.parametrize("threads", ["0"])
def test_a_statement_that_does_not_give_way_is_told_of_and_interrupted(
    serve: Callable[..., Server],
) -> None:
    server = serve("-s", "1")
    with session(server) as inside:
        ask(inside, "run", source="while True: pass")
        assert inside.wait_for("blocks")["seconds"] >= 1
        customer = Customer(server, "/")
        ask(inside, "complete", source="server.rel")
        assert inside.wait_for("completions")["items"][0]["text"] == "reload"
        ask(inside, "magic", words=["workers"])
        inside.wait_for("table")
        ask(inside, "magic", words=["stack"])
        assert "while True: pass" in inside.wait_for("text")["text"]
        inside.wait_for("done")
        ask(inside, "interrupt")
        assert not inside.wait_for("done")["ok"]
        assert customer.wait() == b"/"
        blocking = "from eventlet.patcher import original\noriginal('time').sleep(60)"
        ask(inside, "run", source=blocking)
        inside.wait_for("blocks")
        ask(inside, "interrupt")
        assert not inside.wait_for("done")["ok"], "a call that blocks in the kernel ends too"


def test_requests_and_stacks_are_shown(serve: Callable[..., Server]) -> None:
    server = serve("-s", "1")
    with session(server) as inside:
        customer = Customer(server, "/wait?" + "x" * 200)
        rows: list[list[Any]] = []
        while not rows:
            ask(inside, "magic", words=["requests"])
            rows = inside.wait_for("table")["rows"]
        age, worker, method, url = rows[0]
        assert (worker, method, url) == (1, "GET", "/wait?" + "x" * 200), "not cut short"
        assert re.fullmatch(r"\d+\.\d{3} s", age)
        ask(inside, "magic", words=["stack"])
        stacks = inside.wait_for("text")["text"]
        assert re.search(r": GET /wait\S+ \(\d+\.\d s\)\n  shop.py:14 in app", stacks), stacks
        inside.run("import shop; shop.going_on.set()")
        assert customer.wait().startswith(b"/wait")


def test_a_breakpoint_waits_for_who_attaches_and_nothing_ends_it(
    serve: Callable[..., Server],
) -> None:
    server = serve("-s", "2", *IMPATIENT)
    customer = Customer(server, "/price")
    server.log.wait_for(
        r"GET /price waits at breakpoint\(\) in shop.py:8, worker \d; type: spawnctl"
    )
    with session(server) as inside:
        assert "8 ->     breakpoint()" in until(inside, "ask")
        assert commands(inside, "p twice") == "40\n"
        for _ in range(4):
            assert get(server.address, "/other").text == "/other", "others are answered"
        commands(inside, f"!{LONGER}", "n", "n")
        inside.answer("c")
        assert inside.wait_for("mode")["name"] == "python"
        assert customer.wait() == b"41"
        assert inside.run("1") == "1\n"
    wrong = re.compile("hangs|has taken|is killed|died")
    assert not [line for line in server.log.lines if wrong.search(line)]
    assert server.stop() == 0


def test_a_session_elsewhere_is_told_and_goes_there(serve: Callable[..., Server]) -> None:
    server = serve("-s", "1")
    with session(server, to="controller") as inside:
        customer = Customer(server, "/price")
        told = inside.wait_for("breakpoint")
        assert (told["worker"], told["request"], told["line"]) == (1, "GET /price", 8)
        ask(inside, "switch", to=told["worker"])
        until(inside, "ask")
        inside.answer("c")
        assert customer.wait() == b"41"


def test_stepping_out_of_a_request_lets_it_go(serve: Callable[..., Server]) -> None:
    server = serve("-s", "1")
    customer = Customer(server, "/price")
    server.log.wait_for("waits at breakpoint")
    with session(server) as inside:
        shown = until(inside, "ask")
        inside.answer("n")
        while (said := inside.next())["say"] != "mode":
            shown += said.get("text", "")
            if said["say"] == "ask":
                inside.answer("n")
        assert customer.wait() == b"41"
        assert "spawning" not in shown, "nothing of the server is gone through"
        assert inside.run("1") == "1\n"
        assert get(server.address, "/").text == "/"


@pytest.mark.parametrize("threads", ["4", "0"])
def test_a_lone_worker_in_the_foreground_uses_the_terminal(
    folder: Path, threads: str, runtime: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", runtime["XDG_RUNTIME_DIR"])
    words = ("-s", "1", "-t", threads, "--backdoor=0", "-l", "/dev/null", *IMPATIENT, "shop.app")
    with terminal(folder, *words) as screen:
        server: Any = screen
        customer = Customer(server, "/price")
        screen.wait_for(r"\(Pdb\) ")
        screen.type("p twice\n", r"40\n\(Pdb\) ")
        screen.type(f"{LONGER}; print('awake')\n", r"awake\n\(Pdb\) ")
        screen.type("c\n")
        assert customer.wait() == b"41"
        door = screen.wait_for(r"backdoor on localhost:(\d+)")
        with knock(("127.0.0.1", int(door[1]))) as sock:
            told(sock, ">>> ")
            customer = Customer(server, "/price")
            told(sock, ">>> ")
            sock.sendall(b"%debug\r\n")
            assert "8 ->     breakpoint()" in told(sock, "(Pdb) ")
            sock.sendall(b"c\r\n")
            told(sock, ">>> ")
            assert customer.wait() == b"41"
        assert screen.echoes


# ---------------------------------------------------------------- plain text


def told(sock: socket.socket, end: str) -> str:
    """Return what comes up to a prompt."""
    text = ""
    while not text.endswith(end):
        data = sock.recv(65536)
        assert data, text
        text += data.decode(errors="replace").replace("\r\n", "\n")
    return text


def test_nc_and_telnet_have_a_plain_prompt(serve: Callable[..., Server]) -> None:
    server = serve("-s", "1")
    with knock(place_of(server)) as sock:
        assert "worker 1, generation 1 of shop.app" in told(sock, ">>> ")
        sock.sendall(b"\xff\xfd\x03\xff\xfb\x1f1 + 1\r\n")
        assert told(sock, ">>> ") == "2\n>>> "
        sock.sendall(b"def f():\r\n")
        told(sock, "... ")
        sock.sendall(b"  return input('name? ')\r\n")
        told(sock, "... ")
        sock.sendall(b"\r\nf()\r\n")
        told(sock, "name? ")
        sock.sendall(b"Ada\r\n")
        assert told(sock, ">>> ") == "'Ada'\n>>> "
        sock.sendall(b"print('begins')\r\nwhile True: pass\r\n")
        told(sock, "begins\n")
        sock.sendall(b"\xff\xf4\xff\xfd\x06")
        assert "KeyboardInterrupt" in told(sock, ">>> ")
        sock.sendall(b"workers\r\n")
        assert "heartbeat" in told(sock, ">>> ")
        sock.sendall(b"'last'")
        sock.shutdown(socket.SHUT_WR)
        assert "'last'" in told(sock, ">>> ")
    assert get(server.address, "/").status == 200


# ---------------------------------------------------------------- frameworks


def test_a_flask_application_is_as_in_its_own_shell(
    spawn: StartServer, copy_of: Callable[[str], Path], threads: str, runtime: dict[str, str]
) -> None:
    words = ("-s", "1", "-t", threads, "--backdoor=0", "-l", "/dev/null", "site_app.wsgi:app")
    server = spawn(copy_of("flask_site"), *words, env=runtime).wait_until_serving()
    with session(server) as inside:
        assert {"app", "g"} <= set(inside.wait_for("hello")["names"])
        assert inside.run("from flask import current_app\ncurrent_app.name, app.name") == (
            "('site_app', 'site_app')\n"
        )
        assert "/leaf" in inside.run("app.url_map")


def test_a_django_project_is_as_in_its_own_shell(
    spawn: StartServer, copy_of: Callable[[str], Path], threads: str, runtime: dict[str, str]
) -> None:
    words = ("-s", "1", "-t", threads, "--backdoor=0", "-l", "/dev/null", "library.wsgi")
    server = spawn(copy_of("django_admin_site"), *words, env=runtime).wait_until_serving()
    with session(server) as inside:
        names = set(inside.wait_for("hello")["names"])
        assert {"Book", "User", "settings", "connection", "reset_queries"} <= names
        assert inside.run("settings.ROOT_URLCONF") == "'library.urls'\n"
        assert inside.run("reset_queries(); connection.vendor") == "'sqlite'\n"
        for source, text in (
            ("settings.ROOT", "ROOT_URLCONF"),
            ("Book.objects.filter(ti", "title="),
        ):
            ask(inside, "complete", source=source)
            assert text in [item["text"] for item in inside.wait_for("completions")["items"]]
