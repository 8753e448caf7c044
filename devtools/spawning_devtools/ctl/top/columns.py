"""The columns of the table of workers: what they show, and by what they sort; pure."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

from spawning_devtools.ctl.figures import count, duration, size
from spawning_devtools.ctl.status.sight import Sight, Worker
from spawning_devtools.ctl.status.text import busy, oldest
from spawning_devtools.ctl.top.rates import Rates


@dataclasses.dataclass(frozen=True, slots=True)
class Column:
    """One column."""

    head: str
    width: int
    """0: as much as there is."""
    text: Callable[[Worker, Rates], str]
    key: Callable[[Worker, Rates], Any]
    descends: bool = True
    """Whether the largest comes first."""
    left: bool = False


def _age_of_oldest(worker: Worker) -> float:
    return worker.in_flight[0].seconds if worker.in_flight else 0.0


COLUMNS = (
    Column("WORKER", 6, lambda w, r: str(w.number), lambda w, r: w.number, descends=False),
    Column("PID", 8, lambda w, r: str(w.pid), lambda w, r: w.pid, descends=False),
    Column("GEN", 4, lambda w, r: str(w.generation), lambda w, r: w.generation),
    Column("STATE", 8, lambda w, r: w.state, lambda w, r: w.state, descends=False, left=True),
    Column("CPU%", 5, lambda w, r: f"{r.cpu.get(w.pid, 0.0):.1f}",
           lambda w, r: r.cpu.get(w.pid, 0.0)),
    Column("MEM", 5, lambda w, r: size(w.memory), lambda w, r: w.memory),
    Column("BUSY", 6, lambda w, r: busy(w), lambda w, r: w.busy),
    Column("CONN", 5, lambda w, r: count(w.connections), lambda w, r: w.connections),
    Column("REQS", 7, lambda w, r: count(w.requests), lambda w, r: w.requests),
    Column("REQ/S", 6, lambda w, r: count(r.by_worker.get(w.pid, 0.0)),
           lambda w, r: r.by_worker.get(w.pid, 0.0)),
    Column("AGE", 7, lambda w, r: duration(w.age), lambda w, r: w.age),
    Column("OLDEST REQUEST", 0, lambda w, r: oldest(w), lambda w, r: _age_of_oldest(w), left=True),
)  # fmt: skip
HEADS = tuple(column.head for column in COLUMNS)


DISPENSABLE = ("CONN", "REQS", "AGE", "PID", "MEM", "GEN", "BUSY", "CPU%", "REQ/S", "STATE")
"""What is left out where there is no room, in that order."""
ROOM_FOR_LAST = 34


def fitting(width: int, by: int) -> list[Column]:
    """Return the columns that there is room for; the one that sorts is always there."""
    columns = list(COLUMNS)
    for head in DISPENSABLE:
        if sum(column.width + 1 for column in columns) + ROOM_FOR_LAST <= width:
            break
        columns = [one for one in columns if one.head != head or one is COLUMNS[by]]
    return columns


def ordered(sight: Sight, rates: Rates, by: int, inverted: bool) -> list[Worker]:
    """Return the workers in the order of a column; equal ones by number."""
    column = COLUMNS[by]
    workers = sorted(sight.workers, key=lambda worker: worker.number)
    workers.sort(
        key=lambda worker: column.key(worker, rates), reverse=column.descends is not inverted
    )
    return workers


def cell(column: Column, text: str, width: int) -> str:
    """Return a text in its place."""
    return text.ljust(width) if column.left else text.rjust(width)
