from __future__ import annotations

import os
import socket
from collections.abc import Iterator

import pytest

from spawning.messages import Arrival, Line, Stop, Stops
from spawning.messages.line import PACKET


@pytest.fixture
def ends() -> Iterator[tuple[Line, Line]]:
    here, there = Line.pair()
    yield here, there
    here.close()
    there.close()


def test_a_message_with_a_descriptor_and_one_without(ends: tuple[Line, Line]) -> None:
    here, there = ends
    ours, theirs = socket.socketpair()
    with ours, theirs:
        here.send(Arrival(1, "me", received="\xff"), theirs.fileno())
    here.send(Stops((Stop("GET /", "/p/a.py", 1),)))
    arrival, descriptor = there.receive(waits=True) or (None, -1)
    assert arrival == Arrival(1, "me", received="\xff")
    assert not os.get_inheritable(descriptor)
    os.close(descriptor)
    assert there.receive() == (Stops((Stop("GET /", "/p/a.py", 1),)), -1)
    with pytest.raises(BlockingIOError):
        there.receive()


def test_the_other_end_is_gone(ends: tuple[Line, Line]) -> None:
    here, there = ends
    there.close()
    assert here.receive() is None
    assert here.receive(waits=True) is None
    with pytest.raises(BrokenPipeError):
        here.send(Stops(()))


def test_nobody_waits_for_who_does_not_read(ends: tuple[Line, Line]) -> None:
    def tell_much() -> None:
        for _ in range(100_000):
            ends[0].send(Stops((Stop("x" * 10_000, "", 0),)))

    with pytest.raises(BlockingIOError):
        tell_much()


@pytest.mark.parametrize("rubbish", [b"x", b"{}", b'{"type=": "Arrival"}', b"\xff"])
def test_rubbish_is_a_value_error(rubbish: bytes) -> None:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    line = Line(theirs)
    ours.send(rubbish)
    with pytest.raises(ValueError):  # noqa: PT011 - whatever json says
        line.receive()
    line.close()
    ours.close()


def test_what_would_arrive_cut_is_not_sent(ends: tuple[Line, Line]) -> None:
    here, there = ends
    with pytest.raises(OSError, match="too long"):
        here.send(Stops((Stop("x" * PACKET, "", 0),)))
    here.send(Stops((Stop("x" * (PACKET - 1000), "", 0),)))
    assert there.receive() is not None
