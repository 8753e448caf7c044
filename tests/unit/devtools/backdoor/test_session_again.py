"""Who was taken for a person, and turns out to be a program of ours: the second session of one
client has what the first one had, whether that knows of its end or not.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from serving import PATIENCE
from spawning.messages import Arrival, Stop
from spawning_devtools.backdoor.session.halts import Halt, Halts
from spawning_devtools.backdoor.session.waits import ThreadWait, Wait
from unit.devtools.backdoor.entered import Client, Entered, View, text_of
from unit.devtools.backdoor.stopping import (
    Running,
    commands,
    goes_on,
    minding_breakpoints,
    stopped,
    sums,
    the_next_client_lets_it_go,
)
from visits import told

HERE = "->     breakpoint()"


@pytest.fixture
def inside() -> Iterator[Entered]:
    with minding_breakpoints() as made:
        yield made


def taken_for_a_person(inside: Entered) -> Client:
    person = inside.client(plain=True)
    assert HERE in told(person.sock, "(Pdb) ")
    return person


def test_before_the_first_session_has_ended(inside: Entered) -> None:
    running = stopped(inside)
    person = taken_for_a_person(inside)
    client = inside.client(number=1)
    assert client.until("mode", "breakpoint")[-1]["say"] == "mode"
    person.close()
    assert HERE in text_of(client.until("ask"))
    goes_on(client)
    assert running.result == 42


def test_after_it_has_let_go_of_it_and_others_wait_as_well(inside: Entered) -> None:
    running = stopped(inside)
    person = taken_for_a_person(inside)
    other = Running(lambda: sums(1))
    inside.view.wait_until(lambda: len(inside.view.stops) == 1)
    person.close()
    inside.view.wait_until(lambda: len(inside.view.stops) == 2)
    client = inside.client(number=1)
    assert client.until("mode", "breakpoint")[-1]["say"] == "mode"
    assert HERE in text_of(client.until("ask"))
    assert len(inside.view.stops) == 1
    goes_on(client)
    assert running.result == 42
    assert not other.has_ended
    client.magic("debug")
    client.until("ask")
    goes_on(client)
    assert other.result == 4


def test_a_script_lets_go_of_it(inside: Entered) -> None:
    running = stopped(inside)
    taken_for_a_person(inside).close()
    script = inside.client(number=1, about={"script": True})
    assert script.until("mode", "breakpoint")[-1]["say"] == "breakpoint"
    the_next_client_lets_it_go(inside, running)


def test_who_was_moved_has_only_a_number_in_common_with_who_has_gone(inside: Entered) -> None:
    running = stopped(inside)
    taken_for_a_person(inside).close()
    inside.view.wait_until(lambda: bool(inside.view.stops))
    moved = inside.client(number=1, why="worker 2 ends, its generation has a successor")
    assert moved.until("mode", "breakpoint")[-1]["say"] == "breakpoint"
    the_next_client_lets_it_go(inside, running)


def test_a_person_does_not_come_again(inside: Entered) -> None:
    running = stopped(inside)
    client = inside.client(number=1)
    client.until("ask")
    late = inside.client(number=1, plain=True)
    assert "(Pdb)" not in told(late.sock, ">>> ")
    assert commands(client, "p 6 * 7") == "42\n"
    goes_on(client)
    assert running.result == 42


class Somebody:
    """A session that debugs, of the client 1."""

    number = 1

    def __init__(self) -> None:
        self.talk: Any = None
        self.told: list[Any] = []

    def debugs(self, halt: Halt) -> None:
        self.told.append(halt)

    def has_debugged(self, halt: Halt) -> None:
        raise AssertionError(halt)

    def hear_of(self, stop: Stop) -> None:
        self.told.append(stop)

    def record(self, statement: str) -> None:
        raise AssertionError(statement)


def test_while_what_is_stopped_is_about_to_wait_for_the_next_client() -> None:
    view, again = View(), Somebody()
    halts = Halts(view)

    class Target:
        def new_wait(self) -> Wait:
            halts.arrive(again, Arrival(1, "somebody"))
            return ThreadWait()

    target: Any = Target()
    halt = Halt(Stop("GET /", "shop.py", 8), target, halts, None)
    person = Somebody()
    assert halts.wait(halt)
    assert halts.claim(person)
    halt.leave(person)
    found: list[Any] = []
    waiting = threading.Thread(target=lambda: found.append(halt.await_client()), daemon=True)
    waiting.start()
    waiting.join(PATIENCE)
    assert found == [again]
    assert again.told == [halt]
    assert view.stops == [], "nobody else is told that it waits"
