"""Every PROXY header, whole, byte by byte, and cut at random, in front of a request."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Sequence

import pytest

from spawning.http.connection import CLOSED
from spawning.http.proxy_protocol import V2_LONGEST, V2_SIGNATURE, Source, read
from unit.core.memory_host import PEER, MemoryHost, Recorder, one_by_one, statuses

GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
RANDOM_CUTS = 12
V4 = bytes([192, 0, 2, 7, 192, 0, 2, 8]) + b"\x82\x35\x01\xbb"
V6 = bytes.fromhex("20010db8000000000000000000000001") * 2 + b"\x82\x35\x01\xbb"
MAPPED = bytes.fromhex("00000000000000000000ffffc0000207") * 2 + b"\x82\x35\x01\xbb"


def v2(command: int, family: int, content: bytes, length: int | None = None) -> bytes:
    """Return a header of version 2."""
    said = len(content) if length is None else length
    return V2_SIGNATURE + bytes([command, family]) + said.to_bytes(2, "big") + content


# (header, client that it names: (host, port), None where it is the peer, "" where it is refused)
CASES: dict[str, tuple[bytes, tuple[str, int] | str | None]] = {
    "1, TCP4": (b"PROXY TCP4 192.0.2.7 192.0.2.8 33333 80\r\n", ("192.0.2.7", 33333)),
    "1, TCP4, lowest and highest port": (
        b"PROXY TCP4 192.0.2.7 192.0.2.8 0 65535\r\n",
        ("192.0.2.7", 0),
    ),
    "1, TCP6": (b"PROXY TCP6 2001:DB8:0::1 ::1 33333 80\r\n", ("2001:db8::1", 33333)),
    "1, TCP6, longest": (
        b"PROXY TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"
        b" ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n",
        ("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 65535),
    ),
    "1, TCP6 of an IPv4 client": (
        b"PROXY TCP6 ::ffff:192.0.2.7 ::1 33333 80\r\n",
        ("192.0.2.7", 33333),
    ),
    "1, UNKNOWN": (b"PROXY UNKNOWN\r\n", None),
    "1, UNKNOWN, with rubbish": (b"PROXY UNKNOWN what\0ever\n 1\r\n", None),
    "1, UNKNOWN, 107 bytes": (b"PROXY UNKNOWN ".ljust(105, b"x") + b"\r\n", None),
    "1, 108 bytes": (b"PROXY UNKNOWN ".ljust(106, b"x") + b"\r\n", ""),
    "1, without end": (b"PROXY UNKNOWN " + 200 * b"x", ""),
    "1, lower case": (b"proxy TCP4 192.0.2.7 192.0.2.8 33333 80\r\n", ""),
    "1, a line feed only": (b"PROXY TCP4 192.0.2.7 192.0.2.8 33333 80\n", ""),
    "1, a carriage return within": (b"PROXY TCP4 192.0.2.7\r192.0.2.8 33333 80\r\n", ""),
    "1, two blanks": (b"PROXY TCP4  192.0.2.7 192.0.2.8 33333 80\r\n", ""),
    "1, a blank at the end": (b"PROXY TCP4 192.0.2.7 192.0.2.8 33333 80 \r\n", ""),
    "1, no port": (b"PROXY TCP4 192.0.2.7 192.0.2.8 33333\r\n", ""),
    "1, no addresses": (b"PROXY TCP4\r\n", ""),
    "1, no family": (b"PROXY \r\n", ""),
    "1, another family": (b"PROXY UDP4 192.0.2.7 192.0.2.8 33333 80\r\n", ""),
    "1, IPv6 as TCP4": (b"PROXY TCP4 ::1 ::1 33333 80\r\n", ""),
    "1, IPv4 as TCP6": (b"PROXY TCP6 192.0.2.7 192.0.2.8 33333 80\r\n", ""),
    "1, an address that is none": (b"PROXY TCP4 192.0.2.256 192.0.2.8 33333 80\r\n", ""),
    "1, an address with zeros": (b"PROXY TCP4 192.0.02.7 192.0.2.8 33333 80\r\n", ""),
    "1, an address with a zone": (b"PROXY TCP6 fe80::1%1 ::1 33333 80\r\n", ""),
    "1, an address that is no ASCII": (b"PROXY TCP4 192.0.2.\xb7 192.0.2.8 33333 80\r\n", ""),
    "1, a destination that is none": (b"PROXY TCP4 192.0.2.7 here 33333 80\r\n", ""),
    "1, a port that is too large": (b"PROXY TCP4 192.0.2.7 192.0.2.8 65536 80\r\n", ""),
    "1, a destination port that is too large": (b"PROXY TCP4 192.0.2.7 192.0.2.8 1 99999\r\n", ""),
    "1, a port with a zero": (b"PROXY TCP4 192.0.2.7 192.0.2.8 033 80\r\n", ""),
    "1, a port with a sign": (b"PROXY TCP4 192.0.2.7 192.0.2.8 +33 80\r\n", ""),
    "1, twice": (2 * b"PROXY TCP4 192.0.2.7 192.0.2.8 33333 80\r\n", ""),
    "2, TCP4": (v2(0x21, 0x11, V4), ("192.0.2.7", 0x8235)),
    "2, TCP6": (v2(0x21, 0x21, V6), ("2001:db8::1", 0x8235)),
    "2, TCP6 of an IPv4 client": (v2(0x21, 0x21, MAPPED), ("192.0.2.7", 0x8235)),
    "2, TCP4 with more": (v2(0x21, 0x11, V4 + b"\x04\0\x03abc"), ("192.0.2.7", 0x8235)),
    "2, TCP4 with as much as may be": (
        v2(0x21, 0x11, V4.ljust(V2_LONGEST, b"x")),
        ("192.0.2.7", 0x8235),
    ),
    "2, unix": (v2(0x21, 0x31, 216 * b"x"), None),
    "2, unspecified": (v2(0x21, 0x00, b""), None),
    "2, unspecified with more": (v2(0x21, 0x00, b"rubbish"), None),
    "2, LOCAL": (v2(0x20, 0x00, b""), None),
    "2, LOCAL with addresses": (v2(0x20, 0x11, V4), None),
    "2, LOCAL with rubbish": (v2(0x20, 0xFF, b"rubbish"), None),
    "2, twice": (2 * v2(0x21, 0x11, V4), ""),
    "2, then 1": (v2(0x21, 0x11, V4) + b"PROXY UNKNOWN\r\n", ""),
    "2, version 1": (v2(0x11, 0x11, V4), ""),
    "2, version 3": (v2(0x31, 0x11, V4), ""),
    "2, another command": (v2(0x22, 0x11, V4), ""),
    "2, datagrams": (v2(0x21, 0x12, V4), ""),
    "2, another family": (v2(0x21, 0x41, V4), ""),
    "2, too short for TCP4": (v2(0x21, 0x11, V4[:-1]), ""),
    "2, too short for TCP6": (v2(0x21, 0x21, V6[:-1]), ""),
    "2, too short for unix": (v2(0x21, 0x31, 215 * b"x"), ""),
    "2, too long": (v2(0x21, 0x11, V4.ljust(V2_LONGEST + 1, b"x")), ""),
    "2, a signature that is wrong": (V2_SIGNATURE[:-1] + b"\r" + v2(0x21, 0x11, V4)[12:], ""),
    "none": (b"", ""),
    "empty lines": (b"\r\n\r\n", ""),
}


def _ways(data: bytes) -> Iterator[tuple[str, Sequence[bytes]]]:
    yield "whole", [data]
    yield "byte by byte", one_by_one(data)
    chance = random.Random(len(data))
    for _ in range(RANDOM_CUTS):
        cuts = sorted(chance.sample(range(1, len(data)), chance.choice((1, 2, 5))))
        edges = [0, *cuts, len(data)]
        yield f"cut at {cuts}", [data[a:b] for a, b in itertools.pairwise(edges)]


def _expecting(recorder: Recorder, **limits: float) -> MemoryHost:
    host = MemoryHost(recorder, **limits)
    host.connection.expect_introduction()
    return host


@pytest.mark.parametrize(("header", "client"), CASES.values(), ids=CASES)
def test_header_names_the_client_or_is_refused(
    header: bytes, client: tuple[str, int] | str | None
) -> None:
    for way, pieces in _ways(header + GET + GET):
        recorder = Recorder()
        host = _expecting(recorder)
        try:
            host.exchange(*pieces)
            peer = host.connection.peer
            host.hang_up()
            assert host.connection.phase is CLOSED
        finally:
            host.close()
        if client == "":
            assert (way, recorder.seen, statuses(host.received)) == (way, [], [400])
        else:
            assert (way, statuses(host.received)) == (way, [200, 200])
            assert (way, peer) == (way, Source(*(client or PEER), via=PEER))


@pytest.mark.parametrize(("header", "client"), CASES.values(), ids=CASES)
def test_header_is_not_read_before_it_is_whole(
    header: bytes, client: tuple[str, int] | str | None
) -> None:
    if client != "":
        assert all(read(header[:end]) is None for end in range(len(header)))
        whole = read(header + GET)
        assert whole is not None
        assert whole.size == len(header)


@pytest.mark.parametrize(("sent", "answered"), [(b"", []), (b"PROXY T", [408])])
def test_header_that_does_not_arrive_in_time_ends_the_connection(
    sent: bytes, answered: list[int]
) -> None:
    host = _expecting(Recorder(), head_time=0.0)
    try:
        host.exchange(sent)
        host.poke()
        host.hang_up()
        assert statuses(host.received) == answered
        assert host.connection.phase is CLOSED
    finally:
        host.close()


def test_header_without_a_request_leaves_the_connection_idle() -> None:
    host = _expecting(Recorder(), head_time=0.0)
    try:
        host.exchange(CASES["1, TCP4"][0])
        host.poke()
        assert host.exchange(GET) != b""
    finally:
        host.close()


def test_part_of_a_header_travels_to_the_successor() -> None:
    host = _expecting(Recorder())
    try:
        host.exchange(b"PROXY TCP4 192.")
        host.word[0] = 2
        host.poke()
        assert host.given_away == [b"PROXY TCP4 192."]
        assert not isinstance(host.connection.peer, Source)
    finally:
        host.close()


@pytest.mark.parametrize("source", [Source("192.0.2.7", 33333, PEER), Source("", 0, "")])
def test_source_survives_the_way_to_another_worker(source: Source) -> None:
    assert Source.unpacked(source.packed(), source.via) == source
