"""Requests that wait before they are begun: for new code, and for news; in both modes."""

from __future__ import annotations

import json
import re
import signal
from pathlib import Path
from typing import Any

import psutil
import pytest

from clients import Answer, Client, get, request
from serving import Server, StartServer, wait_until

pytestmark = pytest.mark.slow

APPLICATION = """
import time
from pathlib import Path

VERSION = "{version}"
Path(f"begun {{VERSION}}").touch()
while not Path("gate").exists():
    time.sleep(0.005)
{last}

def app(environ, start):
    body = environ["wsgi.input"].read()
    start("200 OK", [("Content-Type", "text/html; charset=utf-8")])
    return [VERSION.encode(), b" ", body]
"""
HTML = "Accept: text/html"
QUESTION = "/.spawning/livereload?seen="
NEVER = 99_999_999_999_999


class Site:
    """A server of one worker whose next code waits at a gate of the test's."""

    def __init__(self, spawn: StartServer, folder: Path, *options: str) -> None:
        self._folder = folder
        self._module = folder / "gated.py"
        self._gate = folder / "gate"
        self._gate.touch()
        self.write("v0")
        self.server: Server = spawn(folder, "-s", "1", *options, "gated.app")
        self.server.wait_until_serving()

    def write(self, version: str, last: str = "") -> None:
        """Write the next code."""
        self._module.write_text(APPLICATION.format(version=version, last=last))

    def save(self, version: str, last: str = "") -> None:
        """Save code that waits at its import, and return when that is known to the server."""
        self.server.log.wait_for("watching")
        self._gate.unlink()
        self.write(version, last)
        wait_until(lambda: (self._folder / f"begun {version}").exists(), "it is imported")

    def go_on(self) -> None:
        """Let the import go on."""
        self._gate.touch()

    def reload(self, generation: int) -> None:
        """Have the next generation serve."""
        self.server.signal(signal.SIGHUP)
        self.server.log.wait_for(rf"generation {generation} in ")

    def seen(self) -> int:
        """Return the version of the news that a page of now is made with."""
        with Client(self.server.address) as client:
            match = re.search(r"seen=(\d+)", client.get("/", HTML).text)
        assert match
        return int(match[1])

    def connections(self) -> int:
        """Return how many clients are connected."""
        port = self.server.address[1]
        return sum(
            each.laddr.port == port and each.status != psutil.CONN_LISTEN
            for worker in self.server.workers()
            for each in _connections_of(worker)
        )


def _connections_of(worker: psutil.Process) -> list[Any]:
    try:
        return list(worker.net_connections("tcp"))
    except psutil.Error:
        return []  # it has gone meanwhile


def news_in(answer: Answer) -> dict[str, Any]:
    """Return what a page is told."""
    assert answer.status == 200
    told: dict[str, Any] = json.loads(answer.body)
    return told


@pytest.fixture
def waiting(spawn: StartServer, tmp_path: Path, threads: str) -> Site:
    """A site whose requests wait for new code."""
    return Site(spawn, tmp_path, "-t", threads, "--reload=dev", "--reload-wait", "60")


@pytest.fixture
def live(spawn: StartServer, tmp_path: Path, threads: str) -> Site:
    """A site whose pages ask for news, and that is reloaded by hand."""
    return Site(spawn, tmp_path, "-t", threads, "--livereload")


def test_a_request_after_a_save_is_answered_by_the_new_code_if_that_starts(waiting: Site) -> None:
    body = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n12345"
    with Client(waiting.server.address) as client, Client(waiting.server.address) as other:
        assert client.get("/").text == "v0 "
        waiting.save("v1")
        client.send(body.encode())
        other.send(request("/") + request("/"))
        waiting.go_on()
        client.send(b"67890")
        assert client.answer().text == "v1 1234567890"
        assert [other.answer().text, other.answer().text] == ["v1 ", "v1 "]
        waiting.save("v2", "nonsense")
        client.send(request("/"))
        waiting.go_on()
        assert client.answer().text == "v1 "


