"""A session that goes to another process: its socket, and what it has not used, go along."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator

import pytest

from unit.devtools.backdoor.entered import Entered, entered, text_of


@pytest.fixture
def inside() -> Iterator[Entered]:
    with entered() as made:
        yield made


def test_a_session_moves_with_its_socket_and_what_it_has_not_used(inside: Entered) -> None:
    client = inside.client()
    client.enter()
    client.ask("run", source="print(1)")
    client.sock.sendall(json.dumps({"do": "switch", "id": 9, "to": 4}).encode() + b'\n{"do": "r')
    client.until("done")
    client.until("done")
    inside.view.wait_until(lambda: bool(inside.view.moved))
    sock, arrival = inside.view.moved.pop()
    assert (arrival.to, arrival.received, arrival.number) == ("4", '{"do": "r', 1)
    client.sock.sendall(b'un", "id": 7, "source": "1"}\n')
    inside.wait_until_left()
    with entered() as successor:
        successor.view.worker = 4
        successor.sessions.serve(sock, arrival)
        moved, hello = client.until("hello")
        assert (moved["say"], moved["worker"], moved["why"]) == ("moved", 4, arrival.why)
        assert hello["worker"] == 4
        assert text_of(client.until("done")) == "1\n"
        client.close()


def test_a_drained_session_moves_when_its_statement_is_done(inside: Entered) -> None:
    client = inside.client()
    client.enter()
    client.ask("run", source="input()")
    client.until("ask")
    inside.sessions.drain()
    client.ask("complete", source="x")
    client.until("completions")
    assert not inside.view.moved
    client.ask("input", text="")
    client.until("done")
    inside.view.wait_until(lambda: bool(inside.view.moved))
    sock, arrival = inside.view.moved[0]
    assert (arrival.to, "successor" in arrival.why) == ("", True)
    sock.close()


def test_a_session_stays_where_there_is_no_door(inside: Entered) -> None:
    def refuse(_sock: socket.socket, _arrival: object) -> None:
        raise ConnectionRefusedError(111, "no door")

    inside.view.move = refuse  # type: ignore[method-assign]
    client = inside.client()
    client.enter()
    client.ask("switch", to=4)
    assert "no door" in client.until("text")[-1]["text"]
    assert client.run("1") == "1\n"


@pytest.mark.parametrize("to", ["3", "9", "nowhere", ""])
def test_there_is_nowhere_to_go(inside: Entered, to: str) -> None:
    client = inside.client()
    client.enter()
    text, done = client.magic("switch", to)
    assert text["say"] == "text"
    assert not done["ok"]
