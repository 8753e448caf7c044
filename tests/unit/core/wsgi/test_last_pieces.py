"""What may leave together with other answers: the end of one, and nothing before it."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest

from spawning.http.request import Request
from spawning.wsgi.environ import endpoint
from spawning.wsgi.handler import Handler
from spawning.wsgi.heads import Heads
from spawning.wsgi.response import Response
from unit.core.memory_host import MemoryHost
from unit.core.sent import Sent

GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
THREE = [("Content-Length", "3")]
CASES: dict[str, tuple[Iterable[bytes], list[tuple[str, str]], list[bool]]] = {
    "one piece": ([b"abc"], [], [True]),
    "one of an iterator, its length promised": (iter([b"abc"]), THREE, [True]),
    "one of an iterator": (iter([b"abc"]), [], [False, False]),
    "two, their length promised": ([b"a", b"bc"], THREE, [False, True]),
    "two": ([b"a", b"bc"], [], [False, False, False]),
    "fewer than promised": ([b"ab"], THREE, [False]),
    "more than promised": ([b"abcd"], THREE, [True]),
    "nothing": ([], [], [True]),
    "a long one": ([b"x" * 100_000], [], [False, True]),
}


@pytest.mark.parametrize(("result", "headers", "last"), CASES.values(), ids=CASES)
def test_the_last_piece_is_known_for_the_last(
    result: Iterable[bytes], headers: list[tuple[str, str]], last: list[bool]
) -> None:
    sent = Sent()
    response = Response(Request("GET", "/", True, {}), sent, Heads())
    response.start("200 OK", headers)
    response.send_all(result)
    assert sent.said_last == last


def gathering(host: MemoryHost) -> None:
    """Have the last pieces wait, as with threads."""

    def gather(stream: Any, data: bytes | memoryview) -> bool:
        stream.unsent = bytes(data)
        return True

    host.host.batching.pays = True
    host.host.gather = gather


class Closing:
    """An answer that the application has still to finish."""

    def __init__(self, close: Callable[[], None]) -> None:
        self.close = close

    def __iter__(self) -> Iterator[bytes]:
        yield b"abc"


def test_an_answer_leaves_whole_though_the_application_fails_afterwards(
    host_for: Callable[..., MemoryHost],
) -> None:
    errors = io.StringIO()

    def fail() -> None:
        raise ValueError("too late")

    def application(_environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        start("200 OK", THREE)
        return Closing(fail)

    end = endpoint("a", "80", is_unix=False, errors=errors, threads=True, processes=False)
    host = host_for(Handler(application, errors, None), end)
    gathering(host)
    assert host.exchange(GET).endswith(b"\r\n\r\nabc")
    assert "ValueError: too late" in errors.getvalue()
    assert host.connection.unsent == b""
