"""Files that an application returns by `wsgi.file_wrapper`, with threads and with greenlets."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from clients import Client, request
from serving import Server, StartServer

pytestmark = pytest.mark.slow

APPLICATION = """
import os
import sys


def app(environ, start):
    path = environ["PATH_INFO"][1:]
    if not path:
        start("200 OK", [])
        return [b"hello"]
    file = open(path, "rb")
    file.seek(int(environ["QUERY_STRING"] or 0))
    close = file.close

    def closes():
        close()
        print("closed", path, file=sys.stderr, flush=True)

    file.close = closes
    start("200 OK", [("Content-Length", str(os.path.getsize(path) - file.tell()))])
    return environ["wsgi.file_wrapper"](file)
"""
SIZE = 4 << 20
HUGE = 64 << 20
"""More than the kernel holds on its way."""


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """The folder of an application and of its files."""
    (tmp_path / "files.py").write_text(APPLICATION)
    (tmp_path / "data").write_bytes(os.urandom(SIZE))
    with (tmp_path / "huge").open("wb") as file:
        file.truncate(HUGE)
    return tmp_path


def _logged(server: Server, pattern: str) -> int:
    """Return the bytes of a request in the access log."""
    line = server.access.wait_for(pattern)
    found = re.search(r'" \d\d\d (\d+) ', line)
    assert found is not None
    return int(found[1])


def test_files_arrive_whole_and_are_closed(serve: StartServer, files: Path) -> None:
    server = serve(files, "files.app")
    content = (files / "data").read_bytes()
    with Client(server.address) as client, Client(server.address) as other:
        client.send(request("/huge"))
        client.head()
        for offset in (0, 12345, SIZE - 5, SIZE):
            answer = other.get(f"/data?{offset}")
            assert answer.body == content[offset:]
            assert _logged(server, rf"GET /data\?{offset} ") == SIZE - offset
            server.log.wait_for("^closed data$")
        assert other.get("/data", method="HEAD").headers["content-length"] == str(SIZE)
        assert other.get("/").body == b"hello"
        received = sum(len(client.exactly(1 << 20)) for _ in range(HUGE >> 20))
        assert (received, client.get("/").body) == (HUGE, b"hello")
        assert _logged(server, "GET /huge ") == HUGE
    assert not [line for line in server.log.lines if "Content-Length" in line]


def test_a_file_that_is_cut_while_it_is_sent_is_said(serve: StartServer, files: Path) -> None:
    server = serve(files, "files.app")
    with Client(server.address) as client:
        client.send(request("/huge"))
        client.head()
        client.exactly(1000)
        os.truncate(files / "huge", 1000)
        received = 1000 + len(client.rest())
        assert received < HUGE
        assert _logged(server, "GET /huge .*cut=application") == received
    server.log.wait_for("GET /huge HTTP/1.1: .* bytes fewer than its Content-Length")
    server.log.wait_for("^closed huge$")


def test_a_client_that_takes_no_more_of_a_file_is_given_up(serve: StartServer, files: Path) -> None:
    server = serve(files, "files.app", "--write-timeout=1", "--request-timeout=1")
    with Client(server.address) as client:
        client.send(request("/huge"))
        assert 0 < _logged(server, 'GET /huge HTTP/1.1" 499 .*cut=client') < HUGE
        server.log.wait_for("^closed huge$")
        assert client.head()[0] == 200
