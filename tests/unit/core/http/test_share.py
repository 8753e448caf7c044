"""Which worker takes a connection, and which lets others go first."""

from __future__ import annotations

import contextlib
import itertools
import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from spawning.http.handoff import make_pair
from spawning.http.poller import Poller
from spawning.http.share import TOLERATED, Share
from spawning.http.sources import Sources
from unit.core.backlog import wait_for_backlog

ROWS = 5


def _words() -> memoryview:
    return memoryview(bytearray(8 * ROWS)).cast("I")


# (what this worker has, what the others of its generation have, whether they should go first)
AHEAD = [
    (0, [0, 0, 0], False),
    (1, [0, 0, 0], False),
    (2, [0, 0, 0], True),
    (2, [0, 5, 5], True),
    (2, [1, 5, 5], False),
    (9, [8, 20, 20], False),
    (9, [], False),
    (TOLERATED * 10, [TOLERATED * 10 - 10, 999], False),
    (TOLERATED * 10, [TOLERATED * 10 - 11, 999], True),
]


@pytest.mark.parametrize(("mine", "others", "ahead"), AHEAD)
def test_who_is_ahead_lets_others_go_first(mine: int, others: list[int], ahead: bool) -> None:
    words = _words()
    share = Share(words, 1, ROWS, generation=7)
    share.tell(mine)
    for row, count in enumerate(others, 2):
        Share(words, row, ROWS, generation=7).tell(count)
    assert share.is_ahead() is ahead
    assert share.of_others() == sum(others)


def test_only_those_count_that_take_connections() -> None:
    words = _words()
    share = Share(words, 1, ROWS, generation=7)
    share.tell(3)
    Share(words, 2, ROWS, generation=6).tell(0)  # serves no longer
    Share(words, 3, ROWS, generation=7)  # is still importing
    other = Share(words, 4, ROWS, generation=7)
    other.tell(0)
    assert share.is_ahead()
    other.withdraw()
    assert not share.is_ahead()


class Rival(Share):
    """Stands for a share while another worker takes one connection in each pause."""

    def of_others(self) -> int:
        """Return how many the others have, of which one has one more."""
        before = super().of_others()
        self._counts[2] += 1
        return before


class Worker:
    """A worker that listens, beside one that a test speaks for."""

    def __init__(self, listener: socket.socket, pause: float, kind: type[Share]) -> None:
        words = _words()
        self.mine = kind(words, 1, ROWS, 1, pause)
        self.other = Share(words, 2, ROWS, 1)
        self.taken: list[socket.socket] = []
        self.poller = Poller()
        self._ends = make_pair()
        self.sources = Sources(self.poller, self._ends[0], self._adopt, self.mine)
        self.sources.listen(listener.dup(), self._welcome)
        self.sources.take_in()
        self.mine.tell(0)
        self.other.tell(0)

    def _welcome(self, sock: socket.socket, _peer: Any) -> None:
        self.taken.append(sock)
        self.mine.tell(len(self.taken))

    def _adopt(self, sock: socket.socket, *_: Any) -> None:
        sock.close()

    def turn(self) -> int:
        """Let the loop turn until nothing comes at once; return how many it has taken."""
        while self.poller.turn(0):
            pass
        return len(self.taken)

    def close(self) -> None:
        """Close everything."""
        self.sources.close()
        self.poller.close()
        for sock in (*self.taken, *self._ends):
            sock.close()


CROWD = 10
NEVER = 60.0


@pytest.fixture
def worker_with() -> Iterator[Callable[..., Worker]]:
    """Return what makes a worker to whom ten clients have come at once."""
    with contextlib.ExitStack() as stack:

        def make(pause: float, kind: type[Share] = Share) -> Worker:
            listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
            listener.setblocking(False)
            worker = Worker(listener, pause, kind)
            stack.callback(worker.close)
            for _ in range(CROWD):
                stack.enter_context(socket.create_connection(listener.getsockname()))
            wait_for_backlog(listener, CROWD)
            return worker

        yield make


WorkerWith = Callable[..., Worker]


def test_of_a_crowd_a_worker_leaves_some_to_others(worker_with: WorkerWith) -> None:
    worker = worker_with(pause=NEVER)
    assert worker.turn() == 2  # of which the other one has none


def test_who_has_not_more_than_others_takes_all_that_come(worker_with: WorkerWith) -> None:
    worker = worker_with(pause=NEVER)
    worker.other.tell(CROWD)
    assert worker.turn() == CROWD


def test_while_others_take_some_they_go_first_each_time(worker_with: WorkerWith) -> None:
    worker = worker_with(pause=0.0, kind=Rival)
    taken = []
    while len(worker.taken) < CROWD:
        worker.poller.turn(1)
        taken.append(len(worker.taken))
    steps = [after - before for before, after in itertools.pairwise([0, *taken])]
    assert max(steps) <= 2


def test_what_nobody_else_takes_is_taken(worker_with: WorkerWith) -> None:
    worker = worker_with(pause=0.0)
    assert worker.turn() == CROWD


def test_who_stops_listening_leaves_nothing_behind(worker_with: WorkerWith) -> None:
    worker = worker_with(pause=NEVER)
    worker.turn()
    worker.sources.close()
    assert len(worker.taken) == CROWD


def test_who_rests_and_is_held_back_comes_back_once(worker_with: WorkerWith) -> None:
    worker = worker_with(pause=0.0, kind=Rival)
    worker.poller.turn(1)
    before = len(worker.taken)
    worker.sources.hold_back()
    assert worker.turn() == before < CROWD
    worker.sources.go_on()
    worker.other.tell(CROWD)
    assert worker.turn() == CROWD
    worker.sources.look()
