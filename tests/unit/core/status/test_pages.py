"""What the status pages say of a scene: JSON, metrics, events, and who may ask."""

from __future__ import annotations

import json
import math
import typing
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from heard import read
from spawning.chronicle import Fact
from spawning.messages import (
    GenerationBegun,
    GenerationFailed,
    GenerationServes,
    Message,
    Notice,
    Stopping,
    Wanted,
    WorkerFailed,
    WorkerGone,
    WorkerHeld,
    WorkerIs,
)
from spawning.row_slot import BUCKETS
from spawning.status import counters, events, guard
from spawning.status.application import PAGE
from spawning.status.metrics import exposition
from spawning.status.snapshot import duration, snapshot

from .scenes import EVIL, NOW, REASON, WALL, busy_for, failure, reading, scene, worker

SPREAD = tuple(range(1, len(BUCKETS) + 1))
PAST = reading(0, pid=0, by_class=(1, 0, 100, 0, 5, 2, 0, 0, 0, 0), by_bucket=SPREAD, seconds=1.5)
BUSY = reading(
    1,
    by_class=(0, 0, 10, 1, 0, 0, 0, 0, 0, 0),
    by_bucket=(11, *[0] * (len(BUCKETS) - 1)),
    in_flight=busy_for(3.5, 1.0, line=EVIL),
    connections=4,
    bytes=1000,
    seconds=0.5,
)
HUNG = reading(2, heartbeat=NOW - 20)


# ---------------------------------------------------------------- /status.json

FIELDS_OF_0_9_7 = {
    "active_children_count": 3,
    "killed_children_count": 1,
    "configured_children_count": 2,
    "pid": 999,
    "uptime": "1d 1h",
    "concurrent_requests": 2,
}


def test_the_fields_of_0_9_7() -> None:
    workers = (worker(1), worker(2), worker(3, "starting"), worker(4, "draining"))
    said = snapshot(scene(BUSY, HUNG, reading(4), workers=workers))
    assert {name: said[name] for name in FIELDS_OF_0_9_7} == FIELDS_OF_0_9_7
    for name in ("now", "started_at"):
        assert len(said[name].split()) == 5
    assert said["config"]["processes"] == 4
    assert set(said["children"]) == {"1001", "1002", "1003", "1004"}
    first, hung, starting, draining = said["children"].values()
    assert (first["pid"], first["active"], first["uptime"]) == (1001, True, "1m")
    assert (first["concurrent_requests"], draining["active"]) == (2, False)
    assert "error" not in first
    assert hung["error"] == "its loop has been blocked for 20 s"
    assert starting["error"] == "it is starting"


def test_what_came_after_0_9_7() -> None:
    said = snapshot(scene(BUSY, HUNG, past=PAST, failure=failure(2)))
    first, hung = said["children"].values()
    assert first["oldest_request"] == {"line": EVIL, "seconds": 3.5}
    assert first["in_flight"] == [{"line": EVIL, "seconds": age} for age in (3.5, 1.0)]
    assert hung["in_flight"] == []
    assert (first["memory"], first["connections"], first["requests"]) == (2**24, 4, 11)
    assert (hung["state"], hung["heartbeat_age"], hung["generation"]) == ("hung", 20.0, 1)
    assert said["hung_children_count"] == 1
    assert said["memory"] == 2**24 + 2**25
    assert said["generation"] == {"serving": 1, "since": WALL - 60, "after": 0.0, "pending": None}
    assert said["totals"]["requests"] == 119
    assert said["totals"]["by_status"] == {
        "1xx": 0,
        "2xx": 110,
        "3xx": 1,
        "4xx": 5,
        "5xx": 2,
        "cut": 1,
    }
    failed = said["last_failure"]
    assert (failed["current"], failed["generation"], failed["type"]) == (True, 2, "NameError")
    assert (failed["file"], failed["line"], failed["column"]) == ("/project/app.py", 3, 5)
    assert failed["frames"][0]["source"] == "x"
    assert json.loads(json.dumps(said)) == said


