"""`spawnctl status`, `top`, `reload` and `stop`, beside real servers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from clients import get
from screens import needs_tmux
from serving import Server, StartServer, title_of, wait_until
from storefront import SHOP, Customer, open_shop, ran, spawnctl

pytestmark = [pytest.mark.slow, pytest.mark.once]


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return tmp_path / "shop"


@pytest.fixture
def server(spawn: StartServer, shop: Path, runtime: dict[str, str]) -> Server:
    server = open_shop(spawn, shop, "-s", "2", "-t", "3", runtime=runtime)
    server.wait_for_workers(2)
    return server


def test_status(server: Server, shop: Path, runtime: dict[str, str]) -> None:
    assert get(server.address, "/").body == b"hello"
    customer = Customer(server, "/wait")
    code, said = 0, ""
    while "GET /wait" not in said and not customer.answer:
        code, said = ran(shop, runtime, "status")
    assert code == 0
    lines = said.splitlines()
    assert lines[0].startswith(f"shop.app, pid {server.pid}, for ")
    assert lines[1] == "healthy: Generation 1 serves."
    assert f"folder       {shop}" in lines
    assert "requests     1 (1 2xx)" in lines
    assert "1/3" in said
    code, said = ran(shop, runtime, "status", "--format", "json")
    told = json.loads(said)
    assert (code, told["pid"], told["generation"], told["busy"]) == (0, server.pid, 1, 1)
    assert {worker["state"] for worker in told["workers"]} == {"serving"}
    code, said = ran(shop.parent, runtime, "status", "--all")
    assert code == 0
    assert f"{server.pid}  shop.app  " in said


def test_a_server_without_a_note_is_seen_all_the_same(
    spawn: StartServer, plain: Path, tmp_path: Path, runtime: dict[str, str]
) -> None:
    server = spawn(plain, "-s", "1", "hello.app", env=runtime).wait_until_serving()
    server.wait_for_workers(1)
    code, said = ran(tmp_path, runtime, "status", "--pid", str(server.pid))
    assert code == 0
    assert "healthy: Generation 1 serves." in said
    code, said = ran(tmp_path, runtime, "attach", "--pid", str(server.pid), "-c", "1")
    assert code == 1
    assert said == (
        f"spawnctl: error: server {server.pid} was not started with --backdoor;"
        " start it with --backdoor\n"
    )


def test_the_status_page_knows_why_code_fails(
    spawn: StartServer, shop: Path, runtime: dict[str, str]
) -> None:
    words = ("-s", "1", "--status-port", "0", "--status-host", "127.0.0.1")
    server = open_shop(spawn, shop, *words, runtime=runtime)
    code, said = ran(shop, runtime, "reload")
    assert code == 0
    assert said.startswith("generation 2 serves after ")
    (shop / "shop.py").write_text("def app(:\n")
    code, said = ran(shop, runtime, "reload")
    assert code == 1
    assert said.startswith("spawnctl: generation 3 could not be started; generation 2 goes on\n")
    assert "shop.py:1: SyntaxError: " in said
    code, said = ran(shop, runtime, "status")
    assert (code, said.splitlines()[1][:8]) == (0, "failing:")
    assert get(server.address, "/").body == b"hello"


def test_reload_without_a_status_page(server: Server, shop: Path, runtime: dict[str, str]) -> None:
    (shop / "shop.py").write_text(SHOP.replace("hello", "hallo"))
    code, said = ran(shop, runtime, "reload")
    assert (code, said.split(" after ")[0]) == (0, "generation 2 serves")
    assert get(server.address, "/").body == b"hallo"
    (shop / "shop.py").write_text("raise OSError\n")
    code, said = ran(shop, runtime, "reload")
    assert (code, said) == (
        1,
        "spawnctl: generation 3 could not be started; generation 2 goes on;"
        " the log of the server says why\n",
    )


def test_stop_waits_for_requests_unless_told_otherwise(
    server: Server, shop: Path, runtime: dict[str, str]
) -> None:
    customer = Customer(server, "/wait")
    while "GET /wait" not in ran(shop, runtime, "status")[1]:
        assert not customer.answer
    assert ran(shop, runtime, "stop", "--no-wait") == (0, "")
    code, said = ran(shop, runtime, "stop", "--now")
    assert (code, said) == (0, f"server {server.pid} has ended\n")
    assert server.wait() == 0
    code, said = ran(shop, runtime, "stop")
    assert code == 1
    assert "no server was started in" in said


def _serving(server: Server) -> int:
    return sum("(serving)" in title_of(worker) for worker in server.workers())


@needs_tmux
def test_top(server: Server, shop: Path, runtime: dict[str, str]) -> None:
    customer = Customer(server, "/wait")
    with spawnctl(shop, runtime, "top", "-d", "0.2", size=(110, 24)) as top:
        shown = top.wait_for(r"^ +\d+\.\ds +\d  GET /wait$")
        assert "healthy: Generation 1 serves" in shown
        assert "1/6]" in shown
        assert f"pid {server.pid} " in shown
        top.keys("/")
        top.type("nothing", "Enter")
        top.wait_for("REQUEST with 'nothing', 0 of 1")
        top.keys("Escape")
        top.wait_for("REQUEST, 1 of 1")
        top.type("r")
        top.wait_for(r"^ \(y/n\) start a new generation\?")
        top.type("y")
        top.wait_for("Generation 2 serves")
        top.keys("F1")
        top.wait_for("any key leaves this page")
        top.keys("x")
        top.wait_for("WORKER▲")
        top.type("M")
        top.wait_for("MEM▼")
        top.type("+")
        top.wait_for("^ asked for: start one worker more")
        wait_until(lambda: _serving(server) == 3, "there are three workers")
        top.type("q")
        top.wait_for("^ended with 0$")
        top.wait_for("^ echo$")
    assert not customer.answer


@needs_tmux
def test_top_leads_into_a_worker_and_back(
    server: Server, shop: Path, runtime: dict[str, str]
) -> None:
    with spawnctl(shop, runtime, "top", "-d", "0.2") as top:
        top.wait_for(" 2 +.* serving ")
        top.keys("Down")
        top.type("a")
        top.wait_for("^w2 g1 >>> *$")
        top.type("6 * 7", "Enter")
        top.wait_for("^42$")
        top.keys("C-d")
        top.wait_for("WORKER▲")
        assert server.stop() == 0
        top.wait_for(f"^spawnctl: error: server {server.pid} has ended$")
