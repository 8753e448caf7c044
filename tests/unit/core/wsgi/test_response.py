"""What an application's answer becomes on the wire (PEP 3333)."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from spawning.http.request import Request
from spawning.wsgi.fields import ApplicationError, date_line, http_date, status_code
from spawning.wsgi.heads import Heads
from spawning.wsgi.response import Response, simple
from unit.core.sent import Sent

Headers = list[tuple[str, str]]
PLAIN = [("Content-Type", "text/plain")]
DATE = re.compile(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT")


@dataclass
class Answer:
    """What the application does, for which request, and what the client gets of it."""

    result: Iterable[bytes]
    headers: Headers
    body: bytes
    """Everything after the head, coding included."""
    has: dict[str, str] = field(default_factory=dict)
    lacks: tuple[str, ...] = ()
    keep_alive: bool = True
    problem: str = ""
    method: str = "GET"
    http11: bool = True
    kept: bool = True
    status: str = "200 OK"
    writes: tuple[bytes, ...] = ()


def _length(number: int) -> Headers:
    return [*PLAIN, ("Content-Length", str(number))]


CL, TE = "content-length", "transfer-encoding"
CHUNKED = b"1\r\na\r\n2\r\nbc\r\n0\r\n\r\n"
HEAD: dict[str, Any] = {"method": "HEAD"}
TEN: dict[str, Any] = {"http11": False}

ANSWERS = {
    "one piece": Answer([b"abc"], PLAIN, b"abc", {CL: "3"}, (TE,)),
    "one piece in a tuple": Answer((b"abc",), PLAIN, b"abc", {CL: "3"}, (TE,)),
    "one piece from an iterator": Answer(iter([b"abc"]), PLAIN, b"3\r\nabc\r\n0\r\n\r\n"),
    "two pieces": Answer([b"a", b"bc"], PLAIN, CHUNKED, {TE: "chunked"}, (CL,)),
    "two pieces with a length": Answer([b"a", b"bc"], _length(3), b"abc", {CL: "3"}, (TE,)),
    "empty pieces between": Answer([b"", b"a", b"", b"bc", b""], PLAIN, CHUNKED),
    "nothing": Answer([], PLAIN, b"", {CL: "0"}, (TE,)),
    "one empty piece": Answer([b""], PLAIN, b"", {CL: "0"}, (TE,)),
    "only empty pieces": Answer([b"", b""], PLAIN, b"", {CL: "0"}, (TE,)),
    "nothing from an iterator": Answer(iter([]), PLAIN, b"", {CL: "0"}, (TE,)),
    "a long piece": Answer([b"x" * 100_000], PLAIN, b"x" * 100_000, {CL: "100000"}),
    "long pieces": Answer(
        [b"x" * 70_000] * 2, PLAIN, (b"11170\r\n" + b"x" * 70_000 + b"\r\n") * 2 + b"0\r\n\r\n"
    ),
    "a length of zero": Answer([], _length(0), b"", {CL: "0"}),
    "too many bytes in one piece": Answer(
        [b"abcd"], _length(3), b"abc", {CL: "3"}, problem="sent more bytes than its Content-Length"
    ),
    "too many bytes in two": Answer(
        [b"ab", b"cd"], _length(3), b"abc", problem="sent more bytes than its Content-Length"
    ),
    "a piece after the last byte": Answer(
        [b"abc", b"d"], _length(3), b"abc", problem="sent more bytes than its Content-Length"
    ),
    "too few bytes": Answer(
        [b"ab"],
        _length(3),
        b"ab",
        keep_alive=False,
        problem="sent 1 bytes fewer than its Content-Length",
    ),
    "no byte of those promised": Answer(
        [],
        _length(3),
        b"",
        keep_alive=False,
        problem="sent 3 bytes fewer than its Content-Length",
    ),
    "HEAD, as if it were GET": Answer([b"abc"], PLAIN, b"", {CL: "3"}, **HEAD),
    "HEAD, without a body": Answer([], PLAIN, b"", {}, (CL, TE), **HEAD),
    "HEAD, with a length": Answer([], _length(3), b"", {CL: "3"}, **HEAD),
    "HEAD, several pieces": Answer([b"a", b"bc"], PLAIN, b"", {}, (CL, TE), **HEAD),
    "204": Answer([], [], b"", {}, (CL, TE), status="204 No Content"),
    "204 with a body": Answer([b"abc"], [], b"", {}, (CL, TE), status="204 No Content"),
    # RFC 9110, 8.6: a 204 must not have one, and a client might wait for the bytes.
    "204 with a length": Answer([], _length(3), b"", {}, (CL, TE), status="204 No Content"),
    "304": Answer([], [], b"", {}, (CL, TE), status="304 Not Modified"),
    "304 with the length of the 200": Answer(
        [], _length(3), b"", {CL: "3"}, (TE,), status="304 Not Modified"
    ),
    "304 with a body": Answer([b"abc"], [], b"", {}, (TE,), status="304 Not Modified"),
    "HTTP/1.0, one piece": Answer(
        [b"abc"], PLAIN, b"abc", {CL: "3", "connection": "keep-alive"}, (TE,), **TEN
    ),
    "HTTP/1.0, two pieces": Answer(
        [b"a", b"bc"], PLAIN, b"abc", {"connection": "close"}, (CL, TE), keep_alive=False, **TEN
    ),
    "HTTP/1.0, two pieces with a length": Answer(
        [b"a", b"bc"], _length(3), b"abc", {CL: "3", "connection": "keep-alive"}, (TE,), **TEN
    ),
    "HTTP/1.0, not kept": Answer(
        [b"abc"], PLAIN, b"abc", {"connection": "close"}, keep_alive=False, kept=False, **TEN
    ),
    "not kept": Answer(
        [b"abc"], PLAIN, b"abc", {"connection": "close"}, keep_alive=False, kept=False
    ),
    "not kept and chunked": Answer(
        [b"a", b"bc"], PLAIN, CHUNKED, {"connection": "close"}, keep_alive=False, kept=False
    ),
    "kept": Answer([b"abc"], PLAIN, b"abc", {}, ("connection",)),
    "the application closes": Answer(
        [b"a"], [("Connection", "Close")], b"a", {"connection": "close"}, keep_alive=False
    ),
    "the application cannot keep": Answer(
        [b"a"], [("Connection", "keep-alive")], b"a", {"connection": "close"}, (), False, kept=False
    ),
    "an upgrade is not the application's": Answer(
        [b"a"], [("connection", "upgrade")], b"a", {}, ("connection",)
    ),
    "its own Date and Server": Answer(
        [b"a"], [("date", "today"), ("SERVER", "mine")], b"a", {"date": "today", "server": "mine"}
    ),
    "write()": Answer([], PLAIN, CHUNKED, {TE: "chunked"}, (CL,), writes=(b"a", b"", b"bc")),
    "write() and an iterable": Answer([b"bc"], PLAIN, CHUNKED, writes=(b"a",)),
    "write() with a length": Answer([], _length(3), b"abc", {CL: "3"}, (TE,), writes=(b"a", b"bc")),
    "write() of nothing": Answer([b"abc"], PLAIN, b"abc", {CL: "3"}, (TE,), writes=(b"",)),
    "write() and HTTP/1.0": Answer([], PLAIN, b"abc", keep_alive=False, writes=(b"abc",), **TEN),
    "write() and HEAD": Answer([], PLAIN, b"", {}, (CL, TE), writes=(b"abc",), **HEAD),
}


def _response(method: str = "GET", http11: bool = True, kept: bool = True) -> Any:
    sent = Sent()
    request = Request(method, "/", http11, {})
    request.keep_alive = kept
    return Response(request, sent, Heads()), sent


def _head(sent: Iterable[bytes]) -> tuple[str, dict[str, str], bytes]:
    """Return status line, header fields by name in lower case, and the rest."""
    head, _, rest = b"".join(sent).partition(b"\r\n\r\n")
    line, *lines = head.decode("latin-1").split("\r\n")
    fields: dict[str, str] = {}
    for text in lines:
        name, _, value = text.partition(": ")
        assert name.lower() not in fields
        fields[name.lower()] = value
    return line, fields, rest


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_answer_on_the_wire(answer: Answer) -> None:
    response, sent = _response(answer.method, answer.http11, answer.kept)
    write = response.start(answer.status, answer.headers)
    for data in answer.writes:
        write(data)
    response.send_all(answer.result)
    line, fields, body = _head(sent)
    assert line == f"HTTP/1.1 {answer.status}"
    assert body == answer.body
    assert answer.has.items() <= fields.items()
    assert not set(answer.lacks) & set(fields)
    assert {"date", "server"} <= set(fields)
    assert (response.keep_alive, response.problem) == (answer.keep_alive, answer.problem)


def test_head_and_first_piece_go_together_and_each_piece_at_once() -> None:
    response, sent = _response()
    pieces: list[int] = []

    def result() -> Iterator[bytes]:
        for piece in (b"", b"a", b"b"):
            pieces.append(len(sent))
            yield piece
        pieces.append(len(sent))

    response.start("200 OK", PLAIN)
    response.send_all(result())
    assert pieces == [0, 0, 1, 2]
    assert len(sent) == 3


def test_bytes_of_the_body_are_counted() -> None:
    for answer, size in ((ANSWERS["two pieces"], 3), (ANSWERS["HEAD, as if it were GET"], 0)):
        response, _sent = _response(answer.method)
        response.start("200 OK", PLAIN)
        response.send_all(list(answer.result))
        assert response.sent == size


def test_a_generator_may_call_start_response_late() -> None:
    response, sent = _response()

    def result() -> Iterator[bytes]:
        yield b""
        response.start("201 Created", PLAIN)
        yield b"abc"

    response.send_all(result())
    assert _head(sent)[0] == "HTTP/1.1 201 Created"


def _without_start(response: Response) -> None:
    response.send_all([b"abc"])


def _without_start_and_body(response: Response) -> None:
    response.send_all([])


def _twice(response: Response) -> None:
    response.start("200 OK", PLAIN)
    response.start("200 OK", PLAIN)


@pytest.mark.parametrize("call", [_without_start, _without_start_and_body, _twice])
def test_start_response_is_called_once(call: Callable[[Response], None]) -> None:
    response, sent = _response()
    with pytest.raises(ApplicationError):
        call(response)
    assert (sent, response.head_sent) == ([], False)


def _exc_info() -> Any:
    try:
        raise LookupError("the application's")
    except LookupError:
        return sys.exc_info()


def test_exc_info_replaces_a_head_that_was_not_sent() -> None:
    response, sent = _response()
    response.start("200 OK", [("X-First", "1")])
    response.start("500 Oh", [("X-Second", "2")], _exc_info())
    response.send_all([b"abc"])
    line, fields, _body = _head(sent)
    assert line == "HTTP/1.1 500 Oh"
    assert "x-second" in fields
    assert "x-first" not in fields


def test_exc_info_is_raised_once_the_head_is_sent() -> None:
    response, sent = _response()
    response.start("200 OK", PLAIN)(b"abc")
    before = list(sent)
    with pytest.raises(LookupError, match="the application's"):
        response.start("500 Oh", PLAIN, _exc_info())
    assert (sent, response.code) == (before, 200)


# Texts of the server's own.


@pytest.mark.parametrize(
    ("second", "text"),
    [
        (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
        (784111777, "Sun, 06 Nov 1994 08:49:37 GMT"),
        (4102444799, "Thu, 31 Dec 2099 23:59:59 GMT"),
    ],
)
def test_a_date_is_written_as_the_rfc_says(second: int, text: str) -> None:
    assert http_date(second) == text
    assert DATE.fullmatch(text)


def test_the_date_of_a_response_is_one() -> None:
    name, _, value = date_line(time.time()).partition(": ")
    assert name == "Date"
    assert DATE.fullmatch(value.removesuffix("\r\n"))


def test_a_response_of_the_server_ends_its_connection() -> None:
    line, fields, body = _head([simple("500 Oh", "what happened", 0)])
    assert (line, body) == ("HTTP/1.1 500 Oh", b"what happened\n")
    assert (fields["connection"], fields[CL]) == ("close", str(len(body)))


@pytest.mark.parametrize(("status", "code"), [("200 OK", 200), ("404", 404), ("299  x y", 299)])
def test_a_status_has_a_code(status: str, code: int) -> None:
    assert status_code(status) == code
