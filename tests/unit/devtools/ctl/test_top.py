"""The screen of `spawnctl top`: what it shows, and what is chosen on it."""

from __future__ import annotations

import dataclasses

import pytest

from sights import sight, worker
from spawning_devtools.ctl.rendering import width_of
from spawning_devtools.ctl.status.sight import Sight
from spawning_devtools.ctl.top.columns import HEADS, fitting, ordered
from spawning_devtools.ctl.top.rates import History, Rates, between, sparkline
from spawning_devtools.ctl.top.state import CPU, OLDEST, Chosen, Order
from spawning_devtools.ctl.top.view import screen, shown_requests

REPORT = (12.4, "GET /report")
BUSY = sight(
    worker(1, lines=[(0.2, "GET /")]),
    worker(2, lines=[REPORT, (1.2, "POST /orders")], cpu=5.0),
    worker(7, "hung", why="its loop has been blocked for 5 s"),
    worker(8, "draining", generation=3),
)


def _later(before: Sight) -> Sight:
    workers = tuple(
        dataclasses.replace(one, requests=one.requests + 10, cpu=one.cpu + one.number / 10)
        for one in before.workers
    )
    return dataclasses.replace(
        before, at=before.at + 2, requests=before.requests + 40, workers=workers, seconds=12.0
    )


def _shown(chosen: Chosen, width: int = 110, height: int = 24, seen: Sight = BUSY) -> list[str]:
    history = History()
    history.add(seen)
    lines = screen(history, chosen, width, height)
    return ["".join(text for _, text in line) for line in lines]


def test_rates() -> None:
    rates = between(dataclasses.replace(BUSY, seconds=10.0), _later(BUSY))
    assert rates.requests == 20
    assert rates.latency == pytest.approx(2.0 / 40)
    assert rates.by_worker == {9901: 5, 9902: 5, 9907: 5, 9908: 5}
    assert rates.cpu[9902] == pytest.approx(10.0)
    assert between(None, BUSY) == between(BUSY, BUSY) == Rates()
    assert between(sight(worker(9)), _later(BUSY)).by_worker == {}


def test_a_curve() -> None:
    assert sparkline([0, 1, 4, 8], 6) == "   ▂▅█"
    assert sparkline([1, 2, 3], 2) == "▆█"
    assert sparkline([], 3) == "   "


@pytest.mark.parametrize("width", [30, 60, 80, 100, 200])
@pytest.mark.parametrize("height", [6, 12, 24, 50])
@pytest.mark.parametrize("chosen", [Chosen(), Chosen(helps=True), Chosen(asked=Order.STOP)])
def test_it_fits(width: int, height: int, chosen: Chosen) -> None:
    lines = _shown(chosen, width, height)
    assert len(lines) <= height
    assert max(map(width_of, lines)) <= max(width, 34)


def test_what_is_shown() -> None:
    lines = _shown(Chosen())
    text = "\n".join(lines)
    assert lines[0].startswith(" shop.app  pid 9900  up 3h20m")
    assert lines[0].endswith("healthy: Generation 4 serves ")
    assert "3/12]" in text
    assert " WORKER▲ " in text
    assert "its loop has been blocked for 5 s" in text
    first = next(number for number, line in enumerate(lines) if "REQUEST, 3 of 3" in line)
    assert [line.split()[-1] for line in lines[first + 1 : first + 4]] == [
        "/report", "/orders", "/"
    ]  # fmt: skip
    assert lines[-1].startswith(" F1 Help  q Quit ")


def test_requests_that_are_left_out() -> None:
    workers = ordered(BUSY, Rates(), 0, False)
    assert [one.line for one in shown_requests(BUSY, Chosen(filter="ORD"), workers)] == [
        "POST /orders"
    ]
    its = shown_requests(BUSY, Chosen(worker=2, only_its=True), workers)
    assert [one.line for one in its] == ["GET /report", "POST /orders"]
    text = "\n".join(_shown(Chosen(worker=2, only_its=True, filter="rep")))
    assert "REQUEST of worker 2 with 'rep', 1 of 3" in text


def test_order() -> None:
    rates = between(BUSY, _later(BUSY))
    assert [one.number for one in ordered(BUSY, rates, CPU, False)] == [8, 7, 2, 1]
    assert [one.number for one in ordered(BUSY, rates, CPU, True)] == [1, 2, 7, 8]
    assert [one.number for one in ordered(BUSY, rates, OLDEST, False)] == [2, 1, 7, 8]
    assert [one.number for one in ordered(BUSY, rates, 0, False)] == [1, 2, 7, 8]


def test_columns_make_room_but_not_the_one_that_sorts() -> None:
    assert [one.head for one in fitting(200, 0)] == list(HEADS)
    narrow = [one.head for one in fitting(60, HEADS.index("CONN"))]
    assert "CONN" in narrow
    assert "REQS" not in narrow
    assert [narrow[0], narrow[-1]] == ["WORKER", "OLDEST REQUEST"]


def test_choosing() -> None:
    workers = ordered(BUSY, Rates(), 0, False)
    chosen = Chosen().moved(workers, 1)
    assert (chosen.worker, chosen.place(workers)) == (2, 1)
    assert chosen.moved(workers, 100).worker == 8
    assert chosen.moved(workers, -100).worker == 1
    assert chosen.moved([], 1) == chosen
    assert chosen.place([one for one in workers if one.number != 2]) == 0
    assert chosen.sorted_by(CPU).inverted is False
    assert chosen.sorted_by(CPU).sorted_by(CPU).inverted is True
    assert chosen.next_column(-1).by == OLDEST
    assert Chosen(by=OLDEST).next_column(1).by == 0


def test_what_is_asked_before() -> None:
    workers = ordered(BUSY, Rates(), 0, False)
    asking = Chosen(worker=7).asking(Order.END, workers)
    assert (asking.asked, asking.subject) == (Order.END, 9907)
    assert _shown(asking)[-1].startswith(" (y/n) end worker 7 (pid 9907) when its requests")
    assert Chosen().asking(Order.END, []).asked is None
    assert Chosen().question == ""


def test_many_workers_scroll() -> None:
    many = sight(*(worker(number) for number in range(1, 40)))
    workers = ordered(many, Rates(), 0, False)
    text = "\n".join(_shown(Chosen().moved(workers, 30), seen=many))
    assert "    31     9931" in text
    assert "     1     9901" not in text


def test_a_failure_is_said() -> None:
    failure = {"type": "SyntaxError", "message": "bad\x1b", "file": "shop.py", "line": 3}
    text = "\n".join(_shown(Chosen(), seen=dataclasses.replace(BUSY, failure=failure)))
    assert " SyntaxError: bad\\x1b (shop.py:3)" in text


def test_before_the_first_look() -> None:
    assert screen(History(), Chosen(), 80, 24) == [[("", " looking ...")]]
