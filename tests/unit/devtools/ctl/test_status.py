"""How a server fares, as `spawnctl status` sees it; and what a reload has come to."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

from sights import sight, worker
from spawning.scoreboard import Scoreboard
from spawning_devtools.ctl.reload.outcome import Judge, Outcome
from spawning_devtools.ctl.status.board import board_of
from spawning_devtools.ctl.status.look import Looker, with_board, with_page
from spawning_devtools.ctl.status.sight import Sight, judged
from spawning_devtools.ctl.status.text import described, listed
from spawning_devtools.ctl.stop.command import waiting

FARES = {
    ("serving 4",): ("healthy", "Generation 4 serves."),
    ("serving 4", "starting 5"): ("healthy", "Generation 4 serves."),
    ("starting 1", "ready 1"): ("starting", "Generation 1 is being started."),
    ("serving 4", "hung 4"): ("degraded", "Worker 2 hangs."),
    ("serving 4", "hung 4", "hung 4"): ("degraded", "Workers 2, 3 hang."),
    ("hung 4", "hung 4"): ("down", "Every worker of generation 4 hangs."),
    ("hung 4", "starting 5"): ("down", "Every worker of generation 4 hangs."),
    ("draining 4",): ("down", "It has no worker."),
    (): ("down", "It has no worker."),
}


def _workers(*states: str, start: int = 1) -> Sight:
    pairs = [state.split() for state in states]
    made = [
        worker(number, state, generation=int(generation))
        for number, (state, generation) in enumerate(pairs, start=start)
    ]
    return sight(*made)


@pytest.mark.parametrize(("states", "fares"), FARES.items())
def test_how_it_fares(states: tuple[str, ...], fares: tuple[str, str]) -> None:
    assert judged(_workers(*states)) == fares


@contextlib.contextmanager
def process_with(*descriptors: int) -> Iterator[int]:
    """Another process that has these descriptors, and none that other tests have left open."""
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE, pass_fds=descriptors) as process:
        yield process.pid


def test_a_board_is_found_by_its_name() -> None:
    board = Scoreboard.create(6, 4)
    try:
        row = board.row(2, metered=True)
        row.introduce(7, 3, 0.0)
        row.slots[0].begin(b"GET /a", 90.0)
        row.slots[1].end(404, 10, 0.5)
        with process_with(board.shape.descriptor) as controller:
            found = board_of(controller)
        assert found is not None
        assert (found.shape.rows, found.shape.slots) == (7, 4)
        with pytest.raises(TypeError):
            found.row(2, metered=False).beat(1.0, 0, 0)
        seen = with_board(sight(), found)
    finally:
        os.close(board.shape.descriptor)
    [one] = seen.workers
    assert (one.number, one.pid, one.generation, one.state) == (7, os.getpid(), 3, "starting")
    assert (one.busy, one.slots, one.requests, seen.requests) == (1, 4, 1, 1)
    assert [(request.seconds, request.line) for request in one.in_flight] == [(10.0, "GET /a")]
    assert seen.by_class[4] == 1
    assert one.memory > 0


def test_a_descriptor_that_is_closed_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    board = Scoreboard.create(1, 1)
    try:
        with process_with(board.shape.descriptor) as controller:
            listed_then = ["999999", str(board.shape.descriptor)]
            monkeypatch.setattr(os, "listdir", lambda folder: listed_then)
            assert board_of(controller) is not None
    finally:
        os.close(board.shape.descriptor)


def test_a_process_without_a_board() -> None:
    with process_with() as controller:
        assert board_of(controller) is None
        assert Looker(controller, None).look() is None
    assert board_of(0) is None


def _page(**child: Any) -> dict[str, Any]:
    told = {
        "pid": 9901, "worker": 1, "generation": 4, "state": "serving", "age": 5.0, "busy": 1,
        "threads": 4, "connections": 2, "requests": 9, "memory": 1 << 20, "in_flight": [],
        "debugger": None,
    }  # fmt: skip
    failure = {"current": True, "generation": 5, "type": "SyntaxError", "message": "no",
               "file": "shop.py", "line": 3}  # fmt: skip
    return {
        "format": 1, "health": "failing", "sentence": "Generation 5 could not be started.",
        "children": {"9901": told | child}, "last_failure": failure,
        "totals": {"requests": 9, "seconds": 1.5, "by_status": {"2xx": 9, "cut": 1}},
    }  # fmt: skip


def test_a_status_page_knows_more() -> None:
    page = _page(state="held", debugger="pdb in GET /orders/7")
    seen = with_page(sight(worker(1, lines=[(2.0, "GET /orders/7")])), page)
    assert (seen.health, seen.generation) == ("failing", 4)
    assert seen.seconds == 1.5
    [one] = seen.workers
    assert (one.state, one.why) == ("held", "pdb in GET /orders/7")
    assert one.in_flight[0].line == "GET /orders/7"


def test_a_status_page_alone() -> None:
    page = _page(in_flight=[{"line": "GET /a", "seconds": 2.0}])
    bare = dataclasses.replace(sight(), requests=0, by_class=())
    seen = with_page(bare, page)
    [one] = seen.workers
    assert (one.number, one.pid, one.busy, one.memory) == (1, 9901, 1, 1 << 20)
    assert one.in_flight[0].line == "GET /a"
    assert (seen.requests, seen.by_class[0], seen.by_class[2]) == (9, 1, 9)


def _plain(fragments: list[tuple[str, str]]) -> str:
    return "".join(text for _, text in fragments)


def test_what_is_printed() -> None:
    workers = [worker(1, lines=[(2.0, "GET /a\x1b")]), worker(2, "hung", why="it is blocked")]
    shown = _plain(described(sight(*workers), 200))
    assert shown.splitlines() == [
        "shop.app, pid 9900, for 3h20m on http://127.0.0.1:8080",
        "healthy: Generation 4 serves.",
        "folder       /home/ada/shop",
        "backdoor     127.0.0.1:3000 [::1]:3000",
        "requests     200 (96 2xx, 2 3xx, 3 4xx, 1 5xx, 1 cut)",
        "",
        "worker   pid  generation  state     age  busy  connections  requests  memory  "
        "oldest request",
        "     1  9901           4  serving  1h6m   1/4            3       100     45M  "
        "2.0s GET /a\\x1b",
        "     2  9902           4  hung     1h6m   0/4            3       100     45M  "
        "it is blocked",
    ]
    failing = with_page(sight(worker(1)), _page())
    assert "  SyntaxError: no at shop.py:3\n" in _plain(described(failing, 200))
    assert _plain(listed([sight(worker(1))], 200)).splitlines()[1].startswith("9900  shop.app  ")


# ---------------------------------------------------------------- reload, stop

STEPS = {
    "it serves": [("serving 4", ""), ("serving 4", "starting 5"), ("draining 4", "serving 5")],
    "it fails": [("serving 4", ""), ("serving 4", "starting 5"), ("serving 4", "")],
}


@pytest.mark.parametrize(
    ("steps", "outcome"),
    list(zip(STEPS.values(), (Outcome.SERVES, Outcome.FAILED), strict=True)),
    ids=STEPS,
)
def test_what_a_reload_comes_to(steps: list[tuple[str, str]], outcome: Outcome) -> None:
    judge = Judge(_workers("serving 4"))
    outcomes = [judge.judge(_workers(*filter(None, step))) for step in steps]
    assert outcomes == [Outcome.PENDING, Outcome.PENDING, outcome]
    assert judge.generation == 5


def test_a_failure_that_only_the_page_has_seen() -> None:
    judge = Judge(_workers("serving 4"))
    assert judge.judge(with_page(sight(worker(1)), _page())) is Outcome.FAILED


def test_what_a_stop_waits_for() -> None:
    lines = [(2.0, "GET /a\x1b"), (1.0, "GET /b")]
    assert waiting(sight(worker(1, lines=lines))) == "waiting for GET /a\\x1b and 1 more"
    assert waiting(sight(worker(1))) == ""
