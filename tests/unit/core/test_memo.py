"""A head that is told by the memo is what the parser says of it."""

from __future__ import annotations

import random
from typing import Any

import pytest

from spawning.http.head import END_OF_HEAD
from spawning.http.memo import LONGEST, MOST_BLOCKS, MOST_LINES, HeadMemo
from spawning.http.parser import parse
from spawning.http.request import BadRequest, Request

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
    b"Host: a.example\r\nContent-Length:  +5\r\nContent-Length: 5\r\n\r\n",
    b"Host: a.example\r\nX-Empty:\r\nX-Blank: \t \r\nX-Text:\t\xe9 \t\r\nX-~a.b: 1\r\n\r\n",
    b"Host: a.example\r\n folded: no\r\nProxy-Connection: close\r\n\r\n",
    b"Host: a.example\r\nX-A: 1\r\nx-a: 2\r\nHost : b\r\n\r\n",
    b"\r\n\r\n",
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
NOISE = b"\r\n\t :;,#?%/\\\"'\0\x7f\x80Aa1"


def _told(parsed: Any, head: bytes) -> Any:
    try:
        request: Request = parsed(head)
    except BadRequest as error:
        return error.status, error.reason
    return {name: getattr(request, name) for name in Request.__slots__}


def _mutated(head: bytes, chance: random.Random) -> bytes:
    text = bytearray(head)
    for _ in range(chance.choice((0, 1, 1, 2))):
        at = chance.randrange(len(text))
        text[at : at + chance.choice((0, 1))] = bytes([chance.choice(NOISE)])
    return bytes(text)


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
        if head.find(END_OF_HEAD) != len(head) - len(END_OF_HEAD):
            continue  # nobody would take it for a whole head
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


@pytest.mark.parametrize("number", [3, 4])
def test_fields_are_counted(number: int) -> None:
    """Of a head whose fields are all of the plainest form, the first time and later."""
    memo = HeadMemo(3)
    head = LINES[0] + b"Host: a\r\n" + b"".join(b"X-%d: a\r\n" % n for n in range(1, number))
    for _ in range(3):
        told = _told(memo.parse, head + b"\r\n")
        assert told == _told(lambda h: parse(h, 3), head + b"\r\n")
        assert ("headers" in told) == (number == 3)


def test_blocks_that_say_something_new_each_time_are_not_remembered() -> None:
    memo = HeadMemo(200)
    for number in range(9):
        memo.parse(LINES[0] + b"Host: a\r\nX-Number: %d\r\n\r\n" % number)
    assert not memo._blocks
    memo.parse(LINES[0] + b"Host: a\r\nX-Number: 3\r\n\r\n")
    assert len(memo._blocks) == 1


def test_memory_is_bounded_whatever_comes() -> None:
    memo = HeadMemo(200)
    for number in range(3 * MOST_LINES):
        for _ in range(2):
            memo.parse(LINES[0] + b"Host: a%d\r\n\r\n" % number)
        memo.parse(LINES[0] + b"Host: a%d\r\nX: %b\r\n\r\n" % (number, b"x" * LONGEST))
    assert 0 < len(memo._lines) <= MOST_LINES
    assert 0 < len(memo._blocks) <= MOST_BLOCKS
    assert all(len(one) <= LONGEST for one in (*memo._lines, *memo._blocks))
