"""Who may see coverage, and who may change what is measured."""

from __future__ import annotations

import sys
from typing import Any, cast

import pytest

from spawning.config import Config
from spawning.http.body import RequestBody
from spawning.http.peers import Peers
from spawning.http.proxy_protocol import Source
from spawning.http.request import Request
from spawning.wsgi.environ import Endpoint, endpoint
from spawning_devtools.browsers import asks_for_itself
from spawning_devtools.cover.keeper.guard import Visitor, refusal
from spawning_devtools.cover.keeper.visitors import VISITOR, Visitors

LOCAL, LOCAL6 = Visitor("127.0.0.1", is_same_user=True), Visitor("::1", is_same_user=True)
UNIX = Visitor("")
FAR = Visitor("10.0.0.7")
BODY = RequestBody(cast(Any, None), Request("GET", "/", True, {}))

SEEN = [
    (LOCAL, "localhost:8080"),
    (LOCAL, ""),
    (LOCAL, "127.0.0.1"),
    (LOCAL, "192.168.1.5:80"),
    (LOCAL, "[::1]:8080"),
    (LOCAL, "shop.localhost"),
    (LOCAL, "LOCALHOST."),
    (LOCAL, "dev.example"),
    (LOCAL6, "localhost"),
    (Visitor("::ffff:127.0.0.1", is_same_user=True), "localhost"),
    (Visitor("127.8.9.1", is_same_user=True), "localhost"),
    (Visitor("", is_admitted=True), "whatever.example"),
]


@pytest.mark.parametrize(("visitor", "host"), SEEN)
def test_who_sees_it(visitor: Visitor, host: str) -> None:
    environ = {"HTTP_HOST": host, "SERVER_NAME": "dev.example"}
    assert refusal(visitor, environ, Peers(())) == ""


NOT_SEEN = [
    (FAR, {}, "to this machine only"),
    (Visitor("10.0.0.7", is_same_user=True), {}, "to this machine only"),
    (Visitor("127.0.0.1"), {}, "to the user who started the server"),
    (Visitor("127.0.0.1"), {}, "--coverage-allow-ips=127.0.0.1"),
    (UNIX, {}, "--coverage-allow-ips=unix"),
    (Visitor("fe80::1"), {}, "--coverage-allow-ips=fe80::1"),
    (FAR, {"HTTP_X_FORWARDED_FOR": "127.0.0.1"}, "--coverage-allow-ips=10.0.0.7"),
    (LOCAL, {"HTTP_HOST": "evil.example"}, "this host name may lead here"),
    (LOCAL, {"HTTP_HOST": "evil.example:8080"}, "ask localhost"),
    (LOCAL, {"HTTP_HOST": "localhost.evil.example"}, "ask localhost"),
    (LOCAL, {"HTTP_HOST": "evillocalhost"}, "ask localhost"),
    (UNIX, {"HTTP_HOST": "evil.example"}, "--coverage-allow-ips=unix"),
    (LOCAL, {"HTTP_X_FORWARDED_FOR": "10.0.0.7"}, "came through a proxy"),
    (LOCAL, {"HTTP_X_FORWARDED_FOR": ""}, "came through a proxy"),
    (LOCAL, {"HTTP_FORWARDED": "for=127.0.0.1"}, "came through a proxy"),
    (LOCAL, {"HTTP_VIA": "1.1 proxy"}, "came through a proxy"),
    (LOCAL, {"HTTP_X_REAL_IP": "10.0.0.7"}, "--coverage-allow-ips=127.0.0.1"),
    (UNIX, {"HTTP_X_FORWARDED_FOR": "10.0.0.7"}, "--coverage-allow-ips=unix"),
    (Visitor("127.0.0.1", client="127.0.0.1"), {}, "--coverage-allow-ips=127.0.0.1"),
    (Visitor("127.0.0.1", client="10.0.0.7"), {}, "show it to 10.0.0.7 as well"),
    (Visitor("127.0.0.1", client=""), {}, "came through a proxy"),
]


@pytest.mark.parametrize(("visitor", "fields", "why"), NOT_SEEN)
def test_who_does_not_see_it_and_is_told_why(
    visitor: Visitor, fields: dict[str, str], why: str
) -> None:
    environ = {"HTTP_HOST": "localhost", "SERVER_NAME": "127.0.0.1", **fields}
    said = refusal(visitor, environ, Peers(()))
    assert why in said
    assert said.endswith(".")
    assert "\n" not in said


ALLOWED = [
    (FAR, "10.0.0.0/8"),
    (FAR, "10.0.0.7"),
    (FAR, "*"),
    (LOCAL, "127.0.0.1"),
    (UNIX, "unix"),
    (UNIX, "*"),
    (Visitor("127.0.0.1", client="10.0.0.7"), "10.0.0.7"),
    (Visitor("127.0.0.1", client="10.0.0.7"), "127.0.0.1"),
    (Visitor("", client="10.0.0.7"), "10.0.0.7"),
    (Visitor("127.0.0.1", client=""), "*"),
]


