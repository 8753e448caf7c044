"""What a worker tells the controller of its debuggers."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from spawning.messages import Channel, Held, Message, Released
from spawning.worker.holding import Holding

A, B = Held("pdb", "GET", "/a"), Held("pdb", "GET", "/b")
LOOP = Held("debugpy", "", "")


class Bench:
    """A worker that consists of what it is doing."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair()
        self.heard = Channel(ours)
        self.holding = Holding(Channel(theirs))
        self.connections: dict[str, Any] = {}
        self.me = "nobody"
        self.over: list[str] = []
        self.holding.find_requests(lambda: self.me, lambda: self.connections.values())

    def begin(self, worker: str, target: str) -> None:
        """A worker's thread begins a request."""
        request = SimpleNamespace(method="GET", target=target)
        self.connections[worker] = SimpleNamespace(worker=worker, request=request)

    def stops(self, me: str, by: str = "pdb") -> str:
        """A debugger stops a thread."""
        self.me = me
        return self.holding.stops(by, lambda: self.over.append(me))

    def goes_on(self, me: str, stepping: bool = False) -> None:
        """It goes on."""
        self.me = me
        self.holding.goes_on(stepping)

    def told(self) -> list[Message]:
        """Return what the controller was told since the last call."""
        return self.heard.receive()


@pytest.fixture
def bench() -> Iterator[Bench]:
    made = Bench()
    made.begin("a", "/a")
    made.begin("b", "/b")
    yield made
    made.heard.close()
    made.holding._channel.close()


def test_a_request_that_is_stopped_and_continues(bench: Bench) -> None:
    assert bench.stops("a") == "GET /a"
    assert bench.told() == [A]
    assert bench.holding.is_held()
    bench.goes_on("a")
    assert bench.told() == [Released()]
    assert bench.over == ["a"]
    assert not bench.holding.is_held()


def test_a_request_that_is_taken_step_by_step_stays_held(bench: Bench) -> None:
    for _ in range(3):
        bench.stops("a")
        bench.goes_on("a", stepping=True)
        bench.holding.look()
    assert bench.told() == [A]
    bench.stops("a")
    bench.goes_on("a")
    assert bench.told() == [Released()]


@pytest.mark.parametrize("request_after", [None, SimpleNamespace(method="GET", target="/c")])
def test_a_step_to_the_end_of_the_request_lets_it_go(bench: Bench, request_after: Any) -> None:
    bench.stops("a")
    bench.goes_on("a", stepping=True)
    bench.connections["a"].request = request_after
    bench.holding.look()
    assert bench.told() == [A, Released()]
    assert bench.over == ["a"]


def test_several_are_held_until_the_last_goes_on(bench: Bench) -> None:
    bench.stops("a")
    bench.stops("b")
    bench.goes_on("b")
    assert bench.told() == [A]
    bench.stops("b")
    bench.goes_on("a")
    assert bench.told() == [B]
    bench.goes_on("b")
    assert bench.told() == [Released()]


# A debugger stops the loop as well, perhaps first.
def test_a_request_says_more_than_the_loop(bench: Bench) -> None:
    assert bench.stops("the loop", "debugpy") == ""
    bench.stops("a", "debugpy")
    assert bench.told() == [LOOP, Held("debugpy", "GET", "/a")]
    bench.goes_on("a")
    assert bench.told() == [LOOP]


def test_what_is_no_request_is_let_go_at_a_step_too(bench: Bench) -> None:
    bench.stops("the loop")
    bench.goes_on("the loop", stepping=True)
    assert bench.told() == [Held("pdb", "", ""), Released()]


def test_before_there_are_requests_the_import_is_held() -> None:
    ours, theirs = socket.socketpair()
    heard, said = Channel(ours), Channel(theirs)
    holding = Holding(said)
    holding.stops("pdb", lambda: None)
    holding.goes_on(stepping=False)
    holding.goes_on(stepping=False)
    assert heard.receive() == [Held("pdb", "", ""), Released()]
    heard.close()
    said.close()


def test_a_process_that_was_forked_tells_its_own_controller(bench: Bench) -> None:
    before = bench.holding._channel
    ours, theirs = socket.socketpair()
    here = Channel(ours)
    bench.holding.moves_to(Channel(theirs))
    bench.stops("a")
    assert (here.receive(), bench.heard.receive()) == ([A], [])
    here.close()
    before.close()
