"""A listening socket that is given up: who has connected is accepted, nobody else connects."""

from __future__ import annotations

import errno
import select
import socket
from pathlib import Path

import pytest

from spawning.newcomers import turn_away

LONG_ENOUGH = 0.1
"""Seconds in which a connection on this machine would be made many times over."""


def connected(client: socket.socket) -> bool:
    """Return whether a connection has been made."""
    return bool(select.select([], [client], [], LONG_ENOUGH)[1])


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_over_tcp_a_newcomer_has_to_ask_again(host: str) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with (
        socket.create_server((host, 0), family=family) as listener,
        socket.create_connection(listener.getsockname()[:2]) as early,
        socket.socket(family) as late,
    ):
        turn_away(listener)
        late.setblocking(False)
        assert late.connect_ex(listener.getsockname()) == errno.EINPROGRESS
        assert not connected(late)
        accepted, _peer = listener.accept()
        with accepted:
            early.sendall(b"still heard")
            assert accepted.recv(100) == b"still heard"
        listener.setblocking(False)
        with pytest.raises(BlockingIOError):
            listener.accept()


def test_at_a_unix_socket_a_newcomer_is_refused(tmp_path: Path) -> None:
    path = str(tmp_path / "socket")
    with (
        socket.socket(socket.AF_UNIX) as listener,
        socket.socket(socket.AF_UNIX) as early,
        socket.socket(socket.AF_UNIX) as late,
    ):
        listener.bind(path)
        listener.listen()
        early.connect(path)
        turn_away(listener)
        with pytest.raises(ConnectionRefusedError):
            late.connect(path)
        accepted, _peer = listener.accept()
        with accepted:
            early.sendall(b"still heard")
            assert accepted.recv(100) == b"still heard"


def test_a_closed_socket_turns_everybody_away_already() -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    listener.close()
    turn_away(listener)
