"""`spawnctl attach` at a real server: what its user goes through, from a terminal."""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from clients import get
from screens import Screen, needs_tmux
from serving import Server, StartServer, title_of, wait_until
from storefront import SHOP, Customer, open_shop, ran, spawnctl

pytestmark = [pytest.mark.slow, pytest.mark.once, needs_tmux]


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return tmp_path / "shop"


@pytest.fixture
def server(spawn: StartServer, shop: Path, threads: str, runtime: dict[str, str]) -> Server:
    server = open_shop(spawn, shop, "-s", "2", "-t", threads, runtime=runtime)
    server.wait_for_workers(2)
    return server


@pytest.fixture
def attached(server: Server, shop: Path, runtime: dict[str, str]) -> Iterator[Screen]:
    with spawnctl(shop, runtime, "attach") as shown:
        shown.wait_for(r"^w\d g1 >>> *$")
        yield shown


def _worker(attached: Screen) -> int:
    found = re.findall(r"^w(\d+) g\d+ >>>", attached.shown(), re.MULTILINE)
    return int(found[-1])


def test_objects_are_looked_at_and_no_property_is_run(attached: Screen) -> None:
    attached.type("from shop import basket, PRICES", "Enter")
    attached.type("basket.")
    attached.wait_for(r"total +\w+")
    attached.type("ad")
    attached.wait_for(r"^ +add +\w+$")
    attached.keys("Tab", "Enter")
    attached.type("(")
    attached.wait_for(r"^ .*add\(item, count=1\)")
    attached.type("'coffee', 2)", "Enter")
    attached.type("basket.items", "Enter")
    shown = attached.wait_for(r"^\['tea', 'coffee', 'coffee'\]$")
    assert "a property was run" not in shown
    attached.type("PRICES['")
    attached.wait_for("tea")
    attached.keys("C-c")
    attached.type("basket.total", "Enter")
    shown = attached.wait_for("^RuntimeError: a property was run$")
    assert "/shop.py" in shown
    assert "spawning_devtools" not in shown


LOOPS = {
    "in Python": ("all(not x for x in iter(int, 1))", "KeyboardInterrupt"),
    "asleep": ("import time; time.sleep(4)", "KeyboardInterrupt|as soon as it is back in Python"),
}


@pytest.mark.parametrize(("statement", "said"), LOOPS.values(), ids=LOOPS)
def test_ctrl_c(attached: Screen, server: Server, statement: str, said: str) -> None:
    attached.type(f"print(9 * 9); {statement}", "Enter")
    attached.wait_for("^81$")
    attached.keys("C-c")
    shown = attached.wait_for(said)
    if "KeyboardInterrupt" in shown:
        attached.type("6 * 7", "Enter")
        attached.wait_for("^42$")
    assert get(server.address, "/").body == b"hello"


def test_the_session_goes_with_new_code(attached: Screen, server: Server, shop: Path) -> None:
    attached.type("kept = 1; print(7 * 7)", "Enter")
    attached.wait_for("^49$")
    (shop / "shop.py").write_text(SHOP.replace('"tea": 3', '"tea": 5'))
    server.signal(signal.SIGHUP)
    attached.wait_for(r"^now in worker \d+, generation 2 \(.*\); the names are made anew$")
    attached.wait_for(r"^w\d+ g2 >>> *$")
    attached.type("import shop; shop.PRICES['tea']", "Enter")
    attached.wait_for("^5$")
    attached.type("kept", "Enter")
    attached.wait_for("^NameError: name 'kept' is not defined")


def test_the_worker_is_killed_under_the_session(attached: Screen, server: Server) -> None:
    number = _worker(attached)
    [worker] = [one for one in server.workers() if f"worker {number} " in title_of(one)]
    attached.type("import time; print('begun'); time.sleep(60)", "Enter")
    attached.wait_for("^begun$")
    worker.send_signal(signal.SIGKILL)
    attached.wait_for(f"^the statement was cut: worker {number} (died by SIGKILL|is gone)$")
    attached.wait_for(r"^w\d+ g1 >>> *$")
    assert _worker(attached) != number
    attached.type("6 * 7", "Enter")
    attached.wait_for("^42$")


def test_workers_and_the_controller(attached: Screen, server: Server) -> None:
    attached.type("workers", "Enter")
    attached.wait_for(r"^ +1 +.*\n +2 +")
    attached.type("exec('modules = 5')", "Enter")  # a name that only the session knows of
    attached.type("modules", "Enter")
    attached.wait_for("^5$")
    other = 3 - _worker(attached)
    attached.type(f"switch {other}", "Enter")
    attached.wait_for(f"^w{other} g1 >>> *$")
    attached.type("switch controller", "Enter")
    attached.wait_for("^controller >>> *$")
    attached.type("import os; os.getpid()", "Enter")
    attached.wait_for(f"^{server.pid}$")
    attached.type("controller", "Enter")
    attached.wait_for("Controller")


def test_a_breakpoint_is_debugged_by_who_attaches(
    server: Server, shop: Path, runtime: dict[str, str]
) -> None:
    customer = Customer(server, "/order")
    told = server.log.wait_for("^spawn: GET /order waits")
    assert re.search(r"shop\.py:20, worker \d; type: spawnctl attach", told)
    code, said = ran(shop, runtime, "attach", "-c", "6 * 7")
    assert (code, said.splitlines()[-1]) == (0, "42"), "a script leaves it alone"
    with spawnctl(shop, runtime, "attach") as shown:
        shown.wait_for(r"^w\d g1 \(Pdb\) *$")
        assert "return b" in shown.shown()  # the source around
        shown.type("price", "Enter")
        shown.wait_for("^14$")
        shown.type("price = 5", "Enter")
        shown.type("c", "Enter")
        shown.wait_for(r"^w\d g1 >>> *$")
        assert customer.wait() == b"order 7 costs 5"
        shown.type("6 * 7", "Enter")
        shown.wait_for("^42$")
        shown.keys("C-d")
        shown.wait_for("^ended with 0$")


def test_a_breakpoint_while_attached(attached: Screen, server: Server, shop: Path) -> None:
    attached.type("half")
    customer = Customer(server, "/order")
    # The prompt is shown anew after what is said above it.
    told = r"^breakpoint: GET /order waits at shop.py:20 in worker \d; '"
    shown = attached.wait_for(told + r".*\n(.*\n)*w\d g1 >>> half")
    [how] = re.findall("; '(debug|switch [0-9])' ", shown)
    attached.keys("C-c")
    attached.type(how, "Enter")
    if how != "debug":
        attached.wait_for(f"^w{how[-1]} g1 ")
        if "(Pdb)" not in attached.shown():
            attached.type("debug", "Enter")
    attached.wait_for(r"^w\d g1 \(Pdb\) *$")
    attached.keys("C-d", "C-d")
    attached.wait_for("^ended with 0$")
    assert not customer.answer
    server.signal(signal.SIGTERM)
    assert server.wait() == 0


def test_the_server_is_none_the_wiser_for_who_leaves(attached: Screen, server: Server) -> None:
    attached.keys("C-d")
    attached.wait_for("^ended with 0$")
    wait_until(lambda: get(server.address, "/").body == b"hello", "it serves")
