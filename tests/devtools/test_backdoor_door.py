"""The door: who is let in, where they go, and what passes between; workers are the test's."""

from __future__ import annotations

import contextlib
import json
import os
import pwd
import signal
import socket
import struct
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from entrance import GREETING, SECRET, Entrance, Worker, entrance, read_all, read_until
from spawning.messages import Arrival, Chronicle, Stop, Stops, WorkerGone, WorkerIs
from spawning_devtools.backdoor.door.placing import SESSIONS
from spawning_devtools.backdoor.door.reception import EAGER, WRONG_SECRET

pytestmark = pytest.mark.slow


@pytest.fixture(params=["tcp", "unix"])
def door(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Entrance]:
    with entrance(tmp_path / "s" if request.param == "unix" else None) as made:
        yield made


@pytest.fixture
def tcp() -> Iterator[Entrance]:
    with entrance() as made:
        yield made


def said(sock: socket.socket) -> dict[str, object]:
    """Return the next message to a client of ours."""
    told: dict[str, object] = json.loads(read_until(sock, b"\n"))
    return told


def entered(door: Entrance, worker: Worker, greeting: bytes = GREETING) -> tuple[
    socket.socket, socket.socket
]:  # fmt: skip
    """Enter a worker; return both ends of the way between."""
    client = door.connect(greeting)
    _, session = worker.arrival()
    return client, session


def test_bytes_pass_both_ways(door: Entrance) -> None:
    worker = door.worker(1)
    client = door.connect(b'spawnctl 1 {"width": 80}\n{"do": "one"}\n')
    arrival, session = worker.arrival()
    assert (arrival.plain, arrival.about, arrival.why) == (False, {"width": 80}, "")
    assert read_until(session, b"\n") == b'{"do": "one"}\n'
    session.sendall(b'{"say": "a"}\n')
    assert read_until(client, b"\n") == b'{"say": "a"}\n'
    session.close()
    assert read_all(client) == b"", "the session has ended"


def test_a_person_waits_for_the_banner(door: Entrance) -> None:
    worker = door.worker(1)
    client = door.connect()
    arrival, session = worker.arrival()
    assert arrival.plain
    session.sendall(b">>> ")
    assert client.recv(4) == b">>> "
    client.sendall(b"1 + 1\r\n")
    assert read_until(session, b"\n") == b"1 + 1\r\n"
    client.shutdown(socket.SHUT_WR)
    assert session.recv(1) == b"", "the session knows that nothing more comes"
    session.sendall(b"2\r\n")
    session.close()
    assert read_all(client) == b"2\r\n"


def test_much_passes_and_little_of_it_is_held(door: Entrance) -> None:
    client, session = entered(door, door.worker(1))
    much = b"x" * 1_000_000 + b"\n"
    for here, there in ((client, session), (session, client)):
        here.setblocking(False)
        sent = 0
        while sent < 8 * len(much):  # nobody reads yet
            try:
                sent += here.send(much)
            except BlockingIOError:
                break
        assert sent < 8 * len(much), "all of that is held somewhere"
        here.setblocking(True)
        here.shutdown(socket.SHUT_WR) if here is client else here.close()
        assert len(read_all(there)) == sent


def test_the_user_and_the_process_are_told(tmp_path: Path) -> None:
    with entrance(log=str(tmp_path / "log")) as door:
        worker = door.worker(1)
        client = door.connect(GREETING)
        arrival, _ = worker.arrival()
        assert arrival.user == pwd.getpwuid(os.geteuid()).pw_name
        assert arrival.pid == os.getpid()
        client.close()


# ---------------------------------------------------------------- where sessions go


def test_a_client_waits_for_a_worker(door: Entrance) -> None:
    client = door.connect(GREETING)
    assert said(client) == {"say": "text", "text": "there is no worker yet; waiting for one"}
    client.sendall(b'{"do": 1}\n')
    arrival, session = door.worker(1).arrival()
    assert arrival.why == ""
    assert read_until(session, b"\n") == b'{"do": 1}\n'


def test_a_worker_or_the_controller_can_be_named(door: Entrance) -> None:
    first, second = door.worker(1), door.worker(2)
    clients = [door.connect(b'spawnctl 1 {"to": "2"}\n'), door.connect(GREETING)]
    assert second.arrival()[0].to == "2"
    assert first.arrival()[0].to == ""
    clients.append(door.connect(b'spawnctl 1 {"to": "controller"}\n'))
    assert door.controller.arrival()[0].to == "controller"
    why = {"9": "there is no worker 9 to be entered; there are: 1, 2",
           "x": "there is no worker x; type its number, or controller"}  # fmt: skip
    for name, reason in why.items():
        client = door.connect(b'spawnctl 1 {"to": "%s"}\n' % name.encode())
        assert said(client) == {"say": "refused", "why": reason}
        assert read_all(client) == b""


def test_a_session_moves_with_all_that_is_in_it(door: Entrance) -> None:
    first, second = door.worker(1), door.worker(2, 2)
    client = door.connect(b'spawnctl 1 {"to": 1, "width": 80}\n')
    arrival, session = first.arrival()
    client.sendall(b'{"do": 1}\n{"do"')
    assert session.recv(7) == b'{"do": '
    moved = Arrival(arrival.number, "somebody else", 0, True, {}, '{"do": ', "", "newer code")
    first.line.send(moved, session.fileno())
    session.close()
    arrival, session = second.arrival()
    assert (arrival.received, arrival.why) == ('{"do": ', "newer code")
    assert (arrival.user == "somebody else", arrival.plain) == (False, False)
    assert arrival.about == {"to": 1, "width": 80}
    client.sendall(b": 2}\n")
    assert read_until(session, b"2}\n") == b'1}\n{"do": 2}\n'
    session.sendall(b"hello\n")
    assert read_until(client, b"\n") == b"hello\n"


