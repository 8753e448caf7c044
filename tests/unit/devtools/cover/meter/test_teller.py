"""What is to be told is told, in order, whatever the other side does."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterable, Iterator

import pytest

from serving import PATIENCE
from spawning_devtools.cover.meter.teller import Teller


class News:
    """What `gather` returns, and that it was called."""

    def __init__(self) -> None:
        self.waiting: list[bytes] = []
        self.looked = threading.Semaphore(0)

    def gather(self) -> Iterable[bytes]:
        """Return what waits."""
        found, self.waiting = self.waiting, []
        self.looked.release()
        return found

    def wait_for_look(self) -> None:
        """Return when somebody has looked."""
        assert self.looked.acquire(timeout=PATIENCE)


@pytest.fixture
def news() -> News:
    return News()


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, int]]:
    """The keeper's end, and the descriptor of the worker's."""
    keeper, worker = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    keeper.settimeout(PATIENCE)
    with keeper:
        yield keeper, worker.detach()


@pytest.fixture
def teller(news: News, pair: tuple[socket.socket, int]) -> Iterator[Teller]:
    found = Teller(pair[1], news.gather)
    yield found
    found.finish()


def read(keeper: socket.socket, number: int) -> list[bytes]:
    return [keeper.recv(200_000) for _ in range(number)]


def test_it_looks_at_once_when_it_is_rung_and_now_and_then(
    teller: Teller, news: News, pair: tuple[socket.socket, int]
) -> None:
    news.waiting = [b"one", b"two"]
    teller.start(at_once=True)
    assert read(pair[0], 2) == [b"one", b"two"]
    news.waiting = [b"three"]
    teller.ring()
    teller.ring()
    assert read(pair[0], 1) == [b"three"]
    news.waiting = [b"four"]
    assert read(pair[0], 1) == [b"four"]


def test_what_the_kernel_does_not_take_comes_later_and_in_order(
    teller: Teller, news: News, pair: tuple[socket.socket, int]
) -> None:
    news.waiting = [b"%03d" % number + bytes(60_000) for number in range(20)]
    teller.start(at_once=True)
    news.wait_for_look()
    news.waiting = [b"last"]
    teller.ring()
    found = read(pair[0], 21)
    assert [packet[:3] for packet in found[:-1]] == [b"%03d" % number for number in range(20)]
    assert found[-1] == b"last"


def test_the_end_tells_what_is_left(
    teller: Teller, news: News, pair: tuple[socket.socket, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("spawning_devtools.cover.meter.teller.FAREWELL", PATIENCE)
    teller.start(at_once=True)
    news.wait_for_look()
    news.waiting = [b"late", b"bye"]
    teller.finish()
    pair[0].setblocking(False)
    assert read(pair[0], 2)[-1] == b"bye"


@pytest.mark.slow
def test_the_end_does_not_wait_for_ever(
    teller: Teller, news: News, pair: tuple[socket.socket, int]
) -> None:
    news.waiting = [bytes(100_000) for _ in range(10)]
    teller.start(at_once=True)
    teller.finish()
    assert len(read(pair[0], 10)) == 10


def test_a_keeper_that_is_gone_is_no_error(
    teller: Teller, news: News, pair: tuple[socket.socket, int]
) -> None:
    pair[0].close()
    news.waiting = [b"one"]
    teller.start(at_once=True)
    news.wait_for_look()
    news.waiting = [b"two"]
    teller.ring()
    news.wait_for_look()
    teller.finish()


def test_a_packet_that_is_too_large_does_not_stop_the_others(
    teller: Teller, news: News, pair: tuple[socket.socket, int]
) -> None:
    news.waiting = [bytes(10_000_000), b"one"]
    teller.start(at_once=True)
    assert read(pair[0], 1) == [b"one"]


def test_the_end_of_one_that_never_began(teller: Teller, news: News) -> None:
    teller.finish()
    assert not news.looked.acquire(blocking=False)


def test_a_bug_is_said_and_holds_up_nobody(
    pair: tuple[socket.socket, int],
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("spawning_devtools.cover.meter.teller.FAREWELL", PATIENCE)

    def gather() -> Iterable[bytes]:
        raise ZeroDivisionError

    teller = Teller(pair[1], gather)
    teller.start(at_once=True)
    teller.finish()
    teller.finish()
    assert "no coverage is measured any more" in capfd.readouterr().err
