from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from spawning.http.body import RequestBody
from spawning.http.connection import CLOSED, HEAD, IDLE, LINGER, Connection
from spawning.http.errors import BadRequest, ClientGone
from spawning.http.poller import ENDED, READABLE
from spawning.http.request import Request
from spawning.http.stream import IN_A_ROW
from spawning.slot import NoSlot
from unit.core.memory_host import OK, MemoryHost, Recorder, statuses

HostFor = Callable[..., MemoryHost]

GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
CLOSE = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
CHUNKED = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
EXPECTING = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n"


class Answers:
    """A gateway that answers by a function."""

    def __init__(self, call: Callable[[Connection, RequestBody], bool]) -> None:
        self._call = call
        self.targets: list[str] = []

    def answer(self, connection: Connection, request: Request, body: RequestBody) -> bool:
        """Call the function."""
        self.targets.append(request.target)
        return self._call(connection, body)

    def refusal(self, _connection: Connection, error: BadRequest, _received: bytes) -> bytes:
        """Return a response without a body."""
        return f"HTTP/1.1 {error.status}\r\n\r\n".encode()


def _answer_unread(connection: Connection, _body: RequestBody) -> bool:
    connection.send(OK)
    return True


# (what the client sends, phase in which that leaves the connection)
PHASES: dict[str, tuple[bytes, Any]] = {
    "nothing": (b"", IDLE),
    "part of a head": (GET[:10], HEAD),
    "a request": (GET, IDLE),
    "a request and part of the next": (GET + GET[:10], HEAD),
    "the last request": (CLOSE, CLOSED),
    "the last request and more": (CLOSE + GET, LINGER),
    "a request that is refused": (b"x\r\n\r\n", LINGER),
}


@pytest.mark.parametrize(("sent", "phase"), PHASES.values(), ids=PHASES)
def test_phase_after_what_was_sent(sent: bytes, phase: Any, host_for: HostFor) -> None:
    host = host_for(Recorder())
    host.exchange(sent)
    assert host.connection.phase is phase
    host.hang_up()
    assert host.connection.phase is CLOSED


# (limits, what was sent before the time is up, statuses, phase)
DEADLINES: dict[str, tuple[dict[str, float], bytes, list[int], Any]] = {
    "idle": ({"keep_alive_time": 0.0, "head_time": 0.0}, b"", [], CLOSED),
    "within a head": ({"head_time": 0.0}, GET[:10], [408], LINGER),
    "idle, and time for a first head": ({"keep_alive_time": 0.0}, b"", [], IDLE),
    "after an answer": ({"keep_alive_time": 0.0}, GET, [200], CLOSED),
    "with time left": ({}, GET[:10], [], HEAD),
}


@pytest.mark.parametrize(("limits", "sent", "answered", "phase"), DEADLINES.values(), ids=DEADLINES)
def test_deadline_ends_a_connection(
    limits: dict[str, float], sent: bytes, answered: list[int], phase: Any, host_for: HostFor
) -> None:
    host = host_for(Recorder(), **limits)
    host.exchange(sent)
    host.poke()
    assert statuses(host.received) == answered
    assert host.connection.phase is phase


def test_the_end_of_another_client_that_had_this_number_is_soon_forgotten(
    host_for: HostFor,
) -> None:
    host = host_for(Recorder())
    host.connection.on_events(ENDED | READABLE)
    assert host.connection.has_ended
    assert host.poke() == b""
    assert not host.connection.has_ended
    assert statuses(host.exchange(GET)) == [200]
    assert not host.connection.readable


def test_it_is_known_who_works_on_a_connection(host_for: HostFor) -> None:
    host = host_for(Recorder())
    host.slot = NoSlot()
    host.exchange(GET)
    assert (host.connection.slot, host.connection.worker) == (host.slot, "the test")


def test_a_lingering_connection_is_closed_at_its_deadline(host_for: HostFor) -> None:
    host = host_for(Recorder(), linger_time=0.0)
    host.exchange(CLOSE + GET)
    host.poke()
    assert host.connection.phase is CLOSED
    assert statuses(host.received) == [200]


# (bytes sent before the gate moves, bytes sent after, what travels along)
HAND_OVERS: dict[str, tuple[bytes, bytes, bytes]] = {
    "idle": (b"", b"", b""),
    "after an answer": (GET, b"", b""),
    "with a request": (b"", GET, GET),
    "within a head": (GET[:10], b"", GET[:10]),
    "within a head that goes on": (GET[:10], GET[10:], GET),
    "with two requests": (b"", GET + GET, GET + GET),
}


@pytest.mark.parametrize(("before", "after", "along"), HAND_OVERS.values(), ids=HAND_OVERS)
def test_an_open_connection_is_given_away_with_its_bytes(
    before: bytes, after: bytes, along: bytes, host_for: HostFor
) -> None:
    recorder = Recorder()
    host = host_for(recorder)
    host.exchange(before)
    seen = len(recorder.seen)
    host.word[0] = 2
    host.exchange(after)
    if not after:
        host.poke()
    assert host.given_away == [along]
    assert len(recorder.seen) == seen


