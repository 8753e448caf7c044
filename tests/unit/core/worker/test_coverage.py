"""Requests for coverage leave a worker with their connection, as they came."""

from __future__ import annotations

import socket

import pytest

from spawning.http.body import RequestBody
from spawning.http.connection import Connection
from spawning.http.engine import Engine
from spawning.http.errors import BadRequest
from spawning.http.handoff import Outbox, make_pair
from spawning.http.limits import Limits
from spawning.http.request import Request
from spawning.worker.coverage import is_for_keeper
from unit.core.http.test_engine import OneByOne
from unit.core.memory_host import Recorder


@pytest.mark.parametrize(
    "target",
    [
        "/_coverage",
        "/_coverage/",
        "/_coverage/live.json?since=3",
        "/_coverage.json",
        "/_coverage?x",
    ],
)
def test_what_is_the_keepers(target: str) -> None:
    assert is_for_keeper(target)


@pytest.mark.parametrize(
    "target", ["/", "/_coverages", "/_coverage-x", "/a/_coverage", "*", "/_cov"]
)
def test_what_is_the_applications(target: str) -> None:
    assert not is_for_keeper(target)


class PassesOn:
    """A gateway that passes on what it is asked."""

    def __init__(self) -> None:
        self.engine: Engine | None = None
        self.outbox: Outbox | None = None

    def answer(self, connection: Connection, request: Request, _body: RequestBody) -> bool:
        """Pass it on."""
        assert self.engine is not None
        assert self.outbox is not None
        self.engine.give_to(self.outbox, connection, request.head() + connection.unread())
        return False

    def refusal(self, _connection: Connection, _error: BadRequest, _received: bytes) -> bytes:
        """Never refused here."""
        return b""


def engine_with(gateway: PassesOn | Recorder, inbox: socket.socket, out: socket.socket) -> Engine:
    """Return an engine that serves."""
    return Engine(
        limits=Limits(),
        gate=(1,),
        generation=1,
        gateway=gateway,
        runner=OneByOne(),
        inbox=inbox,
        outbox=out,
    )


def test_the_other_process_reads_what_the_client_sent() -> None:
    side_in, side_out = make_pair()
    idle_in, idle_out = make_pair()
    passes_on, recorder = PassesOn(), Recorder()
    worker = engine_with(passes_on, idle_in, idle_out)
    keeper = engine_with(recorder, side_in, idle_out)
    passes_on.engine, passes_on.outbox = worker, worker.add_outbox(side_out)
    keeper.receive(["endpoint"])
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = listener.getsockname()
        listener.setblocking(False)
        worker.open_gate([(listener.dup(), "endpoint")])
        with socket.create_connection(address, 10) as client:
            client.sendall(
                b"POST /_coverage/reset?all=1 HTTP/1.1\r\nHost: localhost\r\nX-Two: b, c\r\n"
                b"Content-Length: 4\r\nCookie: a=1; b=2\r\n\r\nbody"
            )
            worker.run(lambda _now: None, lambda: worker.is_empty and bool(recorder.seen))
            keeper.run(lambda _now: None, lambda: bool(recorder.seen))
            assert client.recv(100).startswith(b"HTTP/1.1 200")
        keeper.run(lambda _now: None, lambda: keeper.count == 0)
        worker.close_down(0.0)
    assert worker.count == 0
    (seen,) = recorder.seen
    assert seen["method"] == "POST"
    assert seen["target"] == "/_coverage/reset?all=1"
    assert seen["body"] == b"body"
    assert seen["headers"] == {
        "HTTP_HOST": "localhost",
        "HTTP_X_TWO": "b, c",
        "CONTENT_LENGTH": "4",
        "HTTP_COOKIE": "a=1; b=2",
    }
    for sock in (side_in, side_out, idle_in, idle_out):
        sock.close()


def test_a_connection_on_its_way_out_keeps_the_worker_alive() -> None:
    side_in, side_out = make_pair()
    idle_in, idle_out = make_pair()
    worker = engine_with(Recorder(), idle_in, idle_out)
    outbox = worker.add_outbox(side_out)
    one, other = socket.socketpair()
    with one, other:
        outbox.put(one.dup(), 0, b"", b"")
        assert not worker.is_empty
        outbox.flush()
        assert worker.is_empty
    for sock in (side_in, side_out, idle_in, idle_out):
        sock.close()
