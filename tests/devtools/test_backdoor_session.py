"""Inside a real worker, with threads and with greenlets: what a session does there."""

from __future__ import annotations

import functools
import re
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import priced
from clients import get
from serving import Server, StartServer, wait_until
from storefront import Customer
from visits import Session, knock, place_of, session, told

pytestmark = pytest.mark.slow


@pytest.fixture
def serve(
    spawn: StartServer, tmp_path: Path, threads: str, runtime: dict[str, str]
) -> Callable[..., Server]:
    """Start a server that can be entered."""
    return functools.partial(priced.serve, spawn, tmp_path, threads, runtime)


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
        inside.ask("run", source="import time\nprint('begins')\nwhile True: time.sleep(0.001)")
        inside.wait_for("out")
        assert get(server.address, "/").text == "/"
        inside.ask("interrupt")
        assert not inside.wait_for("done")["ok"]
        assert inside.run("1") == "1\n"


@pytest.mark.parametrize("threads", ["0"])
def test_a_statement_that_does_not_give_way_is_told_of_and_interrupted(
    serve: Callable[..., Server],
) -> None:
    server = serve("-s", "1")
    with session(server) as inside:
        inside.ask("run", source="while True: pass")
        assert inside.wait_for("blocks")["seconds"] >= 1
        customer = Customer(server, "/")
        inside.ask("complete", source="server.rel")
        assert inside.wait_for("completions")["items"][0]["text"] == "reload"
        inside.ask("magic", words=["workers"])
        inside.wait_for("table")
        inside.ask("magic", words=["stack"])
        assert "while True: pass" in inside.wait_for("text")["text"]
        inside.wait_for("done")
        inside.ask("interrupt")
        assert not inside.wait_for("done")["ok"]
        assert customer.wait() == b"/"
        blocking = "from eventlet.patcher import original\noriginal('time').sleep(60)"
        inside.ask("run", source=blocking)
        inside.wait_for("blocks")
        inside.ask("interrupt")
        assert not inside.wait_for("done")["ok"], "a call that blocks in the kernel ends too"


def stacks(inside: Session) -> str:
    """Return what all threads and greenlets do."""
    inside.ask("magic", words=["stack"])
    return str(inside.wait_for("text")["text"])


def test_requests_and_stacks_are_shown(serve: Callable[..., Server]) -> None:
    server = serve("-s", "1")
    with session(server) as inside:
        customer = Customer(server, "/wait?" + "x" * 200)
        rows: list[list[Any]] = []
        while not rows:
            inside.ask("magic", words=["requests"])
            rows = inside.wait_for("table")["rows"]
        age, worker, method, url = rows[0]
        assert (worker, method, url) == (1, "GET", "/wait?" + "x" * 200), "not cut short"
        assert re.fullmatch(r"\d+\.\d{3} s", age)
        waits = re.compile(r": GET /wait\S+ \(\d+\.\d s\)\n  shop.py:14 in app")
        # Listed it is from its beginning on, before the application has come to that line.
        wait_until(lambda: waits.search(stacks(inside)) is not None, "it is shown where it waits")
        inside.run("import shop; shop.going_on.set()")
        assert customer.wait().startswith(b"/wait")


# ---------------------------------------------------------------- plain text


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
            inside.ask("complete", source=source)
            assert text in [item["text"] for item in inside.wait_for("completions")["items"]]
