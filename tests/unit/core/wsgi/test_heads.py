"""Heads that are remembered are those that would be made."""

from __future__ import annotations

import itertools
import math
import sys
from collections.abc import Callable
from typing import Any

import pytest

from spawning.wsgi.environ import endpoint
from spawning.wsgi.fields import ApplicationError, date_line
from spawning.wsgi.handler import Handler
from spawning.wsgi.heads import MOST, Heads, head_of
from unit.core.memory_host import MemoryHost

FIELDS: list[list[tuple[str, str]]] = [
    [],
    [("Content-Type", "text/plain")],
    [("Content-Type", "text/plain"), ("Content-Length", "5")],
    [("Content-Length", "5"), ("Content-Type", "text/plain")],
    [("Date", "today"), ("X", "1")],
    [("Server", "mine")],
    [("Connection", "close")],
    [("Connection", "keep-alive"), ("X", "1")],
]
ALL = list(
    itertools.product(
        ["200 OK", "204 No Content", "304 Not Modified", "404 Not Found"],
        FIELDS,
        [None, 0, 5],
        ["GET", "HEAD", "POST"],
        [False, True],
        [False, True],
    )
)


def _heads(*seconds: float) -> Heads:
    """Return heads whose clock shows these times, one after another."""
    return Heads(iter(seconds).__next__)


def test_no_two_cases_are_taken_for_each_other() -> None:
    heads = Heads(lambda: 7.5)
    for _ in range(2):  # made, and remembered
        for case in ALL:
            head, data = heads.of(*case)
            assert head == head_of(*case)
            assert data == head.encoded(date_line(7))


def test_a_remembered_head_has_the_date_of_now() -> None:
    heads = _heads(1.0, 1.99, 2.0, 2.5, 1.5)  # and the clock is set back
    case: Any = ("200 OK", FIELDS[1], 5, "GET", True, True)
    dates, ends = [], []
    for now in (100.0, 200.0, 300.0, 400.0):
        heads.turn(now)
        ends.append(heads.until - now)
        for _ in range(2):
            dates.append(heads.of(*case)[1].partition(b"01 Jan 1970 00:00:0")[2][:1])
    assert dates == [b"1", b"1", b"2", b"2", b"2", b"2", b"1", b"1"]
    assert ends == pytest.approx([0.01, 1.0, 0.5, 0.5])


def test_a_date_of_the_application_stays() -> None:
    heads = _heads(1, 2)
    for _ in range(2):
        data = heads.of("200 OK", [("Date", "mine")], 5, "GET", True, True)[1]
        assert data.count(b"Date:") == 1
        assert b"Date: mine\r\n" in data


def test_fields_that_are_lists_are_taken() -> None:
    fields: Any = [["X", "1"]]
    heads = _heads(1, 2)
    assert b"X: 1\r\n" in heads.of("200 OK", fields, 5, "GET", True, True)[1]
    fields[0][1] = "2"
    assert b"X: 2\r\n" in heads.of("200 OK", fields, 5, "GET", True, True)[1]


def test_fields_that_change_after_they_were_given_are_others() -> None:
    fields = [("X", "1")]
    heads = _heads(1, 2)
    heads.of("200 OK", fields, 5, "GET", True, True)
    fields[0] = ("X", "2")
    assert b"X: 2\r\n" in heads.of("200 OK", fields, 5, "GET", True, True)[1]


def test_what_is_refused_is_refused_each_time() -> None:
    heads = _heads(1, 2)
    for _ in range(2):
        with pytest.raises(ApplicationError):
            heads.of("200 OK", [("X", "1\r\nY: 2")], 5, "GET", True, True)


def test_memory_is_bounded_whatever_comes() -> None:
    heads = Heads(lambda: 7.5)
    for number in range(3 * MOST):
        heads.of("200 OK", [("ETag", str(number))], number, "GET", True, True)
        heads.of("200 OK", [("Long", "x" * 2000 + str(number))], number, "GET", True, True)
    assert heads._made.keys() == heads._dated.keys()
    assert len(heads._made) <= MOST
    assert all(len(data) < 2000 for _, data in heads._dated.values())


def test_a_response_is_dated_by_the_beginning_of_its_request(
    host_for: Callable[..., MemoryHost],
) -> None:
    def application(_environ: Any, start: Callable[..., Any]) -> list[bytes]:
        start("200 OK", [])
        return [b"hello"]

    handler = Handler(application, sys.stderr, None)
    end = endpoint("a", "80", is_unix=False, errors=sys.stderr, threads=True, processes=False)
    host = host_for(handler, end)
    heads = handler._heads = _heads(1.0, 2.0, 3.0)
    for heads.until, second in ((0.0, b"2"), (math.inf, b"2"), (0.0, b"3")):
        answer = host.exchange(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        assert b"01 Jan 1970 00:00:0" + second in answer
