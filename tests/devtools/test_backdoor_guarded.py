"""The door: whom it lets in, and who floods, stalls and vanishes there; workers are the test's."""

from __future__ import annotations

import os
import select
import socket
import struct
import subprocess
from pathlib import Path

import pytest

from entrance import (
    GREETING,
    SECRET,
    Entrance,
    entered,
    entrance,
    read_all,
    read_until,
    said,
)
from serving import PATIENCE
from spawning_devtools.backdoor.door.placing import SESSIONS
from spawning_devtools.backdoor.door.reception import EAGER, WRONG_SECRET

pytestmark = [pytest.mark.slow, pytest.mark.once]


# ---------------------------------------------------------------- who is let in


def test_no_more_than_some_sessions(door: Entrance) -> None:
    worker = door.worker(1)
    inside = [entered(door, worker) for _ in range(SESSIONS)]
    for greeting in (GREETING, b""):
        client = door.connect(greeting)
        assert b"there are 8 sessions already" in read_all(client)
    inside[0][0].shutdown(socket.SHUT_WR)
    assert inside[0][1].recv(1) == b""
    inside[0][1].close()
    assert read_all(inside[0][0]) == b""
    client, session = entered(door, worker)
    session.sendall(b"in\n")
    assert read_until(client, b"\n") == b"in\n"


EARLY = {
    "a form": b"POST /x HTTP/1.1\r\nHost: localhost:3000\r\n\r\nimport os\n",
    "a rebound name": b"GET / HTTP/1.1\r\nHost: rebound.example\r\n\r\n",
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "TLS": b"\x16\x03\x01\x00\x05hello\n",
}


@pytest.mark.parametrize("first", EARLY.values(), ids=EARLY)
def test_http_is_dropped_and_logged_once(tcp: Entrance, first: bytes) -> None:
    worker = tcp.worker(1)
    for _ in range(3):
        assert read_all(tcp.connect(first)) == b""
    assert worker.next(0.0) is None, "nobody has entered"
    lines = tcp.end()
    assert len([line for line in lines if "turned away" in line]) == len(lines) == 1
    assert "a web page, or another client of HTTP, was turned away" in lines[0]


@pytest.mark.parametrize("pause", [False, True], ids=["at once", "in pieces"])
def test_commands_before_headers_are_not_evaluated(tcp: Entrance, pause: bool) -> None:
    worker = tcp.worker(1)
    client = tcp.connect(b"__import__('os').abort()\n")
    if pause:
        assert EAGER.encode() in read_until(client, b"\n")
    try:
        client.sendall(b"POST / HTTP/1.1\r\nHost: localhost:3000\r\n\r\nimport os\n")
    except OSError:
        assert pause
    read_all(client)
    assert worker.next(0.5) is None, "nobody has entered"


def test_http_after_the_banner_does_not_reach_the_session(tcp: Entrance) -> None:
    worker = tcp.worker(1)
    client = tcp.connect()
    _, session = worker.arrival()
    client.sendall(b"POST / HTTP/1.1\r\n")
    client.sendall(b"Host: localhost:3000\r\n\r\n__import__('os').abort()\n")
    assert read_all(session) == b""


def test_our_client_that_was_slow_is_still_ours(tcp: Entrance) -> None:
    worker = tcp.worker(1)
    client = tcp.connect()
    arrival, plain = worker.arrival()
    assert arrival.plain
    client.sendall(b'spawnctl 1 {}\n{"do": 1}\n')
    arrival, session = worker.arrival()
    assert not arrival.plain
    assert plain.recv(1) == b""
    assert read_until(session, b"\n") == b'{"do": 1}\n'


def test_our_client_that_was_slow_goes_where_it_wants_to_or_stays(tcp: Entrance) -> None:
    first, second = tcp.worker(1), tcp.worker(2)
    staying, leaving, lost = (tcp.connect() for _ in range(3))
    for worker in (first, second, first):
        assert worker.arrival()[0].plain
    staying.sendall(b"spawnctl 1 {}\n")
    arrival, _ = first.arrival()
    assert (arrival.plain, arrival.to, arrival.why) == (False, "1", "")
    leaving.sendall(b'spawnctl 1 {"to": 1}\n')
    arrival, _ = first.arrival()
    assert (arrival.plain, arrival.to, arrival.why) == (False, "1", "")
    lost.sendall(b'spawnctl 1 {"to": 9}\n')
    assert b"there is no worker 9 to be entered; there are: 1, 2" in read_all(lost)


