"""`--reload=dev` and what old code still does: streams end, other requests are named."""

from __future__ import annotations

import re
import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from clients import Client, get, request
from serving import PATIENCE, StartServer, wait_until

pytestmark = pytest.mark.slow

APP = """\
import pathlib
import threading
import time

def app(environ, start_response):
    kind = "event-stream" if environ["PATH_INFO"] == "/events" else "plain"
    start_response("200 OK", [("Content-Type", f"text/{kind}")])
    if environ["PATH_INFO"] == "/slow":
        pathlib.Path("begun").touch()
        while not pathlib.Path("go").exists():
            time.sleep(0.02)
    yield b"data: v1\\n\\n"
    if environ["PATH_INFO"] == "/events":
        threading.Event().wait()
"""


def save(folder: Path) -> None:
    """Save another version of the application."""
    file = folder / "old.py"
    file.write_text(file.read_text().replace("v1", "v2"))


def test_a_stream_ends_and_its_worker_with_it_though_the_application_waits_for_ever(
    spawn: StartServer, tmp_path: Path, threads: str
) -> None:
    (tmp_path / "old.py").write_text(APP)
    server = spawn(tmp_path, "-s", "1", "-t", threads, "--reload=dev", "old.app")
    server.log.wait_for("watching")
    [worker] = server.workers()
    with Client(server.address) as client:
        client.send(request("/events", "Accept: text/event-stream"))
        client.head()
        save(tmp_path)
        assert b"data: v1" in client.rest()
        server.log.wait_for("old.py changed: generation 2 in ")
        assert worker.wait(PATIENCE) is None
    # On a busy machine it may take so long to end that it is named; but its deadman was not needed.
    assert not any("did not finish" in line for line in server.log.lines)


def test_a_slow_request_in_old_code_is_named_once(
    spawn: StartServer, tmp_path: Path, threads: str
) -> None:
    (tmp_path / "old.py").write_text(APP)
    server = spawn(tmp_path, "-s", "1", "-t", threads, "--reload=dev", "old.app")
    server.log.wait_for("watching")
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(get, server.address, "/slow")
        wait_until((tmp_path / "begun").exists, "the request is being answered")
        save(tmp_path)
        line = server.log.wait_for("worker 1 .* of generation 1 still answers GET /slow, for")
        assert re.search(r"it is killed in \d+ s$", line)
        assert get(server.address, "/").text == "data: v2\n\n"
        (tmp_path / "go").touch()
        assert answer.result().text == "data: v1\n\n"
    server.wait_for_workers(1)
    assert sum("still answers" in line for line in server.log.lines) == 1


def test_the_end_says_what_it_waits_for_and_how_not_to(
    spawn: StartServer, tmp_path: Path, threads: str
) -> None:
    (tmp_path / "old.py").write_text(APP)
    server = spawn(
        tmp_path, "-s", "1", "-t", threads, "--reload=dev", "--deadman", "600", "old.app"
    )
    server.wait_until_serving()
    with Client(server.address) as client:
        client.send(request("/slow"))
        wait_until((tmp_path / "begun").exists, "the request is being answered")
        server.signal(signal.SIGINT)
        line = server.log.wait_for("worker 1 .* still answers GET /slow, for")
        assert line.endswith(" s, or at once by Ctrl-C")
        server.signal(signal.SIGINT)
        assert server.wait() == 0
