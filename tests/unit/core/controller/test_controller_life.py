"""Servers that live through whatever chance sends, as the controller's loop drives them."""

from __future__ import annotations

import functools
import itertools
import random
from collections.abc import Iterator

import pytest

from spawning.controller import events
from spawning.controller.children import Child, Children, State
from spawning.controller.policy import (
    Action,
    Begin,
    Finish,
    Kill,
    Open,
    Retire,
    Situation,
    Spawn,
    Stop,
    Stopping,
    TakeOver,
    decide,
    holder,
    wake_at,
)
from spawning.controller.signals import Order
from unit.core.situations import HELD, situation

Step = tuple[Situation, float, list[Action]]
TURNS = 200


class Life:
    """Events by chance, and every decision with what it was made of."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        self.known = situation(
            target=self._chance.randint(1, 4),
            development=self._chance.random() < 0.5,
            shutdown_delay=self._chance.choice((0.0, 5.0)),
        )
        self.now = 0.0
        self.finished = False
        self._ids = itertools.count(1)
        self._generations = itertools.count(1)

    def run(self) -> Iterator[Step]:
        """Yield every decision from the start of the server to its end."""
        self.known = events.begun(self.known, next(self._generations))
        for turn in itertools.count():
            yield from self._to_fixpoint()
            if self.finished:
                return
            self.now += self._chance.choice((0.0, 0.01, 0.5, 3.0))
            if turn >= TURNS:
                if self.known.stopping is Stopping.NO:
                    self.known = events.ordered(self.known, Order.STOP, self.now)
                self.now = max(self.now, wake_at(self.known) or 0.0)
            self._something_happens()

    def _to_fixpoint(self) -> Iterator[Step]:
        for _ in range(50):
            actions = decide(self.known, self.now)
            yield self.known, self.now, actions
            if not actions or self.finished:
                return
            for action in actions:
                self._act(action)
        pytest.fail(f"decisions without end: {actions} in {self.known}")

    def _act(self, action: Action) -> None:
        known, now = self.known, self.now
        match action:
            case Begin():
                self.known = events.begun(known, next(self._generations))
            case Spawn(generation):
                number = next(self._ids)
                child = Child(
                    worker_id=number, pid=number, generation=generation, since=now, born=now
                )
                self.known = events.spawned(known, child)
            case TakeOver(generation):
                self.known = events.taken_over(known, generation, self.now)
            case Open(worker_id):
                self.known = events.opened(known, worker_id, now)
            case Retire(worker_id, _):
                self.known = events.draining(known, worker_id, (), now)
            case Kill(worker_id, _):
                self.known = events.killed(known, worker_id)
            case Stop():
                self.known = events.stopping(known)
            case Finish():
                self.finished = True

    def _something_happens(self) -> None:
        for child in list(self.known.children):
            if child.killed or (child.state is State.DRAINING and self._chance.random() < 0.2):
                self.known = events.died(self.known, child.worker_id, self.now)
            elif child.state is State.STARTING and self._chance.random() < 0.5:
                self.known = events.ready(self.known, child.worker_id, self.now)
            elif self._chance.random() < 0.04:
                self.known = events.died(self.known, child.worker_id, self.now)
            elif self._chance.random() < 0.03:
                self.known = events.worn(self.known, child.worker_id, "by chance")
            elif child.held and self._chance.random() < 0.3:
                self.known = events.released(self.known, child.worker_id, self.now)
            elif self._chance.random() < 0.05:
                self.known = events.held(self.known, child.worker_id, HELD)
        if self._chance.random() < 0.1:
            self.known = events.asked(self.known, "by chance", self.now)
        if self._chance.random() < 0.15:
            self.known = events.begun(self.known, next(self._generations))
        elif self._chance.random() < 0.1:
            order = self._chance.choice((Order.MORE, Order.FEWER))
            self.known = events.ordered(self.known, order, self.now)


@functools.cache
def _lives() -> list[list[Step]]:
    return [list(Life(seed).run()) for seed in range(12)]


def _steps() -> Iterator[Step]:
    return itertools.chain.from_iterable(_lives())


def _alive(workers: Children, generation: int) -> int:
    return sum(
        child.generation == generation and not child.killed and child.state is not State.DRAINING
        for child in workers
    )


def test_every_life_ends() -> None:
    assert all(steps[-1][2] == [Finish()] for steps in _lives())


def test_lives_are_full_of_everything() -> None:
    kinds = {type(action) for _, _, actions in _steps() for action in actions}
    assert kinds == {Begin, Spawn, TakeOver, Open, Retire, Kill, Stop, Finish}


def test_no_step_starts_more_workers_than_are_wanted() -> None:
    for known, _now, actions in _steps():
        for generation in {action.generation for action in actions if isinstance(action, Spawn)}:
            more = actions.count(Spawn(generation))
            due = any(child.worn for child in known.children)
            assert _alive(known.children, generation) + more <= known.target + due
            assert generation in (known.serving, known.pending)


def test_no_worker_is_told_two_things_in_one_step() -> None:
    for _known, _now, actions in _steps():
        told = [action.worker_id for action in actions if isinstance(action, (Open, Retire, Kill))]
        assert len(told) == len(set(told))


def test_only_a_generation_that_is_ready_takes_over() -> None:
    for known, _now, actions in _steps():
        for action in actions:
            if isinstance(action, TakeOver):
                ready = known.children.of(action.generation, State.READY)
                wanted = 1 if known.development or not known.serving else known.target
                assert len(ready) >= wanted


def test_who_serves_is_retired_only_when_there_are_too_many_or_others_serve() -> None:
    for known, _now, actions in _steps():
        for action in actions:
            if isinstance(action, Retire) and action.successor:
                child = known.children.by_id[action.worker_id]
                too_many = _alive(known.children, known.serving) > known.target
                assert child.generation != known.serving or too_many


def test_workers_that_are_due_go_one_at_a_time() -> None:
    replaced = 0
    for known, _now, actions in _steps():
        retired = [action for action in actions if isinstance(action, Retire)]
        due = [
            child
            for action in retired
            if action.successor
            and (child := known.children.by_id[action.worker_id]).worn
            and child.generation == known.serving
        ]
        serving = known.children.of(known.serving, State.SERVING)
        if due and len(serving) == known.target + 1:
            assert len(retired) == 1
            replaced += 1
    assert replaced > 20


def test_no_reload_begins_while_a_debugger_holds_what_it_would_replace() -> None:
    begun = [known for known, _, actions in _steps() if any(isinstance(a, Begin) for a in actions)]
    assert sum(known.asked is not None and known.asked.waits for known in begun) > 5
    assert all(holder(known) is None for known in begun)


def test_no_deadman_ends_what_a_debugger_holds() -> None:
    for known, _now, actions in _steps():
        for action in actions:
            if isinstance(action, Kill) and known.is_running:
                child = known.children.by_id[action.worker_id]
                assert child.held is None or not action.overdue
                assert child.held is None or child.state in (State.STARTING, State.READY)


def test_nobody_is_woken_for_nothing() -> None:
    for known, now, actions in _steps():
        at = wake_at(known)
        assert actions or at is None or at > now
