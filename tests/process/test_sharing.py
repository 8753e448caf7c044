"""Each worker has its share of the clients, and none waits while another has nothing to do."""

from __future__ import annotations

import contextlib
from collections import Counter
from pathlib import Path

import pytest

from clients import Client, get, request
from serving import StartServer

pytestmark = pytest.mark.slow

HELD = """
import threading

gate = threading.Event()

def app(environ, start):
    if environ["PATH_INFO"] == "/hold":
        gate.wait()
    if environ["PATH_INFO"] == "/open":
        gate.set()
    start("200 OK", [])
    return [b"ok"]
"""


def test_a_worker_whose_threads_are_taken_leaves_clients_to_the_others(
    spawn: StartServer, tmp_path: Path
) -> None:
    (tmp_path / "held.py").write_text(HELD)
    server = spawn(tmp_path, "-s", "3", "-t", "2", "-l", "/dev/null", "held.app")
    server.wait_until_serving().wait_for_workers(3)
    with contextlib.ExitStack() as stack:
        for _ in range(4):  # two of the three workers have no thread left
            stack.enter_context(Client(server.address)).send(request("/hold"))
        others = [stack.enter_context(Client(server.address)) for _ in range(30)]
        for _ in range(2):  # new connections, and then kept ones
            for client in others:
                client.send(request("/"))
            assert [client.answer().status for client in others] == [200] * 30


def test_what_comes_at_once_is_answered_beside_what_waits(
    serve: StartServer, tmp_path: Path
) -> None:
    (tmp_path / "held.py").write_text(HELD)
    server = serve(tmp_path, "held.app", "-l", "/dev/null")
    (worker,) = server.workers()
    with contextlib.ExitStack() as stack:
        clients = [stack.enter_context(Client(server.address)) for _ in range(16)]
        for client in clients:
            client.send(request("/"))
            assert client.answer().status == 200
        worker.suspend()  # so that all of it is there at the worker's next look
        for client in clients[:3]:
            client.send(request("/hold"))
        for client in clients[3:]:
            client.send(request("/"))
        worker.resume()
        assert [client.answer().status for client in clients[3:]] == [200] * 13
        clients[-1].send(request("/open"))
        assert [client.answer().status for client in clients[:3]] == [200] * 3


NUMBERED = """
import os

def app(environ, start):
    start("200 OK", [])
    return [b"%d" % os.getpid()]
"""


def test_clients_that_come_one_by_one_go_to_all_workers(
    spawn: StartServer, tmp_path: Path, threads: str
) -> None:
    (tmp_path / "numbered.py").write_text(NUMBERED)
    server = spawn(tmp_path, "-s", "4", "-t", threads, "-l", "/dev/null", "numbered.app")
    server.wait_until_serving().wait_for_workers(4)
    answered = Counter(get(server.address, "/").text for _ in range(100))
    assert set(answered) == {str(worker.pid) for worker in server.workers()}
    assert max(answered.values()) < 75
