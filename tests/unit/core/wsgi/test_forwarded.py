"""What an environ says of the client when proxies are in front, as data."""

from __future__ import annotations

import io
from typing import Any

import pytest

from spawning.http.body import RequestBody
from spawning.http.peers import Peers
from spawning.http.proxy_protocol import Source
from spawning.http.request import Request
from spawning.wsgi.environ import endpoint, environ_of
from spawning.wsgi.forwarded import MOST_HOPS, environ_behind

PROXY = ("10.0.0.1", 40000)
CLIENT = ("192.0.2.1", 50000)
NAMED = ("10.0.0.0/8", "2001:db8:ffff::/48")
FIELDS = {
    "for": "HTTP_X_FORWARDED_FOR",
    "proto": "HTTP_X_FORWARDED_PROTO",
    "host": "HTTP_X_FORWARDED_HOST",
    "port": "HTTP_X_FORWARDED_PORT",
}
BEHIND = {
    "addr": "REMOTE_ADDR",
    "from": "REMOTE_PORT",
    "scheme": "wsgi.url_scheme",
    "host": "HTTP_HOST",
    "name": "SERVER_NAME",
    "port": "SERVER_PORT",
}
AS_IT_COMES = {
    "addr": "10.0.0.1",
    "from": "40000",
    "scheme": "http",
    "host": "inner:8080",
    "name": "127.0.0.1",
    "port": "8080",
}


class Nothing:
    """A source without a byte."""

    def take(self, wait: bool) -> bytes:
        """There is nothing."""
        return b""

    def put_back(self, data: bytes) -> None:
        """Nothing comes back."""

    def send(self, data: bytes) -> None:
        """Nobody listens."""

    def lend(self, unread: bytes) -> Any:
        """There is no socket."""


def _environ(
    fields: dict[str, str], peer: Any = PROXY, named: Any = NAMED, is_unix: bool = False
) -> dict[str, Any]:
    headers = {"HTTP_HOST": "inner:8080"} | {FIELDS[key]: text for key, text in fields.items()}
    request = Request("GET", "/", True, headers)
    end = endpoint(
        "127.0.0.1", "8080", is_unix=is_unix, errors=io.StringIO(), threads=True, processes=True
    )
    make = environ_behind(None if named is None else Peers(named))
    return make(request, peer, end, RequestBody(Nothing(), request))


