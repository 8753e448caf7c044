"""What the server bears, in a small way; benchmarks/robustness.py does the same in earnest."""

from __future__ import annotations

import contextlib
import random
import re
import resource
import select
import signal
import socket
import struct
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from clients import Client, get, request
from serving import PATIENCE, Server, StartServer, wait_until

pytestmark = [pytest.mark.slow, pytest.mark.once]

NOFILE, FSIZE = resource.RLIMIT_NOFILE, resource.RLIMIT_FSIZE
MEBIBYTE = 2**20
RESET = struct.pack("ii", 1, 0)
"""SO_LINGER: close by a reset."""

BULK = """
def app(environ, start):
    size = 0
    while piece := environ["wsgi.input"].read(65536):
        size += len(piece)
    start("200 OK", [("X-Size", str(size))])
    return (b"x" * 65536 for _ in range(int(environ["QUERY_STRING"] or 0)))
"""
SELECTS = """
import os, select

def app(environ, start):
    reading, writing = os.pipe()
    os.write(writing, b"x")
    select.select([reading], [], [])
    os.close(reading)
    os.close(writing)
    start("200 OK", [])
    return [b"selected"]
"""


@contextlib.contextmanager
def soft_limit(descriptors: int) -> Iterator[None]:
    """Set how many descriptors we may have, and what is started meanwhile."""
    soft, hard = resource.getrlimit(NOFILE)
    resource.setrlimit(NOFILE, (descriptors, hard))
    try:
        yield
    finally:
        resource.setrlimit(NOFILE, (soft, hard))


def many(server: Server, count: int, stack: contextlib.ExitStack) -> list[Client]:
    """Return so many clients that are connected, to be closed by `stack`."""
    return [stack.enter_context(Client(server.address)) for _ in range(count)]


def worker_of(server: Server) -> psutil.Process:
    """Return the one worker."""
    (worker,) = server.workers()
    return worker


# ---------------------------------------------------------------- slow, many, much


def test_slow_clients_leave_the_server_to_others(serve: StartServer, plain: Path) -> None:
    server = serve(plain, "hello.app")
    head = request("/", "X-Slow: " + "x" * 60)
    with contextlib.ExitStack() as stack:
        slow = many(server, 100, stack)
        kept = stack.enter_context(Client(server.address))
        for position in range(0, 60, 6):
            for client in slow:
                client.send(head[position : position + 6])
            assert kept.get("/").status == 200
            assert get(server.address, "/").status == 200
        for client in slow:
            client.send(head[60:])
            assert client.answer().status == 200


def test_a_crowd_is_answered(serve: StartServer, plain: Path) -> None:
    server = serve(plain, "hello.app")
    with contextlib.ExitStack() as stack:
        crowd = many(server, 300, stack)
        for client in crowd:
            client.send(request("/", "Connection: close"))
        assert {client.answer().status for client in crowd} == {200}


def test_bulk_goes_through_with_flat_memory(serve: StartServer, tmp_path: Path) -> None:
    (tmp_path / "bulk.py").write_text(BULK)
    server = serve(tmp_path, "bulk.app")
    transfer(server, 1)
    worker = worker_of(server)
    status = Path("/proc") / str(worker.pid) / "status"
    (status.parent / "clear_refs").write_text("5")  # proc(5): the peak begins anew
    before = worker.memory_info().rss
    transfer(server, 10)
    peak = re.search(r"VmHWM:\s+(\d+) kB", status.read_text())
    assert peak
    assert int(peak[1]) * 1024 - before < 4 * MEBIBYTE


def transfer(server: Server, mebibytes: int) -> None:
    """Send so much up and receive as much down."""
    with Client(server.address) as client:
        length = f"Content-Length: {mebibytes * MEBIBYTE}"
        client.send(request(f"/?{mebibytes * 16}", length, method="POST"))
        for _ in range(mebibytes):
            client.send(b"x" * MEBIBYTE)
        status, headers = client.head()
        assert (status, headers["x-size"]) == (200, str(mebibytes * MEBIBYTE))
        assert sum(map(len, iter(client.chunk, b""))) == mebibytes * MEBIBYTE


# ---------------------------------------------------------------- rude clients


def test_resets_leave_nothing_behind(serve: StartServer, plain: Path) -> None:
    # No timeout may be what tidies up.
    server = serve(plain, "echo.app", "-l", "/dev/null", "--header-timeout", "600")
    said = list(server.log.lines)
    assert get(server.address, "/unread").status == 200
    worker = worker_of(server)
    wait_until(lambda: connections(worker) == 0, "the first connection is closed")
    before = worker.num_fds()
    chance = random.Random(1)
    post = request("/", "Content-Length: 50000", method="POST") + b"x" * 50000
    for _ in range(300):
        with Client(server.address) as client:
            client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            match chance.randrange(4):
                case 1:
                    client.send(post[: chance.randrange(40)])
                case 2:
                    client.send(post[: chance.randrange(40, len(post))])
                case 3:
                    client.send(request("/big"))
                    client.exactly(chance.randrange(1, 100000))
    wait_until(lambda: worker.num_fds() <= before, "the connections are closed")
    assert get(server.address, "/unread").text == "ok"
    assert server.workers() == [worker]
    assert server.log.lines == said


