from __future__ import annotations

import pytest

from spawning.http.errors import BadRequest
from spawning.http.framing import delimit_response, frame_request, response_has_body
from spawning.http.parser import meta_variable

HOST = {"HTTP_HOST": "a"}


# (http11, Connection, whether it stays open)
KEPT = [
    (True, None, True),
    (True, "close", False),
    (True, "Close", False),
    (True, "keep-alive", True),
    (True, "keep-alive, close", False),
    (True, " TE ,\tclose ", False),
    (True, "closed", True),
    (True, "", True),
    (False, None, False),
    (False, "keep-alive", True),
    (False, "TE, Keep-Alive", True),
    (False, "keep-alive, close", False),
    (False, "keep-alives", False),
]


@pytest.mark.parametrize(("http11", "connection", "kept"), KEPT)
def test_connection_says_whether_it_stays_open(
    http11: bool, connection: str | None, kept: bool
) -> None:
    headers = HOST if connection is None else {**HOST, "HTTP_CONNECTION": connection}
    assert frame_request("GET", "/", http11, dict(headers)).keep_alive is kept


# (http11, further fields, content_length, chunked, expects_continue)
BODIES = [
    (True, {}, 0, False, False),
    (True, {"CONTENT_LENGTH": "0"}, 0, False, False),
    (True, {"CONTENT_LENGTH": "007"}, 7, False, False),
    (True, {"CONTENT_LENGTH": "9" * 18}, 10**18 - 1, False, False),
    (True, {"HTTP_TRANSFER_ENCODING": "chunked"}, 0, True, False),
    (True, {"HTTP_TRANSFER_ENCODING": "CHUNKED"}, 0, True, False),
    (True, {"HTTP_EXPECT": "100-continue"}, 0, False, True),
    (True, {"HTTP_EXPECT": "100-Continue", "CONTENT_LENGTH": "5"}, 5, False, True),
    (True, {"HTTP_EXPECT": "200-ok"}, 0, False, False),
    (False, {"HTTP_EXPECT": "100-continue"}, 0, False, False),
]


@pytest.mark.parametrize(("http11", "more", "length", "chunked", "expects"), BODIES)
def test_a_body_is_delimited(
    http11: bool, more: dict[str, str], length: int, chunked: bool, expects: bool
) -> None:
    request = frame_request("POST", "/", http11, {**HOST, **more})
    assert (request.content_length, request.chunked) == (length, chunked)
    assert request.expects_continue is expects


# (http11, fields, status)
REFUSED = [
    (True, {}, "400"),
    (True, {**HOST, "CONTENT_LENGTH": ""}, "400"),
    (True, {**HOST, "CONTENT_LENGTH": "+5"}, "400"),
    (True, {**HOST, "CONTENT_LENGTH": "-5"}, "400"),
    (True, {**HOST, "CONTENT_LENGTH": "5_0"}, "400"),
    (True, {**HOST, "CONTENT_LENGTH": "5 "}, "400"),
    (True, {**HOST, "CONTENT_LENGTH": "\u0665"}, "400"),
    (True, {**HOST, "CONTENT_LENGTH": "\u00b2"}, "400"),
    (True, {**HOST, "CONTENT_LENGTH": "5, 5"}, "400"),
    (True, {**HOST, "CONTENT_LENGTH": "9" * 19}, "400"),
    (True, {**HOST, "CONTENT_LENGTH": "5", "HTTP_TRANSFER_ENCODING": "chunked"}, "400"),
    (True, {**HOST, "HTTP_TRANSFER_ENCODING": "gzip, chunked"}, "501"),
    (True, {**HOST, "HTTP_TRANSFER_ENCODING": "identity"}, "501"),
    (True, {**HOST, "HTTP_TRANSFER_ENCODING": ""}, "501"),
    (False, {**HOST, "HTTP_TRANSFER_ENCODING": "chunked"}, "400"),
]


@pytest.mark.parametrize(("http11", "headers", "status"), REFUSED)
def test_ambiguous_framing_is_refused(http11: bool, headers: dict[str, str], status: str) -> None:
    with pytest.raises(BadRequest) as refusal:
        frame_request("POST", "/", http11, headers)
    assert refusal.value.status[:3] == status


# (method, target, path and query, Host); None where it is refused
TARGETS = [
    ("GET", "/a?b", "/a?b", "a"),
    ("GET", "//a/b", "//a/b", "a"),
    ("GET", "/http://b/", "/http://b/", "a"),
    ("OPTIONS", "*", "*", "a"),
    ("GET", "http://b/c?d", "/c?d", "b"),
    ("GET", "HTTPS://b:81", "/", "b:81"),
    ("GET", "http://b?c", "/?c", "b"),
    ("GET", "http://b?c/d", "/?c/d", "b"),
    ("GET", "http://[::1]/c", "/c", "[::1]"),
    ("GET", "*", None, ""),
    ("GET", "", None, ""),
    ("GET", "a", None, ""),
    ("CONNECT", "b:443", None, ""),
    ("GET", "http:/b", None, ""),
    ("GET", "http:///b", None, ""),
    ("GET", "http://?b", None, ""),
    ("GET", "http://u:p@b/", None, ""),
    ("GET", "file:///b", None, ""),
]


@pytest.mark.parametrize(("method", "target", "path", "host"), TARGETS)
def test_a_target_becomes_a_path(method: str, target: str, path: str | None, host: str) -> None:
    if path is None:
        with pytest.raises(BadRequest):
            frame_request(method, target, True, dict(HOST))
    else:
        request = frame_request(method, target, True, dict(HOST))
        assert (request.target, request.headers["HTTP_HOST"]) == (path, host)


@pytest.mark.parametrize(
    ("method", "code", "has_body"),
    [
        ("GET", 200, True),
        ("GET", 404, True),
        ("POST", 500, True),
        ("GET", 205, True),
        ("HEAD", 200, False),
        ("HEAD", 404, False),
        ("GET", 100, False),
        ("GET", 101, False),
        ("GET", 204, False),
        ("GET", 304, False),
    ],
)
def test_some_responses_have_no_body(method: str, code: int, has_body: bool) -> None:
    assert response_has_body(method, code) is has_body


@pytest.mark.parametrize(
    ("http11", "keep_alive", "expected"),
    [
        (True, True, (True, True)),
        (True, False, (True, False)),
        (False, True, (False, False)),
        (False, False, (False, False)),
    ],
)
def test_a_body_of_unknown_length_is_chunked_or_ended_by_the_close(
    http11: bool, keep_alive: bool, expected: tuple[bool, bool]
) -> None:
    assert delimit_response(http11, keep_alive) == expected


@pytest.mark.parametrize(
    ("name", "key"),
    [
        (b"Host", "HTTP_HOST"),
        (b"user-agent", "HTTP_USER_AGENT"),
        (b"Content-Type", "CONTENT_TYPE"),
        (b"CONTENT-LENGTH", "CONTENT_LENGTH"),
        (b"Content-Encoding", "HTTP_CONTENT_ENCODING"),
        (b"X_Forwarded_For", ""),
        (b"_", ""),
    ],
)
def test_a_field_becomes_a_meta_variable(name: bytes, key: str) -> None:
    assert meta_variable(name) == key