def test_of_many_requests_the_oldest_are_told() -> None:
    ages = [float(age) for age in range(20)]
    (child,) = snapshot(scene(reading(1, in_flight=busy_for(*ages)), workers=(worker(1),)))[
        "children"
    ].values()
    assert [request["seconds"] for request in child["in_flight"]] == sorted(ages)[:3:-1]
    assert child["busy"] == 20


def test_a_pending_generation_has_its_cause() -> None:
    said = snapshot(scene(pending=2, pending_cause="SIGHUP", pending_since=WALL))
    assert said["generation"]["pending"] == {"generation": 2, "cause": "SIGHUP", "since": WALL}


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(-1, "0s"), (59.9, "59s"), (60, "1m"), (3599, "59m"), (3600, "1h 0m"), (86400, "1d 0h")],
)
def test_durations_as_0_9_7_wrote_them(seconds: float, text: str) -> None:
    assert duration(seconds) == text


# ---------------------------------------------------------------- /metrics


def samples(text: str) -> dict[str, float]:
    """Return what a strict parser reads, by name and labels."""
    found: dict[str, float] = {}
    for family in text_string_to_metric_families(text):
        assert family.documentation
        assert family.type in ("counter", "gauge", "histogram")
        for sample in family.samples:
            labels = ",".join(f"{key}={value}" for key, value in sample.labels.items())
            name = f"{sample.name}{{{labels}}}" if labels else sample.name
            assert name not in found
            found[name] = sample.value
    return found


def test_the_metrics_of_a_scene() -> None:
    found = samples(exposition(scene(BUSY, HUNG, past=PAST, died=3, killed=1, reloads=7)))
    expected = {
        "spawning_requests_total{code=2xx}": 110,
        "spawning_requests_total{code=cut}": 1,
        "spawning_response_bytes_total": 1000,
        "spawning_workers{state=serving}": 1,
        "spawning_workers{state=hung}": 1,
        "spawning_workers{state=draining}": 0,
        "spawning_workers_wanted": 2,
        "spawning_busy": 2,
        "spawning_connections": 4,
        "spawning_oldest_request_seconds": 3.5,
        "spawning_worker_memory_bytes{worker=2}": 2**25,
        "spawning_worker_deaths_total{how=died}": 3,
        "spawning_worker_deaths_total{how=killed}": 1,
        "spawning_reloads_total": 7,
        "spawning_generation": 1,
        "spawning_ready": 1,
        "spawning_start_time_seconds": WALL - 90061,
    }
    assert {name: found[name] for name in expected} == expected


def test_the_histogram_accumulates() -> None:
    found = samples(exposition(scene(BUSY, past=PAST)))
    name = "spawning_request_duration_seconds"
    edges = ["+Inf" if math.isinf(bound) else f"{bound:g}" for bound in BUCKETS]
    counts = [found[f"{name}_bucket{{le={edge}}}"] for edge in edges]
    assert counts[0] == 12
    assert counts == sorted(counts)
    assert counts[-1] == found[f"{name}_count"] == sum(SPREAD) + 11
    assert found[f"{name}_sum"] == 2.0


def test_every_metric_is_documented() -> None:
    manual = (Path(__file__).parents[4] / "docs/reference/status.md").read_text()
    text = exposition(scene())
    names = {line.split()[2] for line in text.splitlines() if line.startswith("# TYPE")}
    assert {name for name in names if f"`{name}" not in manual} == set()


# ---------------------------------------------------------------- /events

ONE_OF_EACH: list[Fact] = [
    GenerationBegun(1, "start", WALL),
    GenerationServes(1, 0.1, WALL),
    GenerationFailed(1, WALL),
    WorkerIs(1, 2, 3, "serving", WALL),
    WorkerFailed(1, 2, REASON, WALL),
    WorkerHeld(1, "pdb", "GET", "/orders/7", WALL),
    WorkerGone(1, 2, 3, "died", 1, WALL),
    Notice("text", WALL),
    Wanted(1, WALL),
    Stopping(WALL),
]


