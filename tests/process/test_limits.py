"""What a client may take, and what it gets when it takes more; with threads and with greenlets."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from clients import Client, request
from serving import PATIENCE, Server, StartServer

pytestmark = pytest.mark.slow

CHUNKED = b"POST %b HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
SIZES = (
    "--limit-request-line=100",
    "--limit-request-head=1000",
    "--limit-request-fields=5",
    "--limit-request-body=50",
)

# (request, status), each on a connection of its own; a 200 leaves it open.
REQUESTS: dict[str, tuple[bytes, int]] = {
    "a line of 100 bytes": (request("/" + 86 * "x"), 200),
    "a line of 101 bytes": (request("/" + 87 * "x"), 414),
    "a head of 1000 bytes": (request("/", "X: " + 965 * "y"), 200),
    "a head of 1001 bytes": (request("/", "X: " + 966 * "y"), 431),
    "5 fields": (request("/", *(f"X-{number}: y" for number in range(4))), 200),
    "6 fields": (request("/", *(f"X-{number}: y" for number in range(5))), 431),
    "a body of 50 bytes": (request("/", "Content-Length: 50", method="POST") + 50 * b"x", 200),
    "a body of 51 bytes": (request("/", "Content-Length: 51", method="POST") + 51 * b"x", 413),
    "a body of 51 bytes to come": (request("/", "Content-Length: 51", method="POST"), 413),
    "a body that asks first": (
        request("/", "Content-Length: 51", "Expect: 100-continue", method="POST"),
        413,
    ),
    "50 bytes in chunks": (CHUNKED % b"/" + 5 * b"a\r\n0123456789\r\n" + b"0\r\n\r\n", 200),
    "51 bytes in chunks": (CHUNKED % b"/" + 5 * b"a\r\n0123456789\r\n" + b"1\r\n", 413),
    "a chunk of a terabyte": (CHUNKED % b"/" + b"fffffffffff\r\n", 413),
}


@pytest.fixture
def sizes(serve: StartServer, plain: Path) -> Server:
    """A server with small limits."""
    return serve(plain, "reading.app", *SIZES)


def test_what_is_too_large_is_refused_and_its_connection_closed(sizes: Server) -> None:
    for sent, status in REQUESTS.values():
        with Client(sizes.address) as client:
            client.send(sent)
            assert (sent, client.answer().status) == (sent, status)
            if status == 200:
                assert client.get("/").status == 200
            else:
                client.socket.shutdown(socket.SHUT_WR)
                assert client.rest() == b""
    refused = sum(status != 200 for _, status in REQUESTS.values())
    sizes.access.wait_for(r'"GET /x+ HTTP/1.1" 200')
    sizes.stop()
    logged = [line for line in sizes.access.lines if '" 4' in line]
    assert len(logged) == refused


def test_a_body_that_gets_too_large_is_an_error_of_its_read(sizes: Server) -> None:
    too_many = b"64\r\n" + 100 * b"x" + b"\r\n0\r\n\r\n" + request("/smuggled")
    with Client(sizes.address) as client:
        client.send(CHUNKED % b"/whatever" + too_many)
        assert client.answer().body == b"ok"
        client.socket.shutdown(socket.SHUT_WR)
        assert client.rest() == b""
    with Client(sizes.address) as client:
        client.send(CHUNKED % b"/framework" + too_many)
        assert client.answer().status == 413
    with Client(sizes.address) as client:
        client.send(CHUNKED % b"/late" + too_many)
        assert client.head()[0] == 200
        assert client.chunk() == b"first"
        with pytest.raises((EOFError, ConnectionResetError)):
            client.chunk()
    assert "smuggled" not in "\n".join(sizes.access.lines)


def test_who_is_too_slow_is_given_up(serve: StartServer, plain: Path) -> None:
    times = ["--header-timeout=1", "--body-timeout=1", "--write-timeout=1"]
    times.append("--keepalive-timeout=1")
    server = serve(plain, "echo.app", *times, "--proxy-protocol=127.0.0.3")
    (worker,) = server.workers()
    worker.suspend()  # so that none of them has waited before all is sent
    # All at once: each of them takes until the next second.
    with (
        Client(server.address) as silent,
        Client(server.address) as idle,
        Client(server.address) as begins,
        Client(server.address) as uploads,
        Client(server.address) as deaf,
        Client(server.address) as chunks,
        socket.create_connection(server.address, PATIENCE, ("127.0.0.3", 0)) as unnamed,
    ):
        begins.send(b"GET / HTTP/1.1\r\nHo")
        uploads.send(request("/", "Content-Length: 5", method="POST") + b"xx")
        chunks.send(CHUNKED % b"/" + b"5\r\nxx")
        deaf.send(request("/big"))
        idle.send(request("/environ"))
        worker.resume()
        assert idle.answer().status == 200
        assert begins.answer().status == 408
        assert uploads.answer().status == 408
        assert chunks.answer().status == 408
        for client in (silent, idle, begins):
            assert client.rest() == b""
        assert unnamed.recv(100) == b""
        server.access.wait_for(r"GET /big ")
        received = deaf.socket.recv(1 << 20)
        size = 0
        while received:
            size += len(received)
            received = _received(deaf.socket)
        assert size < 64 << 20


def _received(sock: socket.socket) -> bytes:
    try:
        return sock.recv(1 << 20)
    except ConnectionResetError:
        return b""


def test_no_time_to_idle_is_no_keepalive(spawn: StartServer, plain: Path) -> None:
    server = spawn(plain, "-s", "1", "--keepalive-timeout=0", "echo.app").wait_until_serving()
    with Client(server.address) as client:
        assert client.get("/environ").headers["connection"] == "close"
        assert client.rest() == b""
