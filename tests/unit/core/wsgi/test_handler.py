"""Applications of every kind, called through a real connection."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from spawning.access_log import AccessLog
from spawning.http.connection import CLOSED, IDLE, LINGER
from spawning.wsgi.environ import endpoint
from spawning.wsgi.handler import Handler
from unit.core.memory_host import PEER, MemoryHost

GET = b"GET /path HTTP/1.1\r\nHost: a\r\n\r\n"
HEAD = GET.replace(b"GET", b"HEAD")
POST = b"POST /path HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n"
CHUNKED = b"POST /path HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
EXPECTING = POST.replace(b"Content", b"Expect: 100-continue\r\nContent")
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"

Environ = dict[str, Any]
Start = Callable[..., Callable[[bytes], None]]


class Bench:
    """A handler on a connection, and what it says to whom."""

    def __init__(self, host_for: Callable[..., MemoryHost], application: Any) -> None:
        self.errors = io.StringIO()
        self._log, writing = os.pipe()
        os.set_blocking(self._log, False)
        self._writing = writing
        end = endpoint(
            "127.0.0.1", "80", is_unix=False, errors=self.errors, threads=True, processes=False
        )
        self.host = host_for(Handler(application, self.errors, AccessLog(writing)), end)

    def log(self) -> list[bytes]:
        """Return the lines of the access log."""
        try:
            return os.read(self._log, 65536).splitlines()
        except BlockingIOError:
            return []

    def close(self) -> None:
        """Close the log."""
        os.close(self._log)
        os.close(self._writing)


@pytest.fixture
def bench_for(host_for: Callable[..., MemoryHost]) -> Iterator[Callable[[Any], Bench]]:
    """Return what makes a `Bench` of an application."""
    made: list[Bench] = []

    def make(application: Any) -> Bench:
        made.append(Bench(host_for, application))
        return made[-1]

    yield make
    for bench in made:
        bench.close()


BenchFor = Callable[[Any], Bench]


class Result:
    """An iterable that notes that it was closed."""

    def __init__(self, *pieces: Any) -> None:
        self._pieces = pieces
        self.closed = 0

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._pieces:
            if isinstance(piece, BaseException):
                raise piece
            yield piece

    def close(self) -> None:
        """Count."""
        self.closed += 1


@dataclass
class Fate:
    """What an application does, and what comes of it."""

    pieces: tuple[Any, ...] | BaseException
    """What it yields, or raises at once."""
    starts: bool
    code: int
    """Status that the client sees; 0 where it sees none."""
    phase: Any
    said: str = ""
    """What its error log says."""


FATES = {
    "it answers": Fate((b"abc",), True, 200, IDLE),
    "it answers in pieces": Fate((b"abc", b"d"), True, 200, IDLE),
    "it raises at once": Fate(LookupError("oh"), False, 500, CLOSED, "LookupError: oh"),
    "it raises after start_response": Fate(LookupError("oh"), True, 500, CLOSED, "oh"),
    "it raises before its first piece": Fate((LookupError("oh"),), True, 500, CLOSED, "oh"),
    "it raises after an empty piece": Fate((b"", LookupError("oh")), True, 500, CLOSED, "oh"),
    "it raises after a piece": Fate((b"abc", LookupError("oh")), True, 200, CLOSED, "oh"),
    "it exits": Fate(SystemExit(1), False, 500, CLOSED, "SystemExit"),
    "it exits after a piece": Fate((b"abc", SystemExit(1)), True, 200, CLOSED, "SystemExit"),
    "it is interrupted": Fate(KeyboardInterrupt(), False, 500, CLOSED, "KeyboardInterrupt"),
    "its generator is ended": Fate((GeneratorExit(),), True, 500, CLOSED, "GeneratorExit"),
    "it lost a connection of its own": Fate(ConnectionResetError("db"), False, 500, CLOSED, "db"),
    "it never starts": Fate((b"abc",), False, 500, CLOSED, "start_response"),
    "it never starts and sends nothing": Fate((), False, 500, CLOSED, "start_response"),
    "it yields text": Fate(("abc",), True, 500, CLOSED, "bytes"),
    "it yields text after a piece": Fate((b"abc", "d"), True, 200, CLOSED, "bytes"),
}


@pytest.mark.parametrize("fate", FATES.values(), ids=FATES)
def test_fate_of_a_call(fate: Fate, bench_for: BenchFor) -> None:
    result = Result(*fate.pieces) if isinstance(fate.pieces, tuple) else Result()

    def application(_environ: Environ, start_response: Start) -> Result:
        if fate.starts:
            start_response("200 OK", [])
        if isinstance(fate.pieces, BaseException):
            raise fate.pieces
        return result

    bench = bench_for(application)
    received = bench.host.exchange(GET)
    assert received.startswith(b"HTTP/1.1 %d " % fate.code)
    assert bench.host.connection.phase is fate.phase
    assert result.closed == isinstance(fate.pieces, tuple)
    assert fate.said in bench.errors.getvalue()
    assert bool(fate.said) == bool(bench.errors.getvalue())
    [line] = bench.log()
    assert b'"GET /path HTTP/1.1" %d ' % fate.code in line
    assert received.count(b"HTTP/1.1 ") == 1


def test_a_response_that_was_cut_is_seen_to_be_cut(bench_for: BenchFor) -> None:
    def application(_environ: Environ, start_response: Start) -> Result:
        start_response("200 OK", [])
        return Result(b"abc", LookupError("oh"))

    assert not bench_for(application).host.exchange(GET).endswith(b"0\r\n\r\n")


def test_a_failure_is_not_shown_to_the_client(bench_for: BenchFor) -> None:
    def application(_environ: Environ, _start_response: Start) -> list[bytes]:
        raise LookupError("secret")

    bench = bench_for(application)
    assert b"secret" not in bench.host.exchange(GET)
    assert "GET /path HTTP/1.1: Traceback" in bench.errors.getvalue()


def test_a_failure_has_no_body_for_head(bench_for: BenchFor) -> None:
    def application(_environ: Environ, _start_response: Start) -> list[bytes]:
        raise LookupError("oh")

    received = bench_for(application).host.exchange(HEAD)
    assert received.startswith(b"HTTP/1.1 500 ")
    assert received.endswith(b"\r\n\r\n")


def test_close_that_raises_is_said(bench_for: BenchFor) -> None:
    class Fails(Result):
        def close(self) -> None:
            super().close()
            raise LookupError("in close")

    def application(_environ: Environ, start_response: Start) -> Result:
        start_response("200 OK", [])
        return Fails(b"abc")

    bench = bench_for(application)
    assert b"\r\nabc\r\n" in bench.host.exchange(GET)
    assert "in close" in bench.errors.getvalue()


def test_a_client_that_goes_away_is_no_error(bench_for: BenchFor) -> None:
    result = Result(*[b"x" * 1_000_000] * 10)

    def application(_environ: Environ, start_response: Start) -> Result:
        start_response("200 OK", [])
        return result

    bench = bench_for(application)
    bench.host.client_reads = False
    bench.host.exchange(GET)
    assert bench.host.connection.phase is CLOSED
    assert result.closed == 1
    assert bench.errors.getvalue() == ""
    assert len(bench.log()) == 1


def _echo(environ: Environ, start_response: Start) -> list[bytes]:
    data = environ["wsgi.input"].read()
    start_response("200 OK", [])
    return [data]


def _echo_late(environ: Environ, start_response: Start) -> Iterator[bytes]:
    data = environ["wsgi.input"].read()
    start_response("200 OK", [])
    yield data


def _echo_after_writing(environ: Environ, start_response: Start) -> list[bytes]:
    write = start_response("200 OK", [])
    write(b"first ")
    return [environ["wsgi.input"].read()]


def _ignore(_environ: Environ, start_response: Start) -> list[bytes]:
    start_response("200 OK", [])
    return [b"ignored"]


def test_a_client_that_goes_away_within_its_body_is_no_error(bench_for: BenchFor) -> None:
    bench = bench_for(_echo)
    assert bench.host.exchange(POST + b"ab") == b""
    assert bench.errors.getvalue() == ""
    assert bench.host.connection.phase is CLOSED


def test_a_malformed_body_is_the_clients_error(bench_for: BenchFor) -> None:
    bench = bench_for(_echo)
    assert bench.host.exchange(CHUNKED + b"x\r\n").startswith(b"HTTP/1.1 400 ")
    assert bench.errors.getvalue() == ""
    assert bench.host.connection.phase in (LINGER, CLOSED)


@pytest.mark.parametrize("application", [_echo, _echo_late])
def test_a_client_that_waits_for_an_invitation_is_invited(
    application: Any, bench_for: BenchFor
) -> None:
    bench = bench_for(application)
    received = bench.host.exchange(EXPECTING, b"hello")
    assert received.startswith(CONTINUE + b"HTTP/1.1 200 ")
    assert b"hello" in received


def test_no_invitation_stands_within_a_response(bench_for: BenchFor) -> None:
    received = bench_for(_echo_after_writing).host.exchange(EXPECTING, b"hello")
    assert received.startswith(b"HTTP/1.1 200 ")
    assert CONTINUE not in received


def test_a_client_that_was_not_invited_is_told_that_the_connection_ends(
    bench_for: BenchFor,
) -> None:
    bench = bench_for(_ignore)
    received = bench.host.exchange(EXPECTING)
    assert received.startswith(b"HTTP/1.1 200 ")
    assert b"\r\nConnection: close\r\n" in received


def test_a_refusal_is_logged_with_the_request_line_that_has_come(bench_for: BenchFor) -> None:
    bench = bench_for(_ignore)
    bench.host.exchange(b"GET / HTTP/1.1\r\n\r\n")
    [line] = bench.log()
    assert line.startswith(PEER[0].encode())
    assert b'"GET / HTTP/1.1" 400 ' in line


def test_an_error_log_that_is_closed_fails_nothing(bench_for: BenchFor) -> None:
    def application(_environ: Environ, _start_response: Start) -> list[bytes]:
        raise LookupError("oh")

    bench = bench_for(application)
    bench.errors.close()
    assert bench.host.exchange(GET).startswith(b"HTTP/1.1 500 ")
