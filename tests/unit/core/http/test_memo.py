"""A head that is told by the memo is what the parser says of it."""

from __future__ import annotations

import random
from typing import Any

import pytest

from spawning.http.errors import BadRequest
from spawning.http.head import END_OF_HEAD
from spawning.http.memo import LONGEST, MOST, MOST_LINES, HeadMemo
from spawning.http.parser import parse
from spawning.http.request import Request

FIELDS = (
    b"Host: a.example\r\n\r\n",
    b"host: a.example\r\nConnection: close\r\n\r\n",
    b"Host: a.example\r\nContent-Length: 5\r\nContent-Type: text/plain\r\n\r\n",
    b"Host: a.example\r\nCookie: a=1\r\nCookie: b=2\r\nX_Y: no\r\nProxy: no\r\n\r\n",
    b"Host: a.example\r\nTransfer-Encoding: chunked\r\n\r\n",
    b"Host: a.example\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n",
    b"Host: a.example\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n",
    b"Connection: keep-alive\r\n\r\n",
    b"Host: a b\r\n\r\n",
)
LINES = (
    b"GET / HTTP/1.1\r\n",
    b"POST /a?b=c&d=%20 HTTP/1.1\r\n",
    b"HEAD /x HTTP/1.0\r\n",
    b"get / HTTP/1.1\r\n",
    b"CONNECT / HTTP/1.1\r\n",
    b"OPTIONS * HTTP/1.1\r\n",
    b"GET http://b.example/ HTTP/1.1\r\n",
    b"GET /a#b HTTP/1.1\r\n",
    b"GET  / HTTP/1.1\r\n",
    b"GET / HTTP/1.1\n",
    b"GET /\xff HTTP/1.1\r\n",
    b"BREW / HTTP/1.1\r\n",
    b"GET / HTTP/2.0\r\n",
)
ATTRIBUTES = (
    "chunked content_length expects_continue headers http11 keep_alive method target".split()
)
NOISE = b"\r\n\t :;,#?%/\\\"'\0\x7f\x80Aa1"


def _told(parsed: Any, head: bytes) -> Any:
    try:
        request: Request = parsed(head)
    except BadRequest as error:
        return error.status, error.reason
    told = {name: getattr(request, name) for name in ATTRIBUTES}
    return told | {"line": request.line or request.make_line()}


def _mutated(head: bytes, chance: random.Random) -> bytes:
    text = bytearray(head)
    for _ in range(chance.choice((0, 1, 1, 2))):
        at = chance.randrange(len(text))
        text[at : at + chance.choice((0, 1))] = bytes([chance.choice(NOISE)])
    # What is parsed as a head ends with its first blank line (`head.end_of_head`).
    return bytes(text).partition(END_OF_HEAD)[0] + END_OF_HEAD


def test_lines_and_fields_together_are_what_the_parser_says() -> None:
    memo = HeadMemo(200)
    for _ in range(2):
        for line in LINES:
            for fields in FIELDS:
                head = line + fields
                assert _told(memo.parse, head) == _told(lambda h: parse(h, 200), head), head


@pytest.mark.parametrize("seed", range(4))
def test_heads_with_errors_are_what_the_parser_says(seed: int) -> None:
    chance = random.Random(seed)
    memo = HeadMemo(200)
    for _ in range(3000):
        head = _mutated(chance.choice(LINES) + chance.choice(FIELDS), chance)
        assert _told(memo.parse, head) == _told(lambda h: parse(h, 200), head), head


def test_the_fields_of_a_request_are_its_own() -> None:
    memo = HeadMemo(200)
    for _ in range(3):
        request = memo.parse(LINES[0] + FIELDS[0])
        assert request.headers == {"HTTP_HOST": "a.example"}
        request.headers["HTTP_HOST"] = "changed"


def test_a_body_that_may_come_or_not_is_asked_about_each_time() -> None:
    memo = HeadMemo(200)
    for _ in range(2):
        request = memo.parse(LINES[1] + FIELDS[5])
        assert request.expects_continue


def test_memory_is_bounded_whatever_comes() -> None:
    memo = HeadMemo(200)
    for number in range(3 * MOST):
        memo.parse(LINES[0] + b"Host: a%d\r\n\r\n" % number)
        memo.parse(LINES[0] + b"Host: a%d\r\nX: %b\r\n\r\n" % (number, b"x" * LONGEST))
    assert len(memo._known) <= MOST
    assert len(memo._beginnings) <= MOST
    assert len(memo._lines) <= MOST_LINES
    assert all(len(block) <= LONGEST for block in memo._known)
