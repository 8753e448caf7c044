"""What is plain is taken by llhttp as it is here; what is not plain is left to it."""

from __future__ import annotations

import pytest

from spawning.http.parser import parse
from spawning.http.plain import plain_beginning, plain_field

BEGIN, HOST, END = b"GET / HTTP/1.1\r\n", b"Host: a.example\r\n", b"\r\n"


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ("Accept: */*", ("HTTP_ACCEPT", "*/*")),
        ("Content-Type: text/plain; a=b", ("CONTENT_TYPE", "text/plain; a=b")),
        ("X-1: : ", None),
        ("X-1: : :", ("HTTP_X_1", ": :")),
        ("Connection: keep-alive", ("HTTP_CONNECTION", "keep-alive")),
    ],
)
def test_a_plain_field_is_name_and_value(line: str, field: tuple[str, str] | None) -> None:
    assert plain_field(line) == field
    if field is not None:
        told = parse(BEGIN + HOST + line.encode() + END + END, 9)
        assert told.headers == {"HTTP_HOST": "a.example", field[0]: field[1]}
        assert (told.content_length, told.chunked, told.keep_alive) == (0, False, True)


@pytest.mark.parametrize(
    "line",
    [
        "",
        ": a",
        "X",
        "X:",
        "X: ",
        "X:a",
        "X : a",
        " X: a",
        "X:  a",
        "X: a ",
        "X: a\t",
        "X: a\tb",
        "X: a\x7f",
        "X: a\x00",
        "X: \xe9",
        "X: a\nY: b",
        "X_Y: a",
        "X.Y: a",
        "X Y: a",
        "Proxy: a",
        "Host: a b",
        "Content-Length: 5",
        "content-length: 5",
        "Transfer-Encoding: chunked",
        "Expect: 100-continue",
        "Upgrade: h2c",
        "Connection: close",
        "Connection: Keep-Alive",
        "Proxy-Connection: close",
    ],
)
def test_what_delimits_or_is_odd_is_not_plain(line: str) -> None:
    assert plain_field(line) is None


def test_a_plain_request_line_is_method_and_target() -> None:
    assert plain_beginning(b"PUT /a/%20?b=c&d=[1] HTTP/1.1\r\n") is None
    assert plain_beginning(b"PUT /a/%20?b=c&d=1 HTTP/1.1\r\n") == ("PUT", "/a/%20?b=c&d=1")


@pytest.mark.parametrize(
    "line",
    [
        b"GET / HTTP/1.0\r\n",
        b"GET / HTTP/1.1\n",
        b"GET / HTTP/1.1",
        b"GET  / HTTP/1.1\r\n",
        b"GET * HTTP/1.1\r\n",
        b"GET http://a/ HTTP/1.1\r\n",
        b"GET /#a HTTP/1.1\r\n",
        b"GET /\xff HTTP/1.1\r\n",
        b"CONNECT / HTTP/1.1\r\n",
        b"get / HTTP/1.1\r\n",
    ],
)
def test_any_other_request_line_is_not_plain(line: bytes) -> None:
    assert plain_beginning(line) is None