def test_the_end_of_the_server_sends_them_to_the_old_code(waiting: Site) -> None:
    waiting.save("v1")
    with Client(waiting.server.address) as client:
        client.send(request("/"))
        wait_until(lambda: waiting.connections() == 1, "the client is connected")
        waiting.server.signal(signal.SIGTERM)
        answer = client.answer()
        assert (answer.text, answer.headers["connection"]) == ("v0 ", "close")
    assert waiting.server.wait() == 0


@pytest.mark.parametrize("seconds", ["0", "0.5"])
def test_the_wait_has_an_end(seconds: str, spawn: StartServer, tmp_path: Path) -> None:
    site = Site(spawn, tmp_path, "--reload=dev", "--reload-wait", seconds)
    site.save("v1")
    assert get(site.server.address, "/").text == "v0 "
    site.go_on()
    site.server.log.wait_for("generation 2 in ")
    assert get(site.server.address, "/").text == "v1 "


def test_a_page_hears_of_the_new_generation(live: Site) -> None:
    seen = live.seen()
    with Client(live.server.address) as page:
        page.send(request(f"{QUESTION}{seen}"))
        live.write("v1")
        live.reload(2)
        told = news_in(page.answer())
        assert told["reload"]
        assert told["version"] > seen
        assert live.seen() == told["version"]
        # The same connection goes on, and the same page hears nothing twice.
        page.send(request(f"{QUESTION}{seen}"))
        assert news_in(page.answer()) == told


def test_a_question_waits_over_three_reloads_and_longer_than_a_connection_may_idle(
    spawn: StartServer, tmp_path: Path, threads: str
) -> None:
    live = Site(spawn, tmp_path, "-t", threads, "--livereload", "--keepalive-timeout", "1")
    with Client(live.server.address) as page, Client(live.server.address) as idle:
        idle.get("/")
        page.send(request(f"{QUESTION}{NEVER}") + request("/"))
        for generation in (2, 3, 4):
            live.reload(generation)
        assert idle.rest() == b""
        wait_until(lambda: live.connections() == 1, "only the page is connected")
        live.write("v9")
        live.server.signal(signal.SIGTERM)
        told = page.answer()
        assert not news_in(told)["reload"]
        assert told.headers["connection"] == "close"
    assert live.server.wait() == 0


def test_a_page_hears_why_new_code_does_not_start(live: Site) -> None:
    seen = live.seen()
    with Client(live.server.address) as page:
        page.send(request(f"{QUESTION}{seen}", "Host: localhost").replace(b"Host: test\r\n", b""))
        live.write("v1", "nonsense")
        live.server.signal(signal.SIGHUP)
        told = news_in(page.answer())
        assert not told["reload"]
        assert told["failure"]["type"] == "NameError"
        assert told["failure"]["place"].startswith("gated.py:9")
        page.send(request(f"{QUESTION}{told['version']}"))
        live.write("v2")
        live.reload(3)
        mended = news_in(page.answer())
        assert (mended["reload"], mended["failure"]) == (True, None)


def test_questions_are_in_no_log_need_no_thread_and_end_with_their_pages(live: Site) -> None:
    pages = [Client(live.server.address) for _ in range(20)]
    for page in pages:
        page.send(request(f"{QUESTION}{NEVER}"))
    wait_until(lambda: live.connections() == 20, "all are connected")
    assert get(live.server.address, "/last").status == 200
    live.server.access.wait_for("GET /last")
    assert [line for line in live.server.access.lines if "livereload" in line] == []
    for page in pages:
        page.close()
    wait_until(lambda: live.connections() == 0, "their connections are closed")


def test_pages_are_left_alone_if_that_is_wanted(spawn: StartServer, tmp_path: Path) -> None:
    site = Site(spawn, tmp_path, "--reload=dev", "--no-livereload")
    with Client(site.server.address) as client:
        assert client.get("/", HTML).text == "v0 "
        assert client.get("/.spawning/livereload.js").text == "v0 "
        site.save("v1")
        client.send(request("/"))
        site.go_on()
        assert client.answer().text == "v1 "
