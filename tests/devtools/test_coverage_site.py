"""Who may see `/_coverage`, and what the application notices of it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from clients import Client, get, request
from covered import Covered, ask, run_alone, write
from serving import Server, StartServer, wait_until

pytestmark = [pytest.mark.slow, pytest.mark.once]

PROXIED = "X-Forwarded-For: 203.0.113.7"


@pytest.fixture
def covered(spawn: StartServer, tmp_path: Path) -> Covered:
    """Return a server of one worker with one thread."""
    folder = write(tmp_path, False)
    return Covered(spawn(folder, "--coverage", "-s", "1", "-t", "1", "shop.app.application"))


@pytest.mark.parametrize("path", ["/_coverage", "/_coverage.json", "/_coverage/lines.json?path=x"])
def test_the_name_of_another_site_and_a_proxy_are_refused(covered: Covered, path: str) -> None:
    refused = ask(covered.address, path, "Host: shop.example")
    assert refused.status == 403
    assert "localhost" in refused.text
    refused = ask(covered.address, path, PROXIED)
    assert refused.status == 403
    assert "--coverage-allow-ips" in refused.text


def test_whom_an_option_names_is_let_in(spawn: StartServer, tmp_path: Path) -> None:
    folder = write(tmp_path, False)
    words = ("--coverage", "--coverage-allow-ips", "127.0.0.1", "shop.app.application")
    address = spawn(folder, *words).wait_until_serving().address
    assert ask(address, "/_coverage", PROXIED, "Host: shop.example").status == 200


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be another user")
def test_another_user_of_this_machine_and_silent_proxies_are_refused(covered: Covered) -> None:
    host, port = covered.address
    code = (
        "import http.client, sys\n"
        f"client = http.client.HTTPConnection({host!r}, {port})\n"
        "client.request('GET', '/_coverage.txt')\n"
        "answer = client.getresponse()\n"
        "print(answer.status, answer.read().decode())\n"
    )
    command = ["/usr/bin/env", "python3", "-c", code]
    asked = subprocess.run(command, user=65534, cwd="/", capture_output=True, text=True, check=True)
    assert asked.stdout.startswith("403 ")
    assert "--coverage-allow-ips=127.0.0.1" in asked.stdout


def test_a_unix_socket_of_the_application_is_refused(tmp_path: Path) -> None:
    folder = write(tmp_path, False)
    path = str(tmp_path / "app.sock")
    server = Server(["--coverage", "--bind", f"unix:{path}", "shop.app.application"], folder, {})
    try:
        server.wait_until_serving()
        refused = ask(path, "/_coverage")
    finally:
        server.destroy()
    assert refused.status == 403
    assert "--coverage-allow-ips=unix" in refused.text


@pytest.mark.parametrize(
    "field",
    ["Origin: http://shop.example", "Origin: null", "Sec-Fetch-Site: cross-site"],
)
def test_a_page_of_another_site_changes_nothing(covered: Covered, field: str) -> None:
    covered.call(["/price?3"])
    covered.wait_for("shop/pricing.py", 9)
    assert ask(covered.address, "/_coverage/reset", field, method="POST").status == 403
    covered.wait_for("shop/pricing.py", 9)


def test_orders_take_a_post(covered: Covered) -> None:
    for order in ("reset", "pause", "resume"):
        answer = ask(covered.address, f"/_coverage/{order}")
        assert answer.status == 405
        assert answer.headers["allow"] == "POST"
    assert ask(covered.address, "/_coverage", method="DELETE").status == 405
    assert ask(covered.address, "/_coverage/nothing").status == 404


def test_the_application_notices_nothing(covered: Covered) -> None:
    assert ask(covered.address, "/_coverage").status == 200
    assert ask(covered.address, "/_coverage.json").status == 200
    assert get(covered.address, "/last").status == 200
    covered.server.access.wait_for("/last")
    assert not [line for line in covered.server.access.lines if "_coverage" in line]


def test_a_report_holds_no_thread_of_the_worker(covered: Covered) -> None:
    keeper_stops(covered.server.pid)
    with Client(covered.address) as waits:
        waits.send(request("/_coverage.json", "Connection: close"))
        assert get(covered.address, "/price?3").text == "9"


def test_a_kept_connection_goes_to_the_keeper_and_says_so(covered: Covered) -> None:
    with Client(covered.address) as client:
        client.send(request("/price?3"))
        assert client.answer().text == "9"
        client.send(b"GET /_coverage.txt HTTP/1.1\r\nHost: localhost\r\n\r\n")
        answer = client.answer()
        assert "shop/pricing.py" in answer.text
        assert answer.headers["connection"] == "close"


def test_a_path_that_only_begins_like_it_is_the_applications(covered: Covered) -> None:
    assert get(covered.address, "/_coverages").text == "no such page"


def test_without_the_option_the_path_is_the_applications(
    spawn: StartServer, tmp_path: Path
) -> None:
    server = spawn(write(tmp_path, False), "shop.app.application").wait_until_serving()
    assert get(server.address, "/_coverage").text == "no such page"


def test_the_data_is_combined_with_that_of_tests(covered: Covered, tmp_path: Path) -> None:
    covered.call(["/price?30"])
    covered.wait_for("shop/pricing.py", 20)
    tests = run_alone(tmp_path, ["/price?3"])["files"]["shop/pricing.py"]["executed_lines"]
    (tmp_path / "drive.py").write_text("from shop import pricing\npricing.few(3)\n")
    environ = {name: text for name, text in os.environ.items() if "COVERAGE" not in name}

    def run(*words: str) -> None:
        subprocess.run(
            [sys.executable, "-m", "coverage", *words],
            cwd=tmp_path,
            check=True,
            env=environ,
            capture_output=True,
        )

    run("run", "drive.py")
    (tmp_path / "served.data").write_bytes(ask(covered.address, "/_coverage.data").body)
    run("combine", "--append", "served.data")
    run("json", "-q", "-o", "both.json")
    both = json.loads((tmp_path / "both.json").read_text())["files"]["shop/pricing.py"]
    served = covered.executed("shop/pricing.py")
    assert set(both["executed_lines"]) == served | set(tests)


def keeper_stops(controller: int) -> None:
    """Have the keeper do nothing for the rest of the test."""
    import psutil

    def keepers() -> list[psutil.Process]:
        children = psutil.Process(controller).children()
        return [c for c in children if "coverage" in " ".join(c.cmdline())]

    wait_until(lambda: len(keepers()) == 1, "the keeper is there")
    (keeper,) = keepers()
    keeper.send_signal(signal.SIGSTOP)
    wait_until(lambda: keeper.status() == psutil.STATUS_STOPPED, "the keeper stands still")
