"""`breakpoint()` in a real worker, with threads and with greenlets: who debugs it, and where."""

from __future__ import annotations

import functools
import re
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import priced
from clients import get
from serving import Server, StartServer
from storefront import Customer
from terminals import terminal
from visits import Session, knock, place_of, session, told

pytestmark = pytest.mark.slow

IMPATIENT = ("--deadman", "3", "--heartbeat-timeout", "3", "--request-timeout", "3")
LONGER = "import time; time.sleep(4)"
"""Typed into a debugger: longer than any of these waits."""


@pytest.fixture
def serve(
    spawn: StartServer, tmp_path: Path, threads: str, runtime: dict[str, str]
) -> Callable[..., Server]:
    """Start a server that can be entered."""
    return functools.partial(priced.serve, spawn, tmp_path, threads, runtime)


def commands(inside: Session, *lines: str) -> str:
    """Type some commands of pdb, each where it asks for one; return what is shown."""
    shown = ""
    for line in lines:
        inside.answer(line)
        shown += inside.until("ask")
    return shown


def test_a_breakpoint_waits_for_who_attaches_and_nothing_ends_it(
    serve: Callable[..., Server],
) -> None:
    server = serve("-s", "2", *IMPATIENT)
    customer = Customer(server, "/price")
    server.log.wait_for(
        r"GET /price waits at breakpoint\(\) in shop.py:8, worker \d; type: spawnctl"
    )
    with session(server) as inside:
        assert "8 ->     breakpoint()" in inside.until("ask")
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


def test_it_waits_for_our_client_too_that_was_slow(serve: Callable[..., Server]) -> None:
    server = serve("-s", "2")
    customer = Customer(server, "/price")
    server.log.wait_for("GET /price waits at breakpoint")
    with knock(place_of(server)) as sock:
        told(sock, "(Pdb) ")  # it was taken for a person
        sock.sendall(b"spawnctl 1 {}\n")
        assert b'{"say":"ask","prompt":"(Pdb) "}\n' in sock.makefile("rb")
        sock.sendall(b'{"do":"input","text":"c"}\n')
        assert customer.wait() == b"41"


def test_a_session_elsewhere_is_told_and_goes_there(serve: Callable[..., Server]) -> None:
    server = serve("-s", "1")
    with session(server, to="controller") as inside:
        customer = Customer(server, "/price")
        heard = inside.wait_for("breakpoint")
        assert (heard["worker"], heard["request"], heard["line"]) == (1, "GET /price", 8)
        inside.ask("switch", to=heard["worker"])
        inside.until("ask")
        inside.answer("c")
        assert customer.wait() == b"41"


def test_a_session_that_a_reload_has_moved_takes_nothing_by_itself(
    serve: Callable[..., Server],
) -> None:
    server = serve("-s", "1")
    with session(server) as moving:
        moving.begin("input()")
        moving.wait_for("ask")
        server.signal(signal.SIGHUP)
        server.log.wait_for("SIGHUP: generation 2 in")
        customer = Customer(server, "/price")
        server.log.wait_for("GET /price waits at breakpoint")
        moving.answer("")
        assert moving.wait_for("moved")["generation"] == 2
        heard = moving.wait_for("breakpoint")
        assert (heard["worker"], heard["request"], heard["line"]) == (2, "GET /price", 8)
        assert moving.run("1") == "1\n", "it is a prompt, as it was"
        with session(server) as inside:
            assert "8 ->     breakpoint()" in inside.until("ask")
            inside.answer("c")
            assert customer.wait() == b"41"


@pytest.mark.parametrize("threads", ["0"])
def test_greenlets_are_debugged_one_after_the_other(serve: Callable[..., Server]) -> None:
    server = serve("-s", "1")
    customers = [Customer(server, "/price")]
    server.log.wait_for("GET /price waits at breakpoint")
    with session(server) as first, session(server) as second:
        first.until("ask")
        begin = len(server.log.lines)
        customers.append(Customer(server, "/price"))
        server.log.wait_for("GET /price waits at breakpoint", begin)
        second.wait_for("breakpoint")
        second.ask("magic", words=["debug"])
        assert "one comes after the other" in second.wait_for("text")["text"]
        assert not second.wait_for("done")["ok"]
        first.answer("c")
        assert first.wait_for("mode")["name"] == "python"
        second.ask("magic", words=["debug"])
        second.until("ask")
        second.answer("c")
        assert [customer.wait() for customer in customers] == [b"41", b"41"]


@pytest.mark.parametrize("options", [(), ("--reload=dev",)], ids=["plain", "dev"])
def test_stepping_out_of_a_request_lets_it_go(
    serve: Callable[..., Server], options: tuple[str, ...]
) -> None:
    server = serve("-s", "1", *options)
    customer = Customer(server, "/price")
    server.log.wait_for("waits at breakpoint")
    with session(server) as inside:
        shown = inside.until("ask")
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
    tmp_path: Path, threads: str, runtime: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", runtime["XDG_RUNTIME_DIR"])
    words = ("-s", "1", "-t", threads, "--backdoor=0", "-l", "/dev/null", *IMPATIENT, "shop.app")
    with terminal(priced.priced(tmp_path), *words) as screen:
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