# ---------------------------------------------------------------- who floods, stalls, vanishes


def flood(client: socket.socket, session: socket.socket, size: int) -> int:
    """Send bytes without a newline until that is refused; return how many were taken."""
    piece, sent = b"x" * 1_000_000, 0
    client.setblocking(False)
    session.setblocking(False)
    while sent < size:
        readable, writable, _ = select.select([session], [client], [], PATIENCE)
        assert readable or writable, "it is neither taken nor refused"
        try:
            sent += client.send(piece) if writable else 0
        except (ConnectionResetError, BrokenPipeError):
            break
        if readable and not session.recv(1 << 20):
            break
    return sent


@pytest.mark.parametrize("greeting", [GREETING, b""], ids=["ours", "plain"])
def test_a_hundred_megabytes_without_a_newline_end_only_who_sends_them(
    door: Entrance, greeting: bytes
) -> None:
    worker = door.worker(1)
    other, others = entered(door, worker)
    client, session = entered(door, worker, greeting)
    sent = flood(client, session, 100_000_000)
    assert sent < 20_000_000
    other.sendall(b"as ever\n")
    assert read_until(others, b"\n") == b"as ever\n"
    status = Path(f"/proc/{door.process.pid}/status").read_text()
    assert int(status.partition("VmHWM:")[2].split()[0]) < 80_000, "kilobytes"


def test_a_thousand_connections_keep_nobody_out(door: Entrance) -> None:
    worker = door.worker(1)
    other, others = entered(door, worker)
    crowd = [door.connect(b"spawnctl 1 {") for _ in range(1000)]
    other.sendall(b"as ever\n")
    assert read_until(others, b"\n") == b"as ever\n"
    client, session = entered(door, worker)
    session.sendall(b"in\n")
    assert read_until(client, b"\n") == b"in\n"
    # The oldest ones were let go.
    assert read_all(crowd[0]) == b""
    assert len(os.listdir(f"/proc/{door.process.pid}/fd")) < 120
    for sock in crowd:
        sock.close()


def test_who_vanishes_ends_the_session(tcp: Entrance) -> None:
    worker = tcp.worker(1)
    client, session = entered(tcp, worker)
    # Reset, as by a machine that was switched off, seen from here.
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()
    assert session.recv(1) == b""


RUBBISH = [b"\x00" * 100, b"\xff\xf4\xff\xfd\x06\n", b"spawnctl 1 {}\n" + bytes(range(256)) * 10]


@pytest.mark.parametrize("rubbish", RUBBISH)
def test_rubbish_harms_nobody(door: Entrance, rubbish: bytes) -> None:
    worker = door.worker(1)
    door.connect(rubbish).close()
    client = door.connect(b'spawnctl 1 {"it": "is me"}\n')
    arrival, session = worker.arrival()
    if not arrival.about:  # rubbish may come after a greeting
        arrival, session = worker.arrival()
    session.sendall(b"in\n")
    assert read_until(client, b"\n") == b"in\n"


NAMESPACE = ["unshare", "--user"]


def has_user_namespaces() -> bool:
    try:
        return subprocess.run([*NAMESPACE, "true"], capture_output=True).returncode == 0
    except FileNotFoundError:
        return False


@pytest.mark.skipif(not has_user_namespaces(), reason="no user namespaces for us")
def test_a_secret_is_asked_for_where_the_kernel_does_not_tell(tmp_path: Path) -> None:
    # In a namespace without users everybody is nobody, and the server is nobody too.
    with entrance(tmp_path / "s", prefix=NAMESPACE) as door:
        worker = door.worker(1)
        ours, person, wrong = door.connect(GREETING), door.connect(), door.connect(GREETING)
        assert said(ours) == {"say": "secret"}
        assert read_until(person, b": ") == b"secret: "
        assert said(wrong) == {"say": "secret"}
        wrong.sendall(b'{"do": "secret", "secret": "guessed"}\n{"do": "run"}\n')
        assert said(wrong) == {"say": "refused", "why": WRONG_SECRET}
        assert worker.next(0.0) is None, "nobody has entered"
        ours.sendall(b'{"do": "secret", "secret": "%s"}\n{"do": 1}\n' % SECRET.encode())
        arrival, session = worker.arrival()
        assert (arrival.plain, arrival.user) == (False, "nobody")
        assert read_until(session, b"\n") == b'{"do": 1}\n'
        person.sendall(SECRET.encode() + b"\r\n")
        assert worker.arrival()[0].plain
