from __future__ import annotations

import dataclasses
import socket
import types
import typing
from collections.abc import Iterator
from typing import Any

import pytest

from spawning import messages
from spawning.messages import Channel, Draining, InFlight, Message, Ready, decode, encode

KINDS = [
    kind
    for kind in vars(messages).values()
    if isinstance(kind, type) and issubclass(kind, Message) and kind is not Message
]
PLAIN: dict[Any, list[Any]] = {
    int: [0, -1, 2**40],
    float: [0.0, 1.5, 1e300],
    bool: [True, False],
    str: ["", "text", 'quote " backslash \\ newline \n null \0', "\u2192 \U0001f600", "\udcff"],
    dict[str, Any]: [{}, {"args": ["a", "b"], "port": 1, "x": None, "inner": {"y": [1.5]}}],
}


def _values(kind: Any) -> list[Any]:
    """Return some values of a field's type."""
    if typing.get_origin(kind) is tuple:
        items = typing.get_args(kind)
        if items[-1] is ...:
            return [(), tuple(_values(items[0]))]
        return [tuple(_values(item)[-1] for item in items)]
    if typing.get_origin(kind) is types.UnionType:
        return [None, *_values(typing.get_args(kind)[0])]
    if isinstance(kind, type) and issubclass(kind, Message):
        return _examples(kind)
    return PLAIN[kind]


def _examples(kind: type[Message]) -> list[Message]:
    """Return messages of a kind, in which every value of every field occurs."""
    hints = typing.get_type_hints(kind)
    columns = [_values(hints[field.name]) for field in dataclasses.fields(kind)]
    rows = range(max(map(len, columns), default=1))
    return [kind(*(column[row % len(column)] for column in columns)) for row in rows]


@pytest.mark.parametrize("kind", KINDS)
def test_message_survives_the_wire(kind: type[Message]) -> None:
    for message in _examples(kind):
        line = encode(message)
        assert line.endswith(b"\n")
        assert line.count(b"\n") == 1
        assert decode(line) == message


@pytest.mark.parametrize("kind", KINDS)
def test_message_is_a_frozen_value(kind: type[Message]) -> None:
    for message in _examples(kind):
        for field in dataclasses.fields(message):
            with pytest.raises(dataclasses.FrozenInstanceError):
                setattr(message, field.name, None)


# Each comes from a process that may be confused or hostile: a ValueError, nothing else.
MALFORMED = {
    "nothing": b"",
    "no JSON": b"hello",
    "no UTF-8": b'"\xff"',
    "cut": b'{"type=":"Ready"',
    "a number": b"1",
    "a list": b'[{"type=":"Ready"}]',
    "no type": b'{"worker_id":1}',
    "an unknown type": b'{"type=":"Channel"}',
    "a type that is no text": b'{"type=":["Ready"]}',
    "a type that is null": b'{"type=":null}',
    "a field too many": b'{"type=":"Ready","x":1}',
    "a field too few": b'{"type=":"InFlight","method":"GET"}',
    "deeper than the stack": b"[" * 100_000,
}


@pytest.mark.parametrize("line", MALFORMED.values(), ids=MALFORMED)
def test_line_that_is_no_message_is_a_value_error(line: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - whatever json says
        decode(line)


@pytest.fixture
def pair() -> Iterator[tuple[Channel, socket.socket]]:
    """Return a channel and the plain socket at its other end."""
    ours, theirs = socket.socketpair()
    channel = Channel(ours)
    yield channel, theirs
    channel.close()
    theirs.close()


@pytest.fixture
def channels() -> Iterator[tuple[Channel, Channel]]:
    """Return both ends of a channel."""
    ends = [Channel(sock) for sock in socket.socketpair()]
    yield ends[0], ends[1]
    for end in ends:
        end.close()


def _large(number: int) -> Draining:
    return Draining((InFlight("GET", "/" + "x" * 100_000, float(number)),))


def test_messages_arrive_in_order(channels: tuple[Channel, Channel]) -> None:
    here, there = channels
    sent = [message for kind in KINDS for message in _examples(kind)]
    for message in sent:
        here.send(message)
    received = there.receive()
    while here.wants_write:  # more than the kernel holds
        here.flush()
        received += there.receive()
    assert received == sent
    assert there.receive() == []
    assert not there.ended


def test_what_the_kernel_does_not_take_waits(channels: tuple[Channel, Channel]) -> None:
    here, there = channels
    sent = [_large(number) for number in range(40)]
    for message in sent:
        here.send(message)
    assert here.wants_write
    received: list[Message] = []
    while here.wants_write:
        received += there.receive()
        here.flush()
    received += there.receive()
    assert received == sent


def test_both_ways_at_once(channels: tuple[Channel, Channel]) -> None:
    received: dict[Channel, list[Message]] = {end: [] for end in channels}
    for end in channels:
        for number in range(10):
            end.send(_large(number))
    while any(end.wants_write for end in channels):
        for end in channels:
            received[end] += end.receive()
            end.flush()
    for end in channels:
        received[end] += end.receive()
        assert received[end] == [_large(number) for number in range(10)]


def test_a_message_arrives_in_pieces(pair: tuple[Channel, socket.socket]) -> None:
    channel, other = pair
    data = encode(Ready()) + encode(_large(1))[:50]
    for i in range(len(data)):
        other.send(data[i : i + 1])
        arrived = channel.receive()
        assert arrived == ([Ready()] if data[i : i + 1] == b"\n" else [])
    other.send(encode(_large(1))[50:])
    assert channel.receive() == [_large(1)]


@pytest.mark.parametrize(
    ("data", "messages_"),
    [
        (b"", []),
        (encode(Ready()), [Ready()]),
        (encode(Ready()) * 3, [Ready()] * 3),
        (encode(Ready()) + b'{"type=":"Rea', [Ready()]),
    ],
)
def test_end_of_file_comes_after_what_was_sent(
    data: bytes, messages_: list[Message], pair: tuple[Channel, socket.socket]
) -> None:
    channel, other = pair
    other.sendall(data)
    other.close()
    assert channel.receive() == messages_
    assert channel.ended
    assert channel.receive() == []


def test_sending_to_a_dead_peer_is_no_error(pair: tuple[Channel, socket.socket]) -> None:
    channel, other = pair
    other.close()
    for _ in range(3):
        channel.send(_large(0))
    assert not channel.wants_write
    assert channel.receive() == []
    assert channel.ended


def test_a_peer_that_dies_with_unread_messages_is_an_end(
    pair: tuple[Channel, socket.socket],
) -> None:
    channel, other = pair
    channel.send(Ready())
    other.close()
    assert channel.receive() == []
    assert channel.ended


def test_finish_sends_the_last_words(pair: tuple[Channel, socket.socket]) -> None:
    channel, other = pair
    channel.send(Ready())
    channel.finish()
    assert other.recv(1000) == encode(Ready())
    assert not channel.wants_write
