"""The magic words, and what they show."""

from __future__ import annotations

import dataclasses
import linecache
import logging
import os
import threading
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from serving import wait_until
from spawning.scoreboard import InFlightNow, Reading
from spawning_devtools.backdoor.session import stacks, tables
from spawning_devtools.backdoor.session.magics import ABOUT
from spawning_devtools.backdoor.session.showing import LONGEST, shown
from spawning_devtools.backdoor.session.sources import KEPT, Sources
from unit.devtools.backdoor.entered import Client, entered

IDLE = Reading(
    row=1, pid=100, worker_id=1, generation=2, started_at=1000.0, heartbeat=49.5, connections=3,
    busy=0, stuck=0, seconds=0.0, bytes=0, by_class=(0, 0, 7), by_bucket=(), in_flight=(),
)  # fmt: skip
BUSY = dataclasses.replace(
    IDLE, row=2, pid=101, worker_id=2, heartbeat=0.0,
    in_flight=(InFlightNow(40.0, "GET /a"), InFlightNow(20.0, "GET /" + "x" * 115)),
)  # fmt: skip


@pytest.fixture
def client() -> Iterator[Client]:
    with entered() as inside:
        made = inside.client()
        made.enter()
        yield made


def test_workers() -> None:
    table = tables.workers([BUSY, IDLE], now=50.0, wall=1090.0, here=1)
    rows = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
    assert [(row["worker"], row["here"], row["pid"]) for row in rows] == [
        (1, "*", "100"), (2, "", "101")
    ]  # fmt: skip
    assert rows[0]["age"] == "1:30 min"
    assert rows[0]["heartbeat"] == "0.5 s"
    assert (rows[0]["requests"], rows[0]["oldest"]) == (7, "")
    assert rows[1]["heartbeat"] == "starting"
    assert rows[1]["oldest"] == "30.0 s  GET /" + "x" * 115


def test_requests_the_oldest_first_and_whole_where_they_are_known() -> None:
    line = BUSY.in_flight[1].line
    assert len(line) == tables.LINE
    whole = {(2, line): line + "yz", (1, "GET /a"): "GET /another"}
    table = tables.requests([IDLE, BUSY], whole, now=50.0)
    assert table.rows == (
        ("30.000 s", 2, "GET", "/" + "x" * 115 + "yz"),
        ("10.000 s", 2, "GET", "/a"),
    )


def test_modules_that_have_changed(tmp_path: Path) -> None:
    def module(name: str, changed: float) -> types.ModuleType:
        made = types.ModuleType(name)
        file = tmp_path / f"{name}.py"
        if changed:
            file.write_text("")
            os.utime(file, (changed, changed))
        made.__file__ = str(file)
        return made

    loaded: dict[str, Any] = {
        "old": module("old", 500.0),
        "new": module("new", 1500.0),
        "gone": module("gone", 0),
        "builtin": types.ModuleType("builtin"),
        "strange": object(),
    }
    table = tables.modules(loaded, since=1000.0, now=1600.0)
    assert [row[:2] for row in table.rows] == [("gone", "removed"), ("new", "1:40 min ago")]


def test_memory_by_type_runs_nothing() -> None:
    class Lying:
        __slots__ = ("x",)

        def __sizeof__(self) -> int:
            raise RuntimeError

    objects = [[1] * 1000, {}, Lying(), Lying()]
    table = tables.memory(objects, resident=2048)
    counts = {row[0]: row[1] for row in table.rows}
    assert table.rows[0][0] == "list"
    assert next(count for name, count in counts.items() if str(name).endswith("Lying")) == 2
    assert table.rows[-2][:2] == ("all that the collector knows", 4)
    assert table.rows[-1] == ("the process, resident", None, "2 KiB")