def connections(worker: psutil.Process) -> int:
    """Return how many connections a worker has."""
    return sum(c.status != psutil.CONN_LISTEN for c in worker.net_connections("tcp"))


@pytest.mark.parametrize("sent", [b"", b"GET / HT", request("/unread")], ids=len)
def test_a_client_that_has_ended_is_done_with(echo: Server, sent: bytes) -> None:
    with Client(echo.address) as client:
        client.send(sent)
        client.socket.shutdown(socket.SHUT_WR)
        # The end of file comes together with the bytes, and far before any timeout.
        assert client.rest().endswith(b"ok" if sent.endswith(b"\r\n\r\n") else b"")


# ---------------------------------------------------------------- shortages


def test_a_full_disk_under_the_access_log_stops_nobody(
    serve: StartServer, plain: Path, tmp_path: Path
) -> None:
    log = tmp_path / "access.log"
    server = serve(plain, "hello.app", "-l", str(log))
    # The system says that a file may not grow, as it says that a disk is full.
    unlimited = resource.getrlimit(FSIZE)[1]
    resource.prlimit(worker_of(server).pid, FSIZE, (1000, unlimited))
    for number in range(50):
        assert get(server.address, f"/full{number}").status == 200
    with log.open("r+") as file:
        file.truncate()
    for number in range(5):
        assert get(server.address, f"/freed{number}").status == 200
    wait_until(lambda: log.read_text().count("/freed") == 5, "lines are written again")
    found = re.findall(r'"GET /freed(\d) HTTP/1\.1" 200', log.read_text())
    assert sorted(found) == ["0", "1", "2", "3", "4"]
    assert sum("cannot be written" in line for line in server.log.lines) == 1


def start_limited(
    spawn: StartServer, folder: Path, limit: int, workers: int, *options: str
) -> Server:
    """Start a server whose workers may have no more than `limit` descriptors."""
    server = spawn(folder, "-l", "/dev/null", "-s", str(workers), *options).wait_until_serving()
    resource.prlimit(server.pid, NOFILE, (limit, limit))
    server.signal(signal.SIGHUP)
    # Until the first generation is gone: it has no limit, and still takes connections.
    server.wait_for_workers(workers, "generation 2 (serving)")
    return server


def test_clients_wait_while_there_are_no_descriptors(
    spawn: StartServer, plain: Path, threads: str
) -> None:
    server = start_limited(spawn, plain, 64, 1, "-t", threads, "hello.app")
    with contextlib.ExitStack() as stack:
        clients = many(server, 100, stack)
        for client in clients:
            client.send(request("/"))
        server.log.wait_for("connections have to wait: Too many open files")
        # In whatever order: some may come by way of the generation that ends.
        waiting = {client.socket: client for client in clients}
        while waiting:
            answered, _, _ = select.select(list(waiting), [], [], PATIENCE)
            assert answered
            for sock in answered:
                with waiting.pop(sock) as client:
                    assert client.answer().status == 200
    assert get(server.address, "/").status == 200
    assert sum("have to wait" in line for line in server.log.lines) == 1


def test_a_takeover_without_descriptors_loses_no_connection(
    spawn: StartServer, plain: Path, threads: str
) -> None:
    server = start_limited(spawn, plain, 64, 2, "-t", threads, "hello.app")
    server.wait_for_workers(2)
    with contextlib.ExitStack() as stack:
        clients = many(server, 70, stack)
        for client in clients:
            assert client.get("/").status == 200
        server.signal(signal.SIGHUP)
        server.log.wait_for("generation 3 in")
        for client in clients:
            assert client.get("/").status == 200


def test_the_soft_limit_is_raised_and_the_application_can_select(
    spawn: StartServer, tmp_path: Path, threads: str
) -> None:
    (tmp_path / "selects.py").write_text(SELECTS)
    with soft_limit(1024):
        server = spawn(tmp_path, "-s", "1", "-t", threads, "-l", "/dev/null", "selects.app")
        server.wait_until_serving()
    with soft_limit(4000), contextlib.ExitStack() as stack:
        clients = many(server, 1500, stack)
        wait_until(lambda: worker_of(server).num_fds() > 1500, "they are accepted")
        assert {client.get("/").text for client in clients[::100]} == {"selected"}