@pytest.mark.parametrize(("visitor", "names"), ALLOWED)
def test_whom_the_option_names_sees_it_by_any_name_and_way(visitor: Visitor, names: str) -> None:
    environ = {
        "HTTP_HOST": "dev.example",
        "SERVER_NAME": "127.0.0.1",
        "HTTP_X_FORWARDED_FOR": "192.0.2.1",
    }
    assert refusal(visitor, environ, Peers([names])) == ""


NOT_ALLOWED = [
    (FAR, "10.0.0.8"),
    (FAR, "unix"),
    (UNIX, "127.0.0.1"),
    (Visitor("127.0.0.1", client=""), "unix"),
    (Visitor("127.0.0.1", client="10.0.0.7"), "10.0.0.8"),
]


@pytest.mark.parametrize(("visitor", "names"), NOT_ALLOWED)
def test_whom_it_does_not_name(visitor: Visitor, names: str) -> None:
    environ = {"HTTP_HOST": "dev.example", "SERVER_NAME": "127.0.0.1"}
    assert refusal(visitor, environ, Peers([names]))


CHANGES = [
    ({}, True),
    ({"HTTP_ORIGIN": "http://localhost:8080"}, True),
    ({"HTTP_ORIGIN": "http://localhost:8080", "HTTP_SEC_FETCH_SITE": "same-origin"}, True),
    ({"HTTP_SEC_FETCH_SITE": "none"}, True),
    ({"HTTP_ORIGIN": "http://localhost:9090"}, False),
    ({"HTTP_ORIGIN": "https://evil.example"}, False),
    ({"HTTP_ORIGIN": "null"}, False),
    ({"HTTP_SEC_FETCH_SITE": "same-site"}, False),
    ({"HTTP_SEC_FETCH_SITE": "cross-site"}, False),
    ({"HTTP_ORIGIN": "http://localhost:8080", "HTTP_SEC_FETCH_SITE": "cross-site"}, False),
]


@pytest.mark.parametrize(("fields", "may"), CHANGES)
def test_who_changes_what_is_measured(fields: dict[str, str], may: bool) -> None:
    assert asks_for_itself({"HTTP_HOST": "localhost:8080", **fields}) is may


# ---------------------------------------------------------------- who a visitor is

TOLD = {"HTTP_HOST": "inner", "HTTP_X_FORWARDED_FOR": "10.0.0.7", "HTTP_X_FORWARDED_HOST": "outer"}
PEER, PROXY, PROTOCOL = ("10.0.0.7", 5), ("127.0.0.1", 5), Source("10.0.0.7", 5, ("127.0.0.1", 9))

VISITORS = [
    (PEER, {"HTTP_HOST": "x"}, (), Visitor("10.0.0.7"), "x"),
    (PROXY, TOLD, (), Visitor("127.0.0.1"), "inner"),
    (PROXY, TOLD, ("127.0.0.1",), Visitor("127.0.0.1", "10.0.0.7"), "outer"),
    (PROXY, {}, ("127.0.0.1",), Visitor("127.0.0.1"), ""),
    (PEER, TOLD, ("127.0.0.1",), Visitor("10.0.0.7"), "inner"),
    (PROTOCOL, {}, (), Visitor("127.0.0.1", "10.0.0.7"), ""),
    (PROTOCOL, TOLD, (), Visitor("127.0.0.1", "10.0.0.7"), "inner"),
    (Source("", 0, ""), {}, (), Visitor("", ""), ""),
]


@pytest.mark.parametrize(("peer", "fields", "proxies", "visitor", "host"), VISITORS)
def test_who_asks(
    peer: Any, fields: dict[str, str], proxies: tuple[str, ...], visitor: Visitor, host: str
) -> None:
    config = Config(args=("a",), forwarded_allow_ips=proxies)
    visitors = Visitors(config, end(True))
    environ = visitors.environ_of(request(fields), peer, end(False), BODY)
    assert environ[VISITOR] == visitor
    assert environ.get("HTTP_HOST", "") == host
    for name in fields.keys() - {"HTTP_HOST"}:
        assert environ[name] == fields[name]


def test_who_is_admitted() -> None:
    inside = end(True)
    visitors = Visitors(Config(args=("a",)), inside)
    for where, is_admitted in ((inside, True), (end(True), False)):
        environ = visitors.environ_of(request({}), "", where, BODY)
        assert environ[VISITOR] == Visitor("", is_admitted=is_admitted)


def end(is_unix: bool) -> Endpoint:
    return endpoint(
        "127.0.0.1", "80", is_unix=is_unix, errors=sys.stderr, threads=True, processes=False
    )


def request(fields: dict[str, str]) -> Request:
    return Request("GET", "/_coverage", True, dict(fields))
