"""Requests that wait on their connections before they are begun."""

from __future__ import annotations

import socket
from collections.abc import Callable
from time import monotonic

import pytest

from spawning.http.parking import LONGEST_QUESTION, Parked, Parking, admit
from spawning.http.phase import CLOSED, IDLE, PARKED
from spawning.http.poller import EPOLLIN, EPOLLRDHUP
from spawning.http.request import Request
from unit.core.memory_host import MemoryHost, Recorder, statuses

HostFor = Callable[..., MemoryHost]

GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
QUESTION = b"GET /news HTTP/1.1\r\nHost: a\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n12345"
LONG_AGO, LATER = -1000.0, 1000.0


class Lot:
    """A connection whose requests may have to wait, and what they wait for."""

    def __init__(self, host_for: HostFor) -> None:
        self.gateway = Recorder()
        self.host = host_for(self.gateway)
        self.hold = [0.0]
        self.has_news = False
        self.host.host.parking = Parking(self.hold, self._waits)

    def _waits(self, request: Request) -> bool | None:
        return not self.has_news if request.target == "/news" else None

    @property
    def begun(self) -> list[str]:
        """What was asked for, of the requests that were begun."""
        return [seen["target"] for seen in self.gateway.seen]

    def hold_until(self, moment: float) -> None:
        """Hold requests, as the controller does."""
        self.hold[0] = monotonic() + moment if moment else 0.0


@pytest.fixture
def lot(host_for: HostFor) -> Lot:
    """A connection of generation 1, which serves."""
    return Lot(host_for)


# (hold, what is sent, what is begun of it at once)
CASES: dict[str, tuple[float, bytes, list[str]]] = {
    "nothing to wait for": (0.0, GET + GET, ["/", "/"]),
    "held": (LATER, GET + GET, []),
    "held too long": (LONG_AGO, GET, ["/"]),
    "a question": (0.0, QUESTION, []),
    "a question behind a request": (0.0, GET + QUESTION + GET, ["/"]),
    "a question while others are held": (LATER, QUESTION, []),
}


@pytest.mark.parametrize(("hold", "sent", "begun"), CASES.values(), ids=CASES)
def test_what_begins_at_once(hold: float, sent: bytes, begun: list[str], lot: Lot) -> None:
    lot.hold_until(hold)
    lot.host.exchange(sent)
    assert lot.begun == begun
    assert lot.host.connection.phase is (PARKED if sent.count(b"GET") > len(begun) else IDLE)


def test_a_question_is_not_held_once_it_has_an_answer(lot: Lot) -> None:
    lot.hold_until(LATER)
    lot.has_news = True
    lot.host.exchange(QUESTION)
    assert lot.begun == ["/news"]


def test_a_wait_ends_when_somebody_has_it_looked_at(lot: Lot) -> None:
    lot.hold_until(LATER)
    lot.host.exchange(POST)
    assert lot.host.poke() == b""
    lot.host.exchange(b"67890" + GET)
    assert lot.host.connection.phase is PARKED
    lot.hold_until(0)
    assert statuses(lot.host.poke()) == [200, 200]
    assert [seen["body"] for seen in lot.gateway.seen] == [b"1234567890", b""]


def test_a_second_save_prolongs_the_wait(lot: Lot) -> None:
    lot.hold_until(LATER)
    lot.host.exchange(GET)
    connection, end = lot.host.connection, lot.hold[0]
    assert connection.parked is not None
    lot.hold_until(2 * LATER)
    assert admit(connection, connection.parked, lot.host.host, end) is None
    assert connection.deadline == lot.hold[0] > end
    assert lot.begun == []


@pytest.mark.parametrize("pieces", [[POST + GET], [POST[:9], POST[9:30], POST[30:] + GET]])
def test_all_that_came_goes_to_the_successor(pieces: list[bytes], lot: Lot) -> None:
    lot.hold_until(LATER)
    lot.host.exchange(*pieces)
    lot.host.word[0] = 2
    lot.host.poke()
    assert lot.host.given_away == [POST + GET]
    assert lot.begun == []


def test_a_question_goes_to_the_successor(lot: Lot) -> None:
    lot.host.exchange(GET + QUESTION)
    lot.host.word[0] = 2
    lot.host.poke()
    assert lot.host.given_away == [QUESTION]


def test_the_gate_is_looked_at_after_the_hold(lot: Lot) -> None:
    def take_over(_request: Request) -> None:
        # Between the worker's two looks: first the word, then the end of the hold.
        lot.host.word[0] = 2
        lot.hold[0] = 0.0

    lot.hold_until(LATER)
    lot.host.host.parking = Parking(lot.hold, take_over)
    lot.host.exchange(GET)
    assert lot.host.given_away == [GET]
    assert lot.begun == []


def _ends(lot: Lot) -> None:
    lot.host.client.shutdown(socket.SHUT_WR)
    lot.host.connection.on_events(EPOLLIN | EPOLLRDHUP)
    lot.host.exchange()


def test_a_page_that_is_left_is_noticed(lot: Lot) -> None:
    lot.host.exchange(QUESTION)
    _ends(lot)
    assert lot.host.connection.phase is CLOSED


def test_a_page_is_not_taken_for_a_client_that_had_its_number_before(lot: Lot) -> None:
    lot.host.client.send(QUESTION)
    lot.host.connection.on_events(EPOLLIN | EPOLLRDHUP)  # a thread had it before that one closed
    lot.host.exchange()
    assert lot.host.connection.phase is PARKED
    _ends(lot)
    assert lot.host.connection.phase is CLOSED


def test_a_client_that_has_said_all_still_gets_its_answer(lot: Lot) -> None:
    lot.hold_until(LATER)
    lot.host.exchange(GET)
    _ends(lot)
    assert lot.host.connection.phase is PARKED
    lot.hold_until(0)
    assert statuses(lot.host.poke()) == [200]


def test_a_question_does_not_wait_for_ever(lot: Lot) -> None:
    request = Request("GET", "/news", True, {})
    connection, host = lot.host.connection, lot.host
    parked = Parked(request, QUESTION, 100.0)
    end = 100.0 + LONGEST_QUESTION
    assert admit(connection, parked, host.host, end - 0.1) is None
    assert connection.deadline == end
    assert admit(connection, parked, host.host, end) is request


def test_without_anything_to_wait_for_what_is_parked_begins(lot: Lot) -> None:
    lot.host.exchange(QUESTION)
    lot.host.host.parking = None  # as a worker does that closes down
    assert statuses(lot.host.poke()) == [200]
