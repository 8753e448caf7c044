"""Which policies let our script run, and who may ask what."""

from __future__ import annotations

import pytest

from spawning_devtools.browsers import asks_for_itself, means_us
from spawning_devtools.livereload.policy import nonce_for

# (policies, nonce, None for a page that is left alone)
POLICIES: list[tuple[list[str], str | None]] = [
    ([], ""),
    (["img-src 'none'"], ""),
    (["script-src 'self'"], ""),
    (["default-src 'self'; style-src 'none'"], ""),
    (["script-src *; connect-src *"], ""),
    (["script-src http:; connect-src http://localhost:8000/"], ""),
    (["script-src localhost:8000; script-src 'none'"], ""),
    (["script-src 'none'"], None),
    (["default-src 'none'"], None),
    (["default-src https:"], None),
    (["default-src https://localhost:8000"], None),
    (["script-src 'self'; connect-src https://api.example"], None),
    (["script-src 'self'; default-src 'none'"], None),
    (["script-src 'self' 'strict-dynamic'"], None),
    (["script-src 'nonce-AbC+/_-=' 'strict-dynamic'"], "AbC+/_-="),
    (["script-src-elem 'nonce-x'; script-src 'none'; connect-src 'self'"], "x"),
    (["script-src 'nonce-x\">'"], None),
    (["script-src 'self', default-src 'none'"], None),
    (["script-src 'self'", "script-src 'nonce-x'"], "x"),
    (["script-src 'nonce-y'", "script-src 'nonce-x'"], None),
    (["script-src 'nonce-x'", "script-src 'nonce-x'"], "x"),
    (["sandbox allow-scripts"], None),
    (["sandbox allow-scripts allow-same-origin"], ""),
    (["; ;"], ""),
]


@pytest.mark.parametrize(("policies", "nonce"), POLICIES)
@pytest.mark.parametrize("suffix", ["", "-Report-Only"])
def test_nonce(policies: list[str], nonce: str | None, suffix: str) -> None:
    fields = [(f"Content-Security-Policy{suffix}", policy) for policy in policies]
    assert nonce_for([("X", "script-src 'none'"), *fields], "http", "localhost:8000") == nonce


# (fields of the request, whether it is one of our own pages' or no browser's)
ASKING = [
    ({}, True),
    ({"HTTP_SEC_FETCH_SITE": "same-origin"}, True),
    ({"HTTP_SEC_FETCH_SITE": "none"}, True),
    ({"HTTP_SEC_FETCH_SITE": "cross-site"}, False),
    ({"HTTP_SEC_FETCH_SITE": "same-site"}, False),
    ({"HTTP_ORIGIN": "http://localhost:8000"}, True),
    ({"HTTP_ORIGIN": "http://localhost:9000"}, False),
    ({"HTTP_ORIGIN": "https://evil.example"}, False),
    ({"HTTP_ORIGIN": "null"}, False),
]


@pytest.mark.parametrize(("fields", "is_own"), ASKING)
def test_who_asks(fields: dict[str, str], is_own: bool) -> None:
    assert asks_for_itself({"HTTP_HOST": "localhost:8000", **fields}) is is_own


@pytest.mark.parametrize(
    "host",
    [
        "",
        "localhost",
        "localhost:1",
        "127.0.0.1:1",
        "[::1]:1",
        "10.1.2.3",
        "shop.localhost:1",
        "DEV",
    ],
)
def test_who_sees_source(host: str) -> None:
    assert means_us(host, "dev")


@pytest.mark.parametrize(
    "host", ["evil.example:1", "127.0.0.1.evil.example", "localhost.evil", "x"]
)
def test_who_sees_none(host: str) -> None:
    assert not means_us(host, "127.0.0.1")
