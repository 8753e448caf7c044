"""Answers that threads leave unsent for a moment, so that they leave together."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

import pytest

from spawning.http import commons
from spawning.http.commons import SMALL, Commons
from spawning.http.connection import CLOSED, IDLE, Connection
from spawning.http.poller import Poller
from spawning.http.threads import ThreadRunner
from spawning.slot import NO_SLOT
from unit.core.memory_host import OK, MemoryHost, Recorder

GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
LONG_AGO = -1000.0
LAST = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"


class Whole(Recorder):
    """Says of each answer that nothing follows it."""

    def answer(self, connection: Connection, request: Any, body: Any) -> bool:
        """Answer 200."""
        connection.send(OK, True)
        return bool(request.keep_alive)


class Crowd:
    """Connections that one thread answers, while another one defers and more requests wait."""

    def __init__(self, size: int = 16) -> None:
        self.commons = Commons(Poller())
        self.commons.threads = 2
        self.commons._deferring.append(None)
        self.commons.told.append((0, 0))
        self.commons.batching.pays, self.commons.batching.size = True, size
        self.hosts: list[MemoryHost] = []

    @property
    def looked_at(self) -> list[int]:
        """The descriptors of connections that a thread is to look at."""
        return [descriptor for descriptor, _ in self.commons.told][1:]

    def client(self) -> MemoryHost:
        """Return one more connection, locked by a thread."""
        host = MemoryHost(Whole())
        host.host.batching, host.host.gather = self.commons.batching, self.commons.gather
        assert host.connection.lock.acquire(False)
        self.hosts.append(host)
        return host

    def asks(self, *pieces: bytes) -> MemoryHost:
        """Return a client that has asked and was answered, its thread being done with it."""
        host = self.client()
        host.exchange(*pieces or (GET,))
        if host.connection.unsent:
            self.commons.leave(host.connection)
        return host

    def close(self) -> None:
        """Close all."""
        for host in self.hosts:
            host.close()


@pytest.fixture
def crowd_of(request: pytest.FixtureRequest) -> Callable[..., Crowd]:
    """Return what makes a `Crowd`."""

    def make(size: int = 16) -> Crowd:
        crowd = Crowd(size)
        request.addfinalizer(crowd.close)
        return crowd

    return make


def received(host: MemoryHost) -> bytes:
    """Return all that the client has received."""
    host._read()
    return host.received


def test_answers_leave_together_when_they_are_enough(crowd_of: Callable[..., Crowd]) -> None:
    crowd = crowd_of(size=3)
    clients = [crowd.asks(), crowd.asks()]
    assert [received(client) for client in clients] == [b"", b""]
    assert all(client.connection.lock.locked() for client in clients)
    clients.append(crowd.asks())
    assert [received(client) for client in clients] == [OK, OK, OK]
    assert not any(client.connection.lock.locked() for client in clients)
    assert {client.connection.phase for client in clients} == {IDLE}


def test_answers_leave_before_a_thread_waits_for_events(crowd_of: Callable[..., Crowd]) -> None:
    crowd = crowd_of()
    client = crowd.asks()
    assert received(client) == b""
    crowd.commons.take_some()
    assert received(client) == OK


@pytest.mark.parametrize("missing", ["one that looks", "a request", "smallness"])
def test_an_answer_leaves_at_once_where_it_might_wait_for_long(
    crowd_of: Callable[..., Crowd], missing: str
) -> None:
    crowd = crowd_of()
    if missing == "one that looks":
        crowd.commons._deferring.clear()
    elif missing == "a request":
        crowd.commons.told.clear()
    data = b"x" * (SMALL + (missing == "smallness"))
    assert not crowd.commons.gather(crowd.client().connection, data)
    assert not crowd.commons.gather(crowd.client().connection, memoryview(b"x"))


def test_an_answer_leaves_where_nobody_looks_any_more(crowd_of: Callable[..., Crowd]) -> None:
    crowd = crowd_of()
    host = crowd.client()
    host.exchange(GET)
    crowd.commons._deferring.clear()  # meanwhile
    crowd.commons.leave(host.connection)
    assert received(host) == OK


def test_the_last_one_that_looked_leaves_no_answer_behind(
    crowd_of: Callable[..., Crowd], monkeypatch: pytest.MonkeyPatch
) -> None:
    crowd = crowd_of()
    client = crowd.client()
    crowd.commons._deferring.clear()

    def sleep(_seconds: float) -> None:
        client.exchange(GET)
        crowd.commons.leave(client.connection)
        crowd.commons.told.clear()

    monkeypatch.setattr(commons, "sleep", sleep)
    crowd.commons.deference.pays = False
    crowd.commons.defer()
    assert received(client) == OK
    assert crowd.commons.batching._misses == 0


def test_an_answer_that_waits_behind_a_long_request_is_sent_by_who_looks(
    crowd_of: Callable[..., Crowd], monkeypatch: pytest.MonkeyPatch
) -> None:
    crowd = crowd_of()
    crowd.commons.threads = 3
    client = crowd.asks()
    looked: list[float] = []
    monkeypatch.setattr(commons, "sleep", looked.append)
    crowd.commons.defer()
    assert received(client) == OK
    assert not client.connection.lock.locked()
    assert (len(looked), crowd.commons.batching._misses) == (1, 1)


def test_answers_of_a_client_that_does_not_wait_keep_their_order(
    crowd_of: Callable[..., Crowd],
) -> None:
    crowd = crowd_of()
    client = crowd.client()
    client.exchange(GET * 3)
    assert received(client) == OK * 2
    crowd.commons.leave(client.connection)
    crowd.commons.take_some()
    assert received(client) == OK * 3


def test_a_last_answer_leaves_before_its_connection_is_closed(
    crowd_of: Callable[..., Crowd],
) -> None:
    client = crowd_of().asks(LAST)
    assert client.connection.phase is CLOSED
    assert received(client) == OK


def test_what_came_meanwhile_is_looked_at_when_the_answer_has_left(
    crowd_of: Callable[..., Crowd],
) -> None:
    crowd = crowd_of()
    client = crowd.asks()
    client.connection.readable = True  # another thread was told of it, and found the lock taken
    assert crowd.looked_at == []
    crowd.commons.take_some()
    assert crowd.looked_at == [client.connection.descriptor]
    assert not client.connection.lock.locked()


def test_a_client_that_has_gone_is_found_by_who_looks_next(crowd_of: Callable[..., Crowd]) -> None:
    crowd = crowd_of()
    client = crowd.asks()
    client.client.close()
    crowd.commons.take_some()
    assert crowd.looked_at == [client.connection.descriptor]
    assert client.connection.next_request() is None
    assert client.connection.phase is CLOSED


def test_a_client_that_does_not_read_loses_nothing(crowd_of: Callable[..., Crowd]) -> None:
    crowd = crowd_of()
    slow = crowd.client()
    slow.connection._socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1)
    answer = b"x" * SMALL
    assert crowd.commons.gather(slow.connection, answer)
    crowd.commons.leave(slow.connection)
    crowd.commons.take_some()
    assert received(slow) == answer


@pytest.mark.parametrize("then", ["waits for events", "waits for a client"])
def test_a_thread_goes_on_while_its_answer_waits_until_it_waits_itself(
    crowd_of: Callable[..., Crowd], then: str
) -> None:
    runner = ThreadRunner([])
    crowd = crowd_of()
    host = crowd.client()
    host.host.batching, host.host.gather = runner.batching, runner.gather
    runner.batching.pays, runner.batching.size = True, 16
    runner._commons._deferring.append(None)
    runner._commons.told.append((0, 0))
    host.client.send(GET)
    runner._work_on(host.connection, NO_SLOT, 0)
    assert received(host) == b""
    assert host.connection.lock.locked()
    if then == "waits for events":
        runner._commons.take_some()
    else:
        runner.wait(crowd.client().connection, True, LONG_AGO)
    assert received(host) == OK
    assert not host.connection.lock.locked()
