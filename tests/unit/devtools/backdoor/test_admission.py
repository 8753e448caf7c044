"""Who comes in at the backdoor, and what a client is by its first bytes."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from spawning_devtools.backdoor.door import kernel
from spawning_devtools.backdoor.door.admission import (
    House,
    Peer,
    Verdict,
    is_secret,
    verdict,
)
from spawning_devtools.backdoor.door.sniffing import First, greeting, is_request, judge
from spawning_devtools.owners import as_in_table, forms, owner_in

TLS_HELLO = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"
TELNET = b"\xff\xfd\x03\xff\xfb\x18\xff\xfa\x18\x00xterm\xff\xf0"

FIRST: list[tuple[bytes, First]] = [
    (b"", First.NOTHING),
    (b"s", First.PART),
    (b"spawnctl 1 {", First.PART),
    (b"spawnctl 1 {}\n", First.OURS),
    (b'spawnctl 1 {"to": 3}\r\n{"do": "run"}\n', First.OURS),
    (b"spawnctl 2 {}\n", First.EAGER),
    (b"spawnctl 1 []\n", First.EAGER),
    (b"spawnctl 1 {\n", First.EAGER),
    (b"spawnctl 1 " + b"[" * 100_000 + b"\n", First.EAGER),
    (b"spawnctl / HTTP/1.1\r\n", First.EAGER),  # a page that was rebound to us may name its method
    (b"spawnctl 1 " + b"x" * 70_000, First.EAGER),
    (b"GET / HTTP/1.1\r\nHost: localhost:3000\r\n\r\n", First.HTTP),
    (b"POST /\r\n", First.HTTP),
    (b"OPTIONS * HTTP/1.1\r\n", First.HTTP),
    (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", First.HTTP),
    (b"BASELINE-CONTROL / HTTP/1.1\r\n", First.HTTP),
    (b"X=1 / HTTP/1.1\r\n", First.EAGER),
    (b"get / HTTP/1.1\r\n", First.HTTP),
    (b"print(1)\n", First.EAGER),
    (b"import os\nGET / HTTP/1.1\r\n", First.EAGER),
    (b"\n\nGET / HTTP/1.1\r\n", First.EAGER),
    (b" ", First.EAGER),
    (TLS_HELLO, First.HTTP),
    (TELNET, First.NOTHING),
    (TELNET[:7], First.NOTHING),
    (TELNET[:10], First.NOTHING),
    (TELNET + b"print(1)\r\n", First.EAGER),
    (TELNET + b"GET / HTTP/1.1\r\n", First.HTTP),
    (b"\x00\x03\x00\x24\x21\x12\xa4\x42", First.EAGER),  # what WebRTC says to a relay
    (b"\x05\x01\x00", First.EAGER),  # SOCKS
]


@pytest.mark.parametrize(("said", "first"), FIRST)
def test_what_a_client_is(said: bytes, first: First) -> None:
    assert judge(said) is first


@pytest.mark.parametrize("cut", range(1, 14))
def test_our_greeting_may_come_in_pieces(cut: int) -> None:
    assert judge(b"spawnctl 1 {}\n"[:cut]) is First.PART


@pytest.mark.parametrize("said", [b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"POST /run HTTP/1.1\r\n"])
def test_no_beginning_of_a_request_is_taken_for_anything_better(said: bytes) -> None:
    known = {judge(said[:length]) for length in range(1, len(said))}
    assert known <= {First.EAGER, First.HTTP}


def test_what_our_client_says_of_itself() -> None:
    assert greeting(b'spawnctl 1 {"to": 3}\r\n{"do"') == ({"to": 3}, b'{"do"')
    assert greeting(b"spawnctl 1 {}\n") == ({}, b"")
    assert greeting(b'spawnctl 1 {"a": [[]], "b": {}, "c": null}\n') == ({"c": None}, b"")


AFTER_THE_BANNER = {
    b"GET / HTTP/1.1": True,
    b"POST http://a/ HTTP/1.1": True,
    b"CONNECT a:80 HTTP/1.1": True,
    b"spawnctl / HTTP/1.1": True,
    TLS_HELLO: True,
    b"workers": False,
    b"X = 5": False,
    b"GET = 5": False,
    b"A *b": True,  # the price: nobody begins so
    b"1 / HTTP": False,
    b"from a import b": False,
}


@pytest.mark.parametrize(("line", "is_one"), AFTER_THE_BANNER.items())
def test_a_request_after_the_banner(line: bytes, is_one: bool) -> None:
    assert is_request(line + b"\r\n") is is_one


MINE = House(user=1000, nobody=None)
MAPPED = House(user=65534, nobody=65534)

ADMITTED: list[tuple[Peer, House, Verdict]] = [
    (Peer(1000), MINE, Verdict.ADMIT),
    (Peer(0), MINE, Verdict.ADMIT),
    (Peer(1001), MINE, Verdict.REFUSE),
    (Peer(65534), MINE, Verdict.REFUSE),
    (Peer(None), MINE, Verdict.PROVE),
    (Peer(1000), House(0, None), Verdict.REFUSE),
    (Peer(65534), House(65534, None), Verdict.ADMIT),
    (Peer(65534), MAPPED, Verdict.PROVE),
    (Peer(0), MAPPED, Verdict.ADMIT),
    (Peer(65534), House(1000, 65534), Verdict.PROVE),
]


@pytest.mark.parametrize(("peer", "house", "decided"), ADMITTED)
def test_who_comes_in(peer: Peer, house: House, decided: Verdict) -> None:
    assert verdict(peer, house) is decided


def test_the_secret() -> None:
    assert is_secret("abc", "abc")
    assert not is_secret("abd", "abc")
    assert not is_secret("", "abc")
    assert not is_secret("", "")
    assert not is_secret("\udcff", "abc")


OURS, THEIRS = "0100007F:0BB8", "0100007F:D431"


def row(theirs: str, ours: str, state: str, user: int, inode: int) -> str:
    return (
        f"   5: {theirs} {ours} {state} 00000000:00000000 00:00000000 00000000  {user:>4}"
        f"        0 {inode} 1 0000000000000000 20 4 30 10 -1\n"
    )


ROWS: list[tuple[str, list[str], tuple[int, str] | None]] = [
    ("a row", [row(THEIRS, OURS, "01", 1001, 77)], (1001, "77")),
    ("root's", [row(THEIRS, OURS, "01", 0, 77)], (0, "77")),
    ("our own end is not theirs", [row(OURS, THEIRS, "01", 1000, 78)], None),
    ("it says nothing more, but is held", [row(THEIRS, OURS, "05", 1001, 77)], (1001, "77")),
    # The kernel writes user 0 for these, and whoever likes can have them.
    ("closed, and what was sent is on its way", [row(THEIRS, OURS, "04", 0, 0)], None),
    ("closed, and waits for our end", [row(THEIRS, OURS, "05", 0, 0)], None),
    ("closed for good", [row(THEIRS, OURS, "06", 0, 0)], None),
    ("not accepted", [row(THEIRS, OURS, "01", 0, 0)], None),
    ("another port", [row("0100007F:D432", OURS, "01", 0, 77)], None),
    ("the heading", ["  sl  local_address rem_address   st tx_queue rx_queue tr tm->when\n"], None),
    ("cut", ["   5: 0100007F:D431 0100007F:0BB8 01\n"], None),
    ("nothing", [], None),
]


@pytest.mark.parametrize(("rows", "owner"), [r[1:] for r in ROWS], ids=[r[0] for r in ROWS])
def test_whose_connection_it_is(rows: list[str], owner: tuple[int, str] | None) -> None:
    assert owner_in(rows, THEIRS, OURS) == owner


def test_addresses_are_written_as_the_kernel_does() -> None:
    here = socket.inet_pton(socket.AF_INET, "127.0.0.1")
    assert as_in_table(here, 3000) == "0100007F:0BB8"
    as_6 = socket.inet_pton(socket.AF_INET6, "::ffff:127.0.0.1")
    assert list(forms(here)) == [here, as_6] == list(forms(as_6))
    assert as_in_table(as_6, 3000) == "0000000000000000FFFF00000100007F:0BB8"
    one = socket.inet_pton(socket.AF_INET6, "::1")
    assert list(forms(one)) == [one]
    assert as_in_table(one, 3000) == "00000000000000000000000001000000:0BB8"


PAIRS = [
    (socket.AF_INET, "127.0.0.1", socket.AF_INET, "127.0.0.1"),
    (socket.AF_INET6, "::1", socket.AF_INET6, "::1"),
    (socket.AF_INET, "127.0.0.1", socket.AF_INET6, "::ffff:127.0.0.1"),
]


@pytest.mark.parametrize(("near", "host", "far", "name"), PAIRS)
def test_the_kernel_names_the_other_end(near: int, host: str, far: int, name: str) -> None:
    with socket.socket(near) as listener, socket.socket(far) as client:
        listener.bind((host, 0))
        listener.listen()
        client.connect((name, listener.getsockname()[1]))
        served, _ = listener.accept()
        with served:
            assert kernel.peer_of(served, wants_pid=True) == Peer(os.geteuid(), os.getpid())
            client.close()
            assert kernel.peer_of(served, wants_pid=True).user is None, "nobody holds it any more"


def test_the_kernel_names_who_is_at_a_unix_socket(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener, socket.socket(socket.AF_UNIX) as client:
        listener.bind(str(tmp_path / "s"))
        listener.listen()
        client.connect(str(tmp_path / "s"))
        served, _ = listener.accept()
        with served:
            assert kernel.peer_of(served, wants_pid=False) == Peer(os.geteuid(), os.getpid())


def test_the_names_of_users() -> None:
    assert kernel.name_of(0) == "root"
    assert kernel.name_of(4_000_000) == "4000000"
    assert kernel.name_of(None) == "?"
