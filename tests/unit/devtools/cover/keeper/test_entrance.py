"""The socket at which `spawnctl` asks the keeper."""

from __future__ import annotations

import os
import select
import socket
from collections.abc import Iterator

import pytest

from serving import PATIENCE
from spawning_devtools.cover.keeper.entrance import WAITING, Entrance, address_of


@pytest.fixture
def address() -> str:
    return address_of(-os.getpid())


@pytest.fixture
def welcomed() -> Iterator[list[socket.socket]]:
    found: list[socket.socket] = []
    yield found
    for sock in found:
        sock.close()


def connect(address: str) -> socket.socket:
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    sock.settimeout(PATIENCE)
    sock.connect(address)
    return sock


def test_all_who_wait_are_let_in_at_one_event(address: str, welcomed: list[socket.socket]) -> None:
    with Entrance(address, welcomed.append) as entrance:
        clients = [connect(address) for _ in range(WAITING)]
        arrival = select.poll()
        arrival.register(entrance.fileno(), select.POLLIN)
        assert arrival.poll(PATIENCE * 1000)
        entrance.on_events(0)
        assert len(welcomed) == WAITING
        entrance.on_events(0)
        assert len(welcomed) == WAITING
        for number, client in enumerate(clients):
            client.sendall(b"%d" % number)
            client.close()
        assert {sock.recv(10) for sock in welcomed} == {b"%d" % n for n in range(WAITING)}


def test_a_taken_name_is_no_error(address: str, welcomed: list[socket.socket]) -> None:
    others: list[socket.socket] = []
    first, second = Entrance(address, welcomed.append), Entrance(address, others.append)
    with first, second, connect(address):
        second.on_events(0)
        first.on_events(0)
    assert (len(welcomed), others) == (1, [])
