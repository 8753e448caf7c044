"""What the benchmark of serving makes of its figures: panels, goals, lines."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from types import ModuleType
from xml.etree import ElementTree

import pytest

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


def _load(name: str) -> ModuleType:
    sys.path.insert(0, str(BENCHMARKS))
    try:
        return importlib.import_module(name)
    finally:
        sys.path.pop(0)


published = _load("published")
goals = _load("goals")
slope = _load("slope")
steady = _load("steady")
steady_load = _load("steady_load")
panels = _load("serving_panels")
OURS, GUNICORN = "spawning -t 4", "gunicorn gthread, 4 threads"


def measured(peer: str, case: str, requests: int, number: int = 1) -> dict[str, object]:
    """Return one measurement of two seconds of processor time."""
    counted = {"requests": requests, "seconds": 4.0, "cpu_seconds": 2.0}
    failed = {"broken": 0, "bad_status": 1}
    times = {"p50": 0.001, "p99": 0.004, "longest": 0.1}
    return {"peer": peer, "case": case, "round": number, **counted, **failed, **times}


def content(*measurements: dict[str, object], **more: object) -> dict[str, object]:
    """Return what a run has written."""
    nothing: dict[str, object] = {"turns": [], "weights": [], "alone": [], "idle": []}
    return {"versions": "none", "measurements": measurements, **nothing, **more}


def test_cases_are_told_with_their_spread_and_by_gunicorn() -> None:
    ours = [measured(OURS, "hello", requests, n) for n, requests in enumerate((200, 400, 300))]
    theirs = [measured(GUNICORN, "hello", requests, n) for n, requests in enumerate((20, 10, 30))]
    hello, _goals = published.serving_figures(content(*ours, *theirs))
    first, second = hello["servers"]
    assert (first["median"], first["least"], first["greatest"]) == (150, 100, 200)
    assert (first["failed"], first["by"]) == (3, 10.0)  # 10, 40 and 10 times in the same round
    assert (first["per_second"], first["p50"], first["p99"]) == (75.0, 1.0, 4.0)
    assert second["by"] == 1.0


def test_a_server_of_which_all_requests_fail_has_no_row() -> None:
    figures = published.serving_figures(content(measured(OURS, "hello", 0)))
    assert [panel["name"] for panel in figures] == ["goals"]


def test_the_servers_part_is_what_the_page_does_not_take() -> None:
    pages = [measured(OURS, "flask", 10_000), measured(GUNICORN, "flask", 5_000)]  # 200, 400 µs
    figures = published.serving_figures(content(*pages, alone=[0.00015]))
    (overhead,) = (panel for panel in figures if panel["name"] == "overhead")
    assert [(s["median"], s["by"]) for s in overhead["servers"]] == [(50.0, 0.2), (250.0, 1.0)]
    assert "150 µs of the page;" in overhead["about"]


@pytest.mark.parametrize(
    ("asked", "options", "holds", "wording"),
    [
        (1.5, {}, True, "at least 1.5"),
        (1.6, {}, False, "at least 1.6"),
        (1.5, {"at_least": False}, True, "at most 1.5"),
        (1.4, {"at_least": False}, False, "at most 1.4"),
        (1.5, {"beyond": True}, False, "above 1.5"),
        (1.4, {"beyond": True}, True, "above 1.4"),
    ],
)
def test_a_goal_holds_by_its_median(
    asked: float, options: dict[str, bool], holds: bool, wording: str
) -> None:
    goal = goals.Goal("ours by theirs", asked, (1.0, 1.5, 9.0), **options)
    assert (goal.holds, goal.wording) == (holds, wording)


def test_a_goal_without_figures_is_neither_true_nor_false() -> None:
    goal = goals.Goal("ours by theirs", 1.0, ())
    assert (goal.measured, goal.holds) == (None, None)


def test_goals_compare_what_was_measured_in_the_same_round() -> None:
    several = [
        measured(OURS, "varied", 800, 1),
        measured(GUNICORN, "varied", 100, 1),
        measured(OURS, "varied", 8000, 2),
        measured(GUNICORN, "varied", 50, 3),
        measured(f"{OURS}, interpreted", "varied", 600, 1),
    ]
    turns = [{"peer": OURS, "round": 1, "median": 0.01, "longest": 0.05, "fewest": 8, "most": 9}]
    made = list(goals.goals(content(*several, turns=turns)))
    by_gunicorn = [goal for goal in made if f"{GUNICORN}: Hello world" in goal.text]
    (goal,) = by_gunicorn
    assert (goal.ratios, goal.holds, goal.interpreted) == ((8.0,), True, (6.0,))
    (fair,) = (goal for goal in made if "longest wait" in goal.text and OURS in goal.text)
    assert (fair.ratios, fair.holds) == ((5.0,), True)


def test_the_picture_and_the_table_say_what_was_measured() -> None:
    idle = [
        {"peer": OURS, "asked": 100, "held": 100, "growth": 100 * 2048, "trouble": ""},
        {"peer": GUNICORN, "asked": 100, "held": 0, "growth": 0, "trouble": "refused"},
    ]
    figures = published.serving_figures(content(measured(OURS, "varied", 20_000), idle=idle))
    text = published.serving_picture({"panels": figures})
    said = " ".join(ElementTree.fromstring(text).itertext())
    assert all(words in said for words in ("10,000", "1 request failed", "2.0", "does not hold"))
    table = panels.as_table(figures[1])
    assert "| 100 |" in " ".join(table.split())
    assert "refused" in table


def test_a_line_goes_through_its_points() -> None:
    line = slope.fitted([(0.0, 1.0), (1.0, 3.0), (2.0, 5.0)])
    assert (line.start, line.slope, line.error) == pytest.approx((1.0, 2.0, 0.0))
    assert slope.fitted([(0.0, 1.0), (1.0, 3.0)]) is None
    assert slope.fitted([(1.0, 1.0), (1.0, 2.0), (1.0, 3.0)]) is None


@pytest.mark.parametrize(
    ("an_hour", "noise", "flat"),
    [
        *[(0, 0, "yes"), (50, 0, "yes"), (300, 0, "no"), (-300, 0, "yes")],
        *[(0, 2000, "not certain"), (300, 2000, "not certain")],
    ],
)
def test_memory_is_flat_where_it_does_not_grow_by_a_hundredth_in_an_hour(
    an_hour: int, noise: int, flat: str
) -> None:
    seen = steady.Watched("one")
    for minute in range(61):
        # The first minutes, in which a server fills its caches, do not count.
        warming = 9000 if minute < 10 else 20_000
        own = warming + an_hour * minute // 60 + noise * (minute % 2)
        seen.samples.append(steady.Sample(float(minute), 2 * own, own, (own,)))
    assert steady.flat(seen) == flat
    (shown,) = panels.steady_panel(steady.content([seen]))["servers"]
    assert (shown["minutes"], shown["end"], shown["flat"]) == (60, round(own / 1024, 2), flat)


def test_the_load_knows_when_an_answer_is_whole() -> None:
    head = b"HTTP/1.1 200 OK\r\nX: y\r\n"
    assert not steady_load.whole(head)
    assert not steady_load.whole(head + b"Content-Length: 3\r\n\r\nab")
    assert steady_load.whole(head + b"content-length: 3\r\n\r\nabc")
    chunked = head + b"Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n"
    assert not steady_load.whole(chunked)
    assert steady_load.whole(chunked + b"0\r\n\r\n")