# (fields of a proxy that is named, what the environ says otherwise than as it comes)
BELIEVED: dict[str, tuple[dict[str, str], dict[str, str | None]]] = {
    "nothing": ({}, {}),
    "a client": ({"for": "192.0.2.1"}, {"addr": "192.0.2.1", "from": None}),
    "with a port": ({"for": "192.0.2.1:55"}, {"addr": "192.0.2.1", "from": "55"}),
    "IPv6": ({"for": "2001:DB8::1"}, {"addr": "2001:db8::1", "from": None}),
    "IPv6 in brackets": ({"for": "[2001:db8::1]"}, {"addr": "2001:db8::1", "from": None}),
    "IPv6 with a port": ({"for": "[2001:db8::1]:55"}, {"addr": "2001:db8::1", "from": "55"}),
    "IPv4 as IPv6": ({"for": "::ffff:192.0.2.1"}, {"addr": "192.0.2.1", "from": None}),
    "rightmost": ({"for": "198.51.100.9, 192.0.2.1"}, {"addr": "192.0.2.1", "from": None}),
    "past a proxy": (
        {"for": "198.51.100.9, 192.0.2.1, 10.9.9.9"},
        {"addr": "192.0.2.1", "from": None},
    ),
    "past proxies with ports": (
        {"for": "192.0.2.1:7,[2001:db8:ffff::2]:8 ,10.9.9.9:9"},
        {"addr": "192.0.2.1", "from": "7"},
    ),
    "proxies only": ({"for": "10.1.1.1, 10.2.2.2"}, {"addr": "10.1.1.1", "from": None}),
    "empty entries": ({"for": " ,192.0.2.1,, "}, {"addr": "192.0.2.1", "from": None}),
    "unknown": ({"for": "unknown"}, {}),
    "left of unknown": ({"for": "192.0.2.1, unknown"}, {}),
    "left of unknown and a proxy": (
        {"for": "192.0.2.1, _hidden, 10.2.2.2"},
        {"addr": "10.2.2.2", "from": None},
    ),
    "an empty field": ({"for": ""}, {}),
    "no address": ({"for": "192.0.2.256"}, {}),
    "a name": ({"for": "client.example"}, {}),
    "a zone": ({"for": "fe80::1%eth0"}, {}),
    "a port that is too large": ({"for": "192.0.2.1:65536"}, {}),
    "a port that is none": ({"for": "192.0.2.1:http"}, {}),
    "no port after the colon": ({"for": "192.0.2.1:"}, {}),
    "half a bracket": ({"for": "[2001:db8::1"}, {}),
    "something after the bracket": ({"for": "[2001:db8::1]5"}, {}),
    "quotes": ({"for": '"192.0.2.1"'}, {}),
    "nulls and letters": ({"for": "\xe9\xff \x7f"}, {}),
    "other digits": ({"for": "192.0.2.\u00b2"}, {}),
    "https": ({"proto": "https"}, {"scheme": "https"}),
    "HTTPS": ({"proto": "HTTPS"}, {"scheme": "https"}),
    "another scheme": ({"proto": "gopher"}, {}),
    "the last scheme": ({"proto": "http, https"}, {"scheme": "https"}),
    "the scheme of the client's proxy": (
        {"for": "192.0.2.1, 10.9.9.9", "proto": "https, http"},
        {"addr": "192.0.2.1", "from": None, "scheme": "https"},
    ),
    "no scheme of the client's own": (
        {"for": "6.6.6.6, 192.0.2.1", "proto": "https, http"},
        {"addr": "192.0.2.1", "from": None},
    ),
    "fewer schemes than proxies": (
        {"for": "192.0.2.1, 10.8.8.8, 10.9.9.9", "proto": "https"},
        {"addr": "192.0.2.1", "from": None, "scheme": "https"},
    ),
    "a host": ({"host": "a.example"}, {"host": "a.example", "name": "a.example"}),
    "a host with a port": (
        {"host": "a.example:443"},
        {"host": "a.example:443", "name": "a.example", "port": "443"},
    ),
    "a host of IPv6": ({"host": "[::1]:443"}, {"host": "[::1]:443", "name": "::1", "port": "443"}),
    "a host that is none": ({"host": "a b"}, {}),
    "a host with a path": ({"host": "a/b"}, {}),
    "the last host": ({"host": "b.example, a.example"}, {"host": "a.example", "name": "a.example"}),
    "a port": ({"port": "443"}, {"port": "443"}),
    "a port against that of the host": (
        {"host": "a.example:80", "port": "443"},
        {"host": "a.example:80", "name": "a.example", "port": "443"},
    ),
    "a port that is negative": ({"port": "-1"}, {}),
    "a port beyond": ({"port": "65536"}, {}),
    "other digits as port": ({"port": "\u0664"}, {}),
    "everything": (
        {"for": "192.0.2.1", "proto": "https", "host": "a.example", "port": "443"},
        {
            "addr": "192.0.2.1",
            "from": None,
            "scheme": "https",
            "host": "a.example",
            "name": "a.example",
            "port": "443",
        },
    ),
}


def _told(environ: dict[str, Any]) -> dict[str, str | None]:
    return {key: environ.get(name) for key, name in BEHIND.items()}


@pytest.mark.parametrize(("fields", "differs"), BELIEVED.values(), ids=BELIEVED)
def test_named_proxy_is_believed(fields: dict[str, str], differs: dict[str, str | None]) -> None:
    environ = _environ(fields)
    assert _told(environ) == AS_IT_COMES | differs
    assert ("REMOTE_PORT" in environ) == (environ.get("REMOTE_PORT") is not None)


