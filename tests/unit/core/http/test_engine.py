"""A worker that serves no longer leaves no connection behind that it was woken for."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from spawning.http.batching import Batching
from spawning.http.connection import Connection
from spawning.http.engine import Engine
from spawning.http.handoff import make_pair
from spawning.http.limits import Limits
from spawning.http.phase import IDLE
from spawning.http.poller import Poller
from spawning.http.stream import Stream
from spawning.slot import NO_SLOT
from unit.core.backlog import wait_for_backlog
from unit.core.memory_host import Recorder

ENDPOINT = "endpoint"
TURNS = 20


class OneByOne:
    """A runner without threads, driven by the test."""

    edges = None

    def __init__(self) -> None:
        self.batching = Batching()

    def gather(self, stream: Stream, data: bytes | memoryview) -> bool:
        """Let each answer leave at once."""
        return False

    def ready(self, connection: Connection) -> None:
        """Work on the connection now."""
        connection.serve(NO_SLOT, "the test")

    def wait(self, stream: Stream, writing: bool, deadline: float) -> None:
        """Nothing has to be waited for here."""

    def give_way(self, stream: Stream) -> None:
        """Nobody else is here."""

    def drive(
        self, poller: Poller, tick: Callable[[float], None], finished: Callable[[], bool]
    ) -> None:
        """Turn until finished, some times at most."""
        for _ in range(TURNS):
            if finished():
                return
            poller.turn(0.05)


class Worker:
    """An engine of generation 1 with one listening socket."""

    def __init__(self) -> None:
        self.gate = [1]
        self.inbox, self.outbox = make_pair()
        self.others = make_pair()
        """So that the worker does not take over its own connections."""
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.setblocking(False)
        self.engine = Engine(
            limits=Limits(),
            gate=self.gate,
            generation=1,
            gateway=Recorder(),
            runner=OneByOne(),
            inbox=self.others[0],
            outbox=self.outbox,
        )
        self.engine.open_gate([(self.listener.dup(), ENDPOINT)])

    def connect(self) -> socket.socket:
        """Return a client, once it can be accepted."""
        client = socket.create_connection(self.listener.getsockname(), 10)
        wait_for_backlog(self.listener)
        return client

    def handed_over(self) -> socket.socket:
        """Return the one connection that has left for the successor."""
        packet, (descriptor,), _flags, _address = socket.recv_fds(self.inbox, 65536, 1)
        assert packet == b"\0\0"
        return socket.socket(fileno=descriptor)

    def close(self) -> None:
        """Close what is open."""
        self.engine.close_down(0.0)
        for sock in (self.inbox, self.outbox, *self.others, self.listener):
            sock.close()


@pytest.fixture
def worker() -> Iterator[Worker]:
    """A worker that serves."""
    made = Worker()
    yield made
    made.close()


def test_a_worker_woken_after_the_takeover_hands_the_connection_over(worker: Worker) -> None:
    worker.gate[0] = 2
    with worker.connect() as client:
        worker.engine.run(lambda _: None, lambda: False)
        with worker.handed_over() as adopted:
            assert adopted.getpeername() == client.getsockname()
    assert worker.engine.is_empty


def test_a_worker_that_drains_hands_over_what_waits_in_the_backlog(worker: Worker) -> None:
    with worker.connect() as client:
        worker.gate[0] = 2
        worker.engine.hand_over()
        worker.engine.run(lambda _: None, lambda: True)
        with worker.handed_over() as adopted:
            assert adopted.getpeername() == client.getsockname()
    assert worker.engine.is_empty


def test_a_connection_that_leaves_while_it_is_looked_for_is_seen(
    worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = worker.engine
    with worker.connect():
        engine.run(lambda _: None, lambda: False)  # it is accepted
        (connection,) = engine._connections.values()

        class Outboxes(list[Any]):
            def __iter__(self) -> Iterator[Any]:
                found = list(super().__iter__())
                if connection.phase is IDLE:  # a thread gives it away just then
                    assert not any(found)
                    connection.leave(b"")
                    return iter(())
                return iter(found)

        monkeypatch.setattr(engine, "_outboxes", Outboxes(engine._outboxes))
        assert not engine.is_empty
        connection.leave(b"")
        assert not engine.is_empty, "it is not sent yet"
        engine._flush()
        assert engine.is_empty
        worker.handed_over().close()


def test_a_worker_without_a_successor_answers_what_waits_in_the_backlog(worker: Worker) -> None:
    with worker.connect() as client:
        client.send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        worker.engine.close_down(0.0)
        worker.engine.run(lambda _: None, lambda: True)
        assert client.recv(100).startswith(b"HTTP/1.1 200 OK\r\n")
    assert worker.engine.is_empty