@pytest.mark.parametrize(
    ("fact", "expected"),
    [
        (
            GenerationServes(2, 0.5, WALL),
            {"event": "generation-serves", "at": WALL, "generation": 2, "seconds": 0.5},
        ),
        (Notice("a\nb\r\ndata: c", WALL), {"event": "notice", "text": "a\nb\r\ndata: c"}),
        (WorkerGone(1, 2, 3, "died", -9, WALL), {"how": "died", "code": -9, "signal": "SIGKILL"}),
        (WorkerGone(1, 2, 3, "died", 3, WALL), {"code": 3, "signal": None}),
        (WorkerGone(1, 2, 3, "died", -35, WALL), {"code": -35, "signal": "35"}),
        (
            WorkerHeld(1, "pdb", "GET", "/orders/7", WALL),
            {"event": "worker-held", "worker": 1, "debugger": "pdb", "request": "GET /orders/7"},
        ),
        (WorkerHeld(1, "", "", "", WALL), {"debugger": None, "request": None}),
        (
            WorkerFailed(5, 2, REASON, WALL),
            {"worker": 5, "generation": 2, "file": "/project/app.py", "line": 3, "column": 5},
        ),
    ],
)
def test_an_event(fact: Message, expected: dict[str, Any]) -> None:
    event = read(events.stream(events.described(fact), "run-1"))
    data = event["data"]
    assert {key: data[key] for key in expected} == expected
    assert data["version"] == events.VERSION
    assert (event["id"], event["event"]) == ("run-1", data["event"])


def test_every_event_is_documented() -> None:
    manual = (Path(__file__).parents[4] / "docs/reference/status.md").read_text()
    assert {type(fact) for fact in ONE_OF_EACH} == set(typing.get_args(Fact))
    said = [*(events.described(fact) for fact in ONE_OF_EACH), events.hello({}, WALL)]
    said.append(events.counters(counters.counted(scene()), WALL))
    assert [event["at"] for event in said] == [WALL] * len(said)
    names = [event["event"] for event in said]
    assert [name for name in names if f"`{name}`" not in manual] == []


def test_the_page_listens_to_every_event() -> None:
    page = PAGE.read_text()
    names = [events.described(fact)["event"] for fact in ONE_OF_EACH]
    assert [name for name in names if f'"{name}"' not in page] == []


# ---------------------------------------------------------------- who may ask


@pytest.mark.parametrize(
    ("bound", "host", "may"),
    [
        ("127.0.0.1", "127.0.0.1:8081", True),
        ("127.0.0.1", "LOCALHOST:1", True),
        ("127.0.0.1", "localhost", True),
        ("127.0.0.1", "localhost.", True),
        ("127.0.0.1", "[::1]:8081", True),
        ("127.0.0.1", "", True),
        ("127.0.0.2", "127.0.0.2:80", True),
        ("::1", "[::1]", True),
        ("127.0.0.1", "evil.example", False),
        ("127.0.0.1", "evil.example:8081", False),
        ("127.0.0.1", "127.0.0.1.evil.example", False),
        ("127.0.0.1", "localhost:80@evil.example", False),
        ("127.0.0.1", "10.0.0.1", False),
        ("::1", "evil.example", False),
        ("0.0.0.0", "server.example", True),
        ("10.0.0.1", "server.example", True),
    ],
)
def test_who_may_ask(bound: str, host: str, may: bool) -> None:
    assert guard.may_ask(bound, host) is may


def test_the_page_allows_its_own_script_only() -> None:
    page = PAGE.read_text()
    policy = guard.page_policy(page)
    assert policy.count("'sha256-") == 2
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    other = guard.page_policy(page.replace('"use strict";', '"use strict"; alert(1);'))
    assert other != policy


@pytest.mark.parametrize("word", ["innerHTML", "outerHTML", "document.write", "eval(", "https://"])
def test_the_page_builds_no_markup_and_needs_no_network(word: str) -> None:
    assert word not in PAGE.read_text()
