"""How a worker can be entered, with the test as the door."""

from __future__ import annotations

import dataclasses
import os
import socket
from collections.abc import Iterator
from typing import Any, cast

import pytest

from serving import PATIENCE
from spawning.config import Config
from spawning.devhooks import DevHooks
from spawning.http.engine import Engine
from spawning.messages import Arrival, Boot, Channel, Enterable, Line, ReloadWanted, Stop, Stops
from spawning.scoreboard import Scoreboard
from spawning.worker.backdoor import Backdoor, View
from spawning.worker.holding import Holding


class Sessions:
    """Those of the worker: they tell the test who came."""

    def __init__(self, view: View) -> None:
        self.view = view
        self.minded = 0
        self.count = 0
        self.fails = False

    def mind_breakpoints(self) -> None:
        self.minded += 1

    def serve(self, sock: socket.socket, arrival: Arrival) -> None:
        if self.fails:
            self.fails = False
            raise RuntimeError("there is no thread left")
        with sock:
            sock.sendall(f"{arrival.user} is here".encode())

    def drain(self) -> None:
        """Nothing moves."""


class Entered:
    """A worker that can be entered, and its door."""

    def __init__(self) -> None:
        self.door, theirs = Line.pair()
        self._theirs = theirs
        board = Scoreboard.create(1, 1)
        shape = dataclasses.astuple(board.shape)
        self.boot = Boot(0, 0, {}, (), -1, -1, -1, shape, 0, (), door=os.dup(theirs.fileno()))
        ours, self.controller = socket.socketpair()
        self.channel = Channel(ours)
        self.backdoor = Backdoor()
        hooks = cast(DevHooks, self)
        self.backdoor.start(hooks, Config(backdoor="0"), self.boot)
        self.backdoor.begin(self.boot, self.channel, Holding(self.channel))

    def sessions(self, view: View) -> Sessions:
        """Stand for the hook."""
        self.made = Sessions(view)
        return self.made

    def open(self) -> None:
        """The application is loaded."""
        boot = dataclasses.replace(self.boot, worker_id=3, generation=2)
        self.backdoor.become(boot, self.channel)  # as in a process that was forked
        self.backdoor.open(cast(Engine, None), "the application")

    def line(self) -> Line:
        """Return the line that the worker announces itself with."""
        come = self.door.receive(waits=True)
        assert come is not None
        assert come[0] == Enterable(3, os.getpid(), 2)
        return Line.at(come[1])

    def close(self) -> None:
        """The controller is gone, and with it the door."""
        self.backdoor.drain()
        assert self.backdoor._announcements is not None
        self.backdoor._announcements._socket.detach()  # a thread may be about to use it
        for one in (self.door, self._theirs, self.channel, self.controller):
            one.close()
        os.close(self.boot.board[0])


@pytest.fixture
def entered() -> Iterator[Entered]:
    made = Entered()
    yield made
    made.close()


def greeted(line: Line) -> bytes:
    """Send somebody; return what the session says."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        line.send(Arrival(1, "me"), theirs.fileno())
        theirs.close()
        ours.settimeout(PATIENCE)
        return ours.recv(100)


def test_who_comes_is_handed_to_the_sessions(entered: Entered) -> None:
    entered.open()
    line = entered.line()
    assert greeted(line) == b"me is here"
    entered.made.fails = True
    assert greeted(line) == b"", "that session could not be begun"
    assert greeted(line) == b"me is here"
    line.close()
    entered.line().close()


def test_the_next_door_is_told_anew_and_of_what_waits(entered: Entered) -> None:
    view = entered.made.view
    view.stopped([Stop("GET /", "/p/a.py", 1)])
    entered.open()
    first = entered.line()
    waiting = Stops((Stop("GET /", "/p/a.py", 1),))
    assert first.receive(waits=True) == (waiting, -1)
    first.close()
    second = entered.line()
    assert second.receive(waits=True) == (waiting, -1)
    view.stopped([])
    assert second.receive(waits=True) == (Stops(()), -1)
    second.close()


def test_a_session_goes_back_to_the_door_or_not_at_all(entered: Entered) -> None:
    view = entered.made.view
    ours, theirs = socket.socketpair()
    with ours:
        with pytest.raises(OSError, match="door is not there"):
            view.move(theirs, Arrival(1, "me"))
        assert theirs.fileno() >= 0, "it is still the session's"
        entered.open()
        line = entered.line()
        line.send(Stops(()))  # which means nothing to a worker
        assert greeted(line) == b"me is here", "so it knows its line by now"
        view.move(theirs, Arrival(1, "me", received="x", to="4", why="switch"))
        arrival, descriptor = line.receive(waits=True) or (None, -1)
        assert arrival == Arrival(1, "me", received="x", to="4", why="switch")
        with socket.socket(fileno=descriptor) as moved:
            moved.sendall(b"on")
            assert ours.recv(2) == b"on"
        assert theirs.fileno() < 0
        line.close()
        entered.line().close()


def test_what_the_view_shows(entered: Entered, tmp_path: Any) -> None:
    view = entered.made.view
    assert (view.worker, view.generation, view.application, list(view.busy())) == (0, 0, None, [])
    assert entered.made.minded == 1
    view.call_soon(lambda: None)  # there is no loop yet, and nobody minds
    entered.open()
    entered.line().close()
    assert (view.worker, view.generation, view.application) == (3, 2, "the application")
    view.reload()
    assert Channel(entered.controller).receive() == [ReloadWanted()]
    view.record(Arrival(1, "me"), "x = 1")  # nobody wants to know
    entered.line().close()


def test_without_a_door_nothing_is_made() -> None:
    backdoor = Backdoor()
    boot = Boot(1, 1, {}, (), -1, -1, -1, (-1, 0, 0), 0, ())
    backdoor.start(cast(DevHooks, None), Config(), boot)
    backdoor.open(cast(Engine, None), None)
    backdoor.drain()
    assert not backdoor.is_busy
