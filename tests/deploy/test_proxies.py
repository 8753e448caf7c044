"""What passes the proxies of deploy/: who the client is, by which scheme; streams, websockets."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from clients import Client, request
from frames import WebSocket
from proxied import TLS, UNIX, Application, Site, secured
from serving import APPS, PATIENCE, wait_until

pytestmark = [pytest.mark.slow, pytest.mark.once]

FRONTED = Application(APPS / "fronted_site", "fronted.app", ("-s", "1", "-t", "0"))
VISITOR = "127.0.0.3"
"""Neither the proxy nor an instance."""
FORGED = (
    "X-Forwarded-For: 192.0.2.7",
    "X-Forwarded-Host: evil.example",
    "X-Forwarded-Port: 4711",
)


@pytest.fixture(scope="module", params=["haproxy", "nginx", "caddy"])
def site(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """Each of the proxies, in front of an application that tells what it sees."""
    folder = tmp_path_factory.mktemp("site")
    with Site(request.param, folder, FRONTED, TLS) as made:
        yield made


class Visitor(Client):
    """A client with an address of its own, which may speak TLS."""

    def __init__(self, site: Site, scheme: str) -> None:
        address = site.secure if scheme == "https" else site.address
        super().__init__(address)
        self.socket.close()
        self.socket = socket.create_connection(address, PATIENCE, (VISITOR, 0))
        if scheme == "https":
            self.socket = secured(self.socket)

    def sees(self, *fields: str) -> dict[str, Any]:
        """Return what the application is told of this client."""
        self.send(request("/", *fields).replace(b"Host: test", b"Host: localhost"))
        told: dict[str, Any] = json.loads(self.answer().text)
        return told


@pytest.mark.parametrize("program", ["haproxy", "nginx"])
def test_unix_sockets_as_the_manual_has_them(tmp_path: Path, program: str) -> None:
    with Site(program, tmp_path, FRONTED, UNIX) as site, Visitor(site, "http") as visitor:
        assert visitor.sees()["REMOTE_ADDR"] == VISITOR
        wait_until(lambda: _all_asked(site, visitor), "both instances are asked")


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_the_client_and_its_scheme_arrive_whatever_it_says_itself(site: Site, scheme: str) -> None:
    other = {"http": "https", "https": "http"}[scheme]
    with Visitor(site, scheme) as visitor:
        for fields in ((), (*FORGED, f"X-Forwarded-Proto: {other}")):
            told = visitor.sees(*fields)
            assert told["REMOTE_ADDR"] == VISITOR
            assert told["wsgi.url_scheme"] == scheme
            assert told["HTTP_HOST"] == "localhost"
            assert told["SERVER_PORT"] != "4711"


def test_both_instances_are_asked(site: Site) -> None:
    with Visitor(site, "http") as visitor:
        wait_until(lambda: _all_asked(site, visitor), "both instances are asked")


def _all_asked(site: Site, visitor: Visitor) -> bool:
    visitor.sees()  # once more: of two idle instances Caddy takes one by chance
    return all(
        any(line.startswith(f"{VISITOR} ") for line in instance.server.access.lines)
        for instance in site.instances
    )


def test_a_stream_passes_while_it_is_made(site: Site, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    with Visitor(site, "http") as visitor:
        visitor.send(request(f"/stream?{gate}"))
        assert visitor.head()[0] == 200
        assert visitor.chunk() == b"first"
        gate.touch()
        assert visitor.chunk() == b"last"
        assert visitor.chunk() == b""


def test_a_websocket_passes(site: Site) -> None:
    with WebSocket(site.address, "/echo") as spoken:
        assert spoken.ask(b"hello") == b"hello"
        assert spoken.ask(b"x" * 100_000) == b"x" * 100_000
        assert spoken.close() == b"\x88\x02\x03\xe8"
    # What was kept of its connection does not get in the way of what comes next.
    with Visitor(site, "http") as visitor:
        assert visitor.sees()["REQUEST_METHOD"] == "GET"