@pytest.mark.parametrize("fields", [fields for fields, _ in BELIEVED.values()], ids=BELIEVED)
def test_fields_of_others_are_dropped(fields: dict[str, str]) -> None:
    environ = _environ(fields, peer=CLIENT)
    assert _told(environ) == AS_IT_COMES | {"addr": "192.0.2.1", "from": "50000"}
    assert not set(FIELDS.values()) & set(environ)


# (who is named, peer, endpoint is a unix socket, whether the peer is believed)
PEERS: list[tuple[tuple[str, ...], Any, bool, bool]] = [
    (("10.0.0.1",), PROXY, False, True),
    (("10.0.0.2",), PROXY, False, False),
    (("10.0.0.0/24",), PROXY, False, True),
    (("10.0.0.0/24",), ("::ffff:10.0.0.9", 1, 0, 0), False, True),
    (("2001:db8::/32",), ("2001:db8::5", 1, 0, 0), False, True),
    (("2001:db8::/32",), PROXY, False, False),
    (("*",), CLIENT, False, True),
    (("unix",), CLIENT, False, False),
    (("unix",), "", True, True),
    (("unix",), b"\0name", True, True),
    (("*",), "", True, True),
    (("10.0.0.1",), "", True, False),
    # It is the proxy that has written the fields, whomever it names in a PROXY header.
    (("10.0.0.1",), Source(*CLIENT, via=PROXY), False, True),
    (("192.0.2.1",), Source(*CLIENT, via=PROXY), False, False),
    (("unix",), Source(*CLIENT, via=""), True, True),
]


@pytest.mark.parametrize(("named", "peer", "is_unix", "believed"), PEERS)
def test_peer_has_to_be_named(
    named: tuple[str, ...], peer: Any, is_unix: bool, believed: bool
) -> None:
    environ = _environ({"for": "203.0.113.3", "proto": "https"}, peer, named, is_unix)
    assert (environ["REMOTE_ADDR"] == "203.0.113.3") == believed
    assert environ["wsgi.url_scheme"] == ("https" if believed else "http")


# (peer, endpoint is a unix socket, REMOTE_ADDR, REMOTE_PORT)
SOURCES: list[tuple[Any, bool, str, str | None]] = [
    (PROXY, False, "10.0.0.1", "40000"),
    (Source(*CLIENT, via=PROXY), False, "192.0.2.1", "50000"),
    (Source(*CLIENT, via=""), True, "192.0.2.1", "50000"),
    (Source("", 0, ""), True, "", None),
    ("", True, "", None),
]


@pytest.mark.parametrize(("peer", "is_unix", "host", "port"), SOURCES)
def test_client_of_a_proxy_header(peer: Any, is_unix: bool, host: str, port: str | None) -> None:
    fields = {"for": "203.0.113.3", "proto": "https"}
    environ = _environ(fields, peer, None, is_unix)
    assert (environ["REMOTE_ADDR"], environ.get("REMOTE_PORT")) == (host, port)
    assert environ["HTTP_X_FORWARDED_FOR"] == "203.0.113.3"


def test_everyone_named_is_the_first_of_the_list() -> None:
    assert _environ({"for": "6.6.6.6, 192.0.2.1"}, named=("*",))["REMOTE_ADDR"] == "6.6.6.6"


def test_only_so_many_hops_are_looked_at() -> None:
    field = ", ".join(f"10.0.{number // 256}.{number % 256}" for number in range(1000))
    last = 1000 - MOST_HOPS
    assert _environ({"for": field})["REMOTE_ADDR"] == f"10.0.{last // 256}.{last % 256}"


def test_without_a_proxy_the_environ_is_the_plain_one() -> None:
    request = Request("GET", "/", True, {"HTTP_HOST": "a"})
    end = endpoint("h", "1", is_unix=False, errors=io.StringIO(), threads=True, processes=True)
    body = RequestBody(Nothing(), request)
    plain = environ_of(request, CLIENT, end, body)
    assert environ_behind(Peers(NAMED))(request, CLIENT, end, body) == plain
