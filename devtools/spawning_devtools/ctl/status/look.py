"""Looking at a server: its counters, what the kernel knows of it, and its status page."""

from __future__ import annotations

import dataclasses
import re
from time import monotonic
from typing import Any

from spawning.scoreboard import Reading
from spawning.status.health import LATE
from spawning.whereabouts import Note
from spawning_devtools.ctl.status.board import ReadBoard, board_of
from spawning_devtools.ctl.status.kernel import process_of
from spawning_devtools.ctl.status.page import page_of
from spawning_devtools.ctl.status.sight import HUNG, STARTING, Request, Sight, Worker, judged

_STATE = re.compile(r"spawn: worker \d+ generation \d+ \((\w+)\)")
_APPLICATION = re.compile(r"spawn: controller (.*)")
_STATES = {"importing": STARTING}
"""States by their names in the title, where those are others."""
GREENLETS = 256
"""Slots of a worker without threads (`controller.workers.KEPT_GREENLETS`)."""


class Looker:
    """Looks at one server, again and again."""

    def __init__(self, controller: int, note: Note | None) -> None:
        self._controller = controller
        self._note = note
        self._board: ReadBoard | None = None

    def look(self) -> Sight | None:
        """Return what is to be seen; None where the server has ended."""
        process = process_of(self._controller)
        found = _APPLICATION.match(process.title)
        if not found:
            return None
        self._board = self._board or board_of(self._controller)
        note = self._note
        sight = Sight(
            pid=self._controller,
            at=monotonic(),
            application=note.application if note else found[1].strip(),
            folder=note.folder if note else "",
            urls=note.urls if note else (),
            status=note.status if note else "",
            backdoor=note.backdoor if note else (),
            age=process.age,
        )
        if self._board is not None:
            sight = with_board(sight, self._board)
        page = page_of(sight.status) if sight.status else None
        if page is not None:
            return with_page(sight, page)
        if self._board is None:
            unknown = f"The counters of server {self._controller} cannot be read."
            return dataclasses.replace(sight, health="unknown", sentence=unknown)
        health, sentence = judged(sight)
        return dataclasses.replace(sight, health=health, sentence=sentence)

    @property
    def sees_workers(self) -> bool:
        """Whether we may read its counters."""
        return self._board is not None


def with_board(sight: Sight, board: ReadBoard) -> Sight:
    """Return what the counters say besides."""
    readings, past = board.read_whole()
    slots = board.shape.slots if board.shape.slots != GREENLETS else 0
    everyone = (past, *readings)
    workers = sorted(
        (_worker(reading, slots, sight.at) for reading in readings), key=lambda one: one.number
    )
    return dataclasses.replace(
        sight,
        workers=tuple(workers),
        requests=sum(reading.requests for reading in everyone),
        by_class=tuple(map(sum, zip(*(one.by_class for one in everyone), strict=True))),
    )


def _worker(reading: Reading, slots: int, now: float) -> Worker:
    process = process_of(reading.pid)
    found = _STATE.match(process.title)
    state = _STATES.get(found[1], found[1]) if found else STARTING
    silent = now - reading.heartbeat if reading.heartbeat else 0.0
    hangs = state != STARTING and silent > LATE
    requests = [
        Request(reading.worker_id, max(0.0, now - one.since), one.line)
        for one in sorted(reading.in_flight, key=lambda one: one.since)
    ]
    return Worker(
        number=reading.worker_id,
        pid=reading.pid,
        generation=reading.generation,
        state=HUNG if hangs else state,
        why=f"its loop has been blocked for {silent:.0f} s" if hangs else "",
        age=process.age,
        busy=len(requests) if slots else max(len(requests), reading.busy),
        slots=slots,
        connections=reading.connections,
        requests=reading.requests,
        in_flight=tuple(requests),
        memory=process.memory,
        cpu=process.cpu,
    )


def with_page(sight: Sight, page: dict[str, Any]) -> Sight:
    """Return what the status page says besides: how the server fares, what holds a worker."""
    children: dict[int, dict[str, Any]] = {
        int(pid): child for pid, child in page.get("children", {}).items()
    }
    workers = [
        _told(worker, children[worker.pid]) if worker.pid in children else worker
        for worker in sight.workers
    ]
    if not workers:
        workers = [_told(_unread(child), child) for child in children.values()]
    failure = page.get("last_failure")
    totals = page.get("totals", {})
    by_status = totals.get("by_status", {})
    return dataclasses.replace(
        sight,
        workers=tuple(workers),
        urls=tuple(page.get("urls") or sight.urls),
        requests=sight.requests or totals.get("requests", 0),
        by_class=sight.by_class
        or tuple(by_status.get(name, 0) for name in ("cut", "1xx", "2xx", "3xx", "4xx", "5xx")),
        seconds=totals.get("seconds"),
        health=str(page.get("health", "")),
        sentence=str(page.get("sentence", "")),
        failure=failure if failure and failure.get("current") else None,
    )


def _told(worker: Worker, child: dict[str, Any]) -> Worker:
    why = child.get("debugger") or (child.get("error") if child.get("state") == HUNG else "")
    return dataclasses.replace(worker, state=str(child.get("state")), why=str(why or ""))


def _unread(child: dict[str, Any]) -> Worker:
    """Return a worker whose counters we may not read, as the page tells of it."""
    number = int(child["worker"])
    requests = (Request(number, one["seconds"], one["line"]) for one in child["in_flight"])
    process = process_of(int(child["pid"]))
    return Worker(
        number=number,
        pid=int(child["pid"]),
        generation=int(child["generation"]),
        state="",
        age=float(child["age"]),
        busy=int(child["busy"]),
        slots=int(child["threads"]),
        connections=int(child["connections"]),
        requests=int(child["requests"]),
        in_flight=tuple(requests),
        memory=int(child["memory"] or 0),
        cpu=process.cpu,
    )