def test_a_request_that_had_begun_is_finished_before_the_connection_leaves(
    host_for: HostFor,
) -> None:
    def answer(connection: Connection, body: RequestBody) -> bool:
        host.word[0] = 2
        connection.poke()  # as the engine does when it hands over
        return _answer_unread(connection, body)

    for sent in (GET + GET, GET):
        host = host_for(Answers(answer))
        assert host.exchange(sent) == OK
        assert host.given_away == [sent[len(GET) :]]


def test_a_client_that_asks_on_and_on_lets_others_have_their_turn(host_for: HostFor) -> None:
    host = host_for(Recorder())
    assert host.exchange(5 * IN_A_ROW * GET) == 5 * IN_A_ROW * OK
    assert host.turns_of_others >= 4


def test_a_lingering_connection_is_not_given_away(host_for: HostFor) -> None:
    host = host_for(Recorder())
    host.exchange(CLOSE + GET)
    host.word[0] = 2
    host.poke()
    assert (host.given_away, host.connection.phase) == ([], CLOSED)


def test_received_bytes_of_another_worker_are_served(host_for: HostFor) -> None:
    recorder = Recorder()
    host = host_for(recorder)
    host.connection = Connection(
        host.connection.detach(), ("192.0.2.1", 1), "endpoint", host.host, GET[:10]
    )
    host.exchange(GET[10:])
    assert [request["target"] for request in recorder.seen] == ["/"]


# An application may go on after its input was malformed; whatever the client sends
# then is of unknown meaning, and must not be taken for a request.
@pytest.mark.parametrize(
    "rest",
    [
        b"\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n",
        b"0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n",
    ],
)
def test_nothing_is_served_after_a_malformed_body(rest: bytes, host_for: HostFor) -> None:
    def swallow(connection: Connection, body: RequestBody) -> bool:
        for data in (b"", rest):
            if data:
                host.client.send(data)
            try:
                body.read()
            except OSError:
                pass
        connection.send(OK)
        return True

    for late in (False, True):
        gateway = Answers(swallow)
        host = host_for(gateway)
        pieces = [CHUNKED + b"5\r\nhelloXX\r\n"] + [rest] * late
        host.exchange(*pieces)
        assert gateway.targets == ["/"]
        assert host.connection.phase in (LINGER, CLOSED)


# (request, rest of the body that comes at once, whether the next request is answered)
UNREAD: dict[str, tuple[bytes, bool]] = {
    "no body": (GET, True),
    "a body that is there": (GET.replace(b"\r\n\r\n", b"\r\nContent-Length: 3\r\n\r\nabc"), True),
    "a chunked body that is there": (CHUNKED + b"3\r\nabc\r\n0\r\n\r\n", True),
    "a body that is malformed": (CHUNKED + b"x\r\n", False),
    "a body that was not invited": (EXPECTING + b"hello", False),
}


@pytest.mark.parametrize(("request_", "kept"), UNREAD.values(), ids=UNREAD)
def test_a_body_that_was_not_read_is_skipped_or_ends_the_connection(
    request_: bytes, kept: bool, host_for: HostFor
) -> None:
    gateway = Answers(_answer_unread)
    host = host_for(gateway)
    host.exchange(request_ + GET)
    assert len(gateway.targets) == 1 + kept
    assert host.received == OK * (1 + kept)


@pytest.mark.parametrize("size", [1, 100_000, 5_000_000])
def test_a_slow_client_receives_everything(size: int, host_for: HostFor) -> None:
    def answer(connection: Connection, _body: RequestBody) -> bool:
        connection.send(b"x" * size)
        return True

    host = host_for(Answers(answer))
    assert host.exchange(GET) == b"x" * size


def test_a_client_that_stops_reading_is_given_up(host_for: HostFor) -> None:
    gone: list[ClientGone] = []

    def answer(connection: Connection, _body: RequestBody) -> bool:
        try:
            connection.send(b"x" * 5_000_000)
        except ClientGone as error:
            gone.append(error)
            connection.close()
        return False

    host = host_for(Answers(answer), write_time=0.0)
    host.client_reads = False
    host.exchange(GET)
    assert len(gone) == 1


def test_without_keep_alive_one_request_is_answered(host_for: HostFor) -> None:
    recorder = Recorder()
    host = host_for(recorder)
    host.host.keeps_alive = False
    host.exchange(GET + GET)
    assert [request["keep_alive"] for request in recorder.seen] == [False]
    assert host.connection.phase is LINGER


def test_closing_twice_is_harmless(host_for: HostFor) -> None:
    host = host_for(Recorder())
    host.connection.close()
    host.connection.close()
    host.poke()
    assert host.connection.phase is CLOSED


def test_a_late_poke_takes_no_bytes_of_a_connection_that_was_given_away(
    host_for: HostFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    host = host_for(Recorder())
    kept: list[Any] = []
    monkeypatch.setattr(
        host.host, "give_away", lambda connection, _: kept.append(connection.detach())
    )
    host.exchange(GET)
    host.word[0] = 2
    host.connection.poke()
    assert host.connection.next_request() is None
    (sock,) = kept
    with sock:
        host.client.send(GET)
        host.connection.poke()
        assert host.connection.next_request() is None
        assert not host.connection.readable  # or the thread at work would look for ever
        assert sock.recv(1000) == GET