def test_who_cannot_go_where_he_wants_to_stays(door: Entrance) -> None:
    first = door.worker(1)
    client, session = entered(door, first)
    first.line.send(Arrival(1, "", to="7", why="switch"), session.fileno())
    arrival, session = first.arrival()
    assert arrival.why == "there is no worker 7 to be entered; there are: 1"
    first.line.send(Arrival(1, "", to="controller", why="switch"), session.fileno())
    arrival, session = door.controller.arrival()
    assert arrival.to == "controller"
    door.controller.line.send(Arrival(1, "", to="1", why="switch"), session.fileno())
    arrival, session = first.arrival()
    session.sendall(b"here\n")
    assert read_until(client, b"\n") == b"here\n"


def test_a_worker_gives_back_only_what_it_has(door: Entrance) -> None:
    first, second = door.worker(1), door.worker(2)
    client = door.connect(b'spawnctl 1 {"to": 1}\n')
    _, session = first.arrival()
    ours, theirs = socket.socketpair()
    with ours, theirs:
        second.line.send(Arrival(1, "", to="2", why="stolen"), theirs.fileno())
        theirs.close()
        assert ours.recv(1) == b"", "it is closed"
    client.sendall(b"still here\n")
    assert read_until(session, b"\n") == b"still here\n"


def test_a_session_survives_its_worker(door: Entrance) -> None:
    first = door.worker(1)
    client, session = entered(door, first)
    second = door.worker(2)
    client.sendall(b'{"do": 1}\n{"do": ')
    assert read_until(session, b": ").endswith(b'{"do": ')
    session.sendall(b'{"say": "a"}\n{"say')
    assert read_until(client, b'{"say') == b'{"say": "a"}\n{"say'
    door.dies(first)
    session.close()
    arrival, session = second.arrival()
    assert arrival.why == "worker 1 died by SIGKILL"
    client.sendall(b'1}\n{"do": 2}\n')
    assert read_until(session, b"2}\n") == b'{"do": 2}\n', "the rest of a line is for nobody"
    session.sendall(b'{"say": "b"}\n')
    assert read_until(client, b'"b"}\n') == b'\n{"say": "b"}\n'


@pytest.mark.parametrize("told", [True, False])
def test_a_session_waits_for_the_next_worker(door: Entrance, told: bool) -> None:
    worker = door.worker(1)
    client, session = entered(door, worker)
    if told:
        # A process that the application has forked may hold both sockets: only the word comes.
        door.tell(WorkerGone(1, 1001, 1, "killed", -9, 0.0))
    else:
        worker.line.close()
        session.close()
    assert said(client)["text"] == "there is no worker yet; waiting for one"
    arrival, _ = door.worker(3, 2).arrival()
    assert arrival.why == (
        "worker 1 did not end in time and was killed" if told else "worker 1 is gone"
    )


def test_a_worker_that_drains_takes_no_sessions_that_move(door: Entrance) -> None:
    first = door.worker(1)
    client, session = entered(door, first)
    door.tell(WorkerIs(1, 1001, 1, "draining", 0.0))
    first.line.send(Arrival(1, "", why="it drains"), session.fileno())
    assert said(client)["text"] == "there is no worker yet; waiting for one"
    assert door.worker(2, 2).arrival()[0].why == "it drains"


def test_breakpoints_draw_the_next_client_and_are_told_to_others(door: Entrance) -> None:
    first, second = door.worker(1), door.worker(2)
    client, session = entered(door, first)
    second.line.send(Stops((Stop("GET /x", "/p/a.py", 7),)))
    told = said(client)
    assert told == {
        "say": "breakpoint",
        "worker": 2,
        "request": "GET /x",
        "file": "/p/a.py",
        "line": 7,
    }
    one = door.connect(GREETING)
    assert second.arrival()[0].why == ""
    second.line.send(Stops(()))
    two = door.connect(GREETING)
    session.sendall(b"nothing more was said\n")
    assert read_until(client, b"\n") == b"nothing more was said\n"
    # Now the one with fewer sessions; they are equal, and the first is taken.
    first.arrival()
    one.close()
    two.close()


def test_another_door_in_the_place_of_a_dead_one(door: Entrance) -> None:
    client, _ = entered(door, door.worker(1))
    door.process.send_signal(signal.SIGKILL)
    assert read_all(client) == b""
    door.process.wait()
    workers = (WorkerIs(1, 1001, 1, "draining", 0.0), WorkerIs(2, 1002, 2, "serving", 0.0))
    door.start(Chronicle(workers=workers))
    second = door.worker(2, 2)
    door.worker(1, 1, "draining")
    client, session = entered(door, second)
    session.sendall(b"back\n")
    assert read_until(client, b"\n") == b"back\n"


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


# ---------------------------------------------------------------- who floods, stalls, vanishes


def flood(client: socket.socket, session: socket.socket, size: int) -> int:
    """Send bytes without a newline until that is refused; return how many were taken."""
    piece, sent = b"x" * 1_000_000, 0
    session.setblocking(False)
    while sent < size:
        try:
            sent += client.send(piece)
        except (ConnectionResetError, BrokenPipeError):
            break
        with contextlib.suppress(BlockingIOError):
            while session.recv(1 << 20):
                pass
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
