"""Connections for which nobody was woken."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from spawning.http.handoff import Outbox, make_pair
from spawning.http.poller import Poller
from spawning.http.sources import Sources
from unit.core.backlog import wait_for_backlog


@pytest.fixture
def listener() -> Any:
    with socket.create_server(("127.0.0.1", 0)) as sock:
        sock.setblocking(False)
        yield sock


def test_a_look_takes_what_a_killed_worker_was_woken_for(listener: socket.socket) -> None:
    inbox, outbox = make_pair()
    adopted: list[bytes] = []
    welcomed: list[socket.socket] = []

    def adopt(sock: socket.socket, _number: int, _introduction: bytes, received: bytes) -> None:
        adopted.append(received)
        sock.close()

    def welcome(sock: socket.socket, _peer: Any) -> None:
        welcomed.append(sock)

    with inbox, outbox:
        sources = Sources(Poller(), inbox, adopt)
        sources.look()  # not open yet
        sources.listen(listener, welcome)
        sources.take_in()
        sources.look()
        assert (adopted, welcomed) == ([], [])
        with (
            socket.create_connection(listener.getsockname()),
            socket.create_connection(listener.getsockname()) as other,
        ):
            leaving = Outbox(outbox)
            leaving.put(other.dup(), 0, b"", b"GET / HTTP/1.1\r\n")
            leaving.flush()
            wait_for_backlog(listener, 2)
            # The poller never turns: nobody tells us of them.
            sources.look()
            assert adopted == [b"GET / HTTP/1.1\r\n"]
            assert len(welcomed) == 2
            for sock in welcomed:
                sock.close()
        sources.close()
        sources.look()