def test_stacks_of_threads_those_of_requests_first() -> None:
    waits, may_go = threading.Event(), threading.Event()

    def working() -> None:
        waits.set()
        may_go.wait()

    thread = threading.Thread(target=working, name="one-of-ours")
    thread.start()
    waits.wait()
    assert thread.ident is not None
    requests = {thread.ident: "GET /slow (1.0 s)"}
    lines: list[str] = []

    def is_seen_waiting() -> bool:
        frames, names = stacks.of_threads()
        lines[:] = stacks.described(frames, names, [], requests).splitlines()
        return any("in working: may_go.wait()" in line for line in lines)

    try:
        wait_until(is_seen_waiting, "it waits, and says where")
    finally:
        may_go.set()
        thread.join()
    assert lines[0] == "one-of-ours: GET /slow (1.0 s)"
    assert lines[-1].endswith("of the server's own wait"), "the one that asks is ours here"


@pytest.mark.parametrize("word", sorted(set(ABOUT) - {"exit", "reload", "switch", "time", "debug"}))
def test_each_word_is_answered(client: Client, word: str) -> None:
    words = (word, "WARNING") if word == "log" else (word,)
    shown, done = client.magic(*words)
    assert shown["say"] in ("table", "text")
    assert done["ok"]


WRONG = [["nothing"], ["workers", "3"], ["log"], ["log", "loud"], ["help", "nothing"], ["time"],
         ["switch"], ["stack", "1"], ["debug"]]  # fmt: skip


@pytest.mark.parametrize("words", WRONG, ids=" ".join)
def test_a_word_that_is_used_wrongly_says_how_it_is_used(client: Client, words: list[str]) -> None:
    text, done = client.magic(*words)
    assert text["say"] == "text"
    assert not done["ok"]
    assert client.run("1") == "1\n"


def test_log_sets_a_level(client: Client) -> None:
    before = logging.getLogger().level
    try:
        client.magic("log", "error")
        assert logging.getLogger().level == logging.ERROR
        client.magic("log", "a.b", "debug")
        assert logging.getLogger("a.b").level == logging.DEBUG
    finally:
        logging.getLogger().setLevel(before)
        logging.getLogger("a.b").setLevel(logging.NOTSET)


def test_time_runs_a_statement(client: Client) -> None:
    *told, done = client.magic("time", "sum(range(10))")
    text = "".join(one["text"] for one in told)
    assert text.startswith("45\n")
    assert text.endswith("computing\n")
    assert done["ok"]
    assert not client.magic("time", "1/0")[-1]["ok"]


def test_reload() -> None:
    with entered() as inside:
        client = inside.client()
        client.enter()
        client.magic("reload")
        client.run("server.reload()")
        assert inside.view.reloads == 2


def test_server_in_the_namespace(client: Client) -> None:
    assert client.run("server").startswith("<server: worker 3, generation 2, pid ")
    assert client.run("server.workers").splitlines()[0].split() == [
        "worker", "here", "pid", "generation", "age", "heartbeat", "connections", "busy",
        "requests", "oldest",
    ]  # fmt: skip
    assert client.run("server.requests") == "none\n"


def test_what_was_defined_lives_on_where_it_is_in_use() -> None:
    holder = types.SimpleNamespace()
    with entered(holder) as inside:
        client = inside.client()
        client.enter()
        client.run("x = 5\napp.call = lambda: x")
        client.close()
        inside.wait_until_left()
        assert holder.call() == 5


def test_values_that_are_long_are_cut() -> None:
    assert shown("x") == "'x'"
    assert shown("x" * (LONGEST + 1)).endswith(f"\n… {LONGEST + 1:,} characters in all")
    assert shown(list(range(20_000))).endswith("\n… 20,000 items in all")
    assert shown(dict.fromkeys(range(20_000))).startswith("{0: None,\n 1: None")
    assert "\n" in shown([{"name": "x" * 60}] * 3), "over several lines"


def test_sources_are_kept_and_never_taken_away() -> None:
    sources = Sources()
    first = sources.keep("first\n")
    assert linecache.getline(first, 1) == "first\n"
    names = {sources.keep(f"source {number}\n") for number in range(KEPT - 1)}
    assert len(names | {first}) == KEPT
    assert sources.keep("last\n") == first, "its name is used again"
    linecache.checkcache()
    assert linecache.getline(first, 1) == "last\n"
