"""The door: who is let in, where they go, and what passes between; workers are the test's."""

from __future__ import annotations

import os
import pwd
import signal
import socket
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from entrance import GREETING, Entrance, entered, entrance, read_all, read_until, said
from spawning.messages import Arrival, Chronicle, Stop, Stops, WorkerGone, WorkerIs

pytestmark = pytest.mark.slow


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


AT_ONCE = """\
import sys
from spawning_devtools.backdoor.door import process, reception
reception.SILENCE = 0.0
process.main(int(sys.argv[-1]))
"""
"""A door that waits for nobody: as on a machine where to let one in takes longer than it waits."""


def test_who_has_spoken_by_then_is_heard_however_busy_the_door_is() -> None:
    with entrance(prefix=[sys.executable, "-c", AT_ONCE]) as door:
        worker = door.worker(1)
        door.process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, door.process.pid, os.WSTOPPED | os.WNOWAIT)
        clients = [door.connect() for _ in range(3)]
        for client in clients:
            client.sendall(GREETING)
        door.process.send_signal(signal.SIGCONT)
        assert [worker.arrival()[0].plain for _ in clients] == [False] * 3


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
        with ThreadPoolExecutor(1) as pool:
            # Read first: of a socket that is closed with megabytes in it, the kernel may think
            # better, where it has many.
            read = pool.submit(read_all, there)
            here.shutdown(socket.SHUT_WR) if here is client else here.close()
            assert len(read.result()) == sent


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
    second = door.worker(2, 2)
    arrival, session = second.arrival()
    assert (arrival.why, arrival.is_new) == ("it drains", True)
    client.sendall(b"who asks for something has arrived\n")
    assert read_until(session, b"\n") == b"who asks for something has arrived\n"
    second.line.send(Arrival(1, "", why="it drains"), session.fileno())
    assert door.worker(3, 3).arrival()[0].is_new is False


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
