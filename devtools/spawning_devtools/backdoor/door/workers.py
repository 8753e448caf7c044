"""The lines to the workers and to the controller, and what is known of each."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Mapping

from spawning.messages import (
    Arrival,
    Chronicle,
    Enterable,
    Line,
    Message,
    Stop,
    WorkerGone,
    WorkerIs,
)
from spawning_devtools.backdoor.door.choosing import CONTROLLER, Room

_ENDINGS = {
    "retired": "worker {id} has made room for newer code",
    "killed": "worker {id} did not end in time and was killed",
    "failed": "worker {id} could not load the application",
}


class Workers:
    """Those that can be entered, by number; the controller is number 0."""

    def __init__(self, chronicle: Chronicle, controller: Line) -> None:
        self._states = {known.worker_id: known.state for known in chronicle.workers}
        self._lines: dict[int, Line] = {CONTROLLER: controller}
        self._generations: dict[int, int] = {}
        self._stops: dict[int, tuple[Stop, ...]] = {}
        self.endings: dict[int, str] = {}
        """How workers have ended, in words."""

    def __contains__(self, worker_id: int) -> bool:
        return worker_id in self._lines

    def announce(self, word: Enterable, line: Line) -> Line | None:
        """A worker can be entered; return the line that it had before."""
        before = self._lines.pop(word.worker_id, None)
        self._lines[word.worker_id] = line
        self._generations[word.worker_id] = word.generation
        self._stops.pop(word.worker_id, None)
        return before

    def learn(self, fact: Message) -> int | None:
        """Take a fact; return the worker that is gone, if it says so."""
        match fact:
            case WorkerIs(worker_id, state=state):
                self._states[worker_id] = state
            case WorkerGone(worker_id, how=how, code=code):
                self._states.pop(worker_id, None)
                self.endings[worker_id] = _ending(worker_id, how, code)
                return worker_id
            case _:
                pass
        return None

    def line(self, worker_id: int) -> Line | None:
        """Return the line to a worker."""
        return self._lines.get(worker_id)

    def lose(self, worker_id: int) -> Line | None:
        """A worker cannot be entered any more; return the line that it had."""
        self._stops.pop(worker_id, None)
        self._generations.pop(worker_id, None)
        return self._lines.pop(worker_id, None)

    def stopped(self, worker_id: int, stops: tuple[Stop, ...]) -> list[Stop]:
        """These wait in a worker now; return those that are new."""
        before = list(self._stops.get(worker_id, ()))
        self._stops[worker_id] = stops
        fresh = []
        for stop in stops:
            if stop in before:
                before.remove(stop)
            else:
                fresh.append(stop)
        return fresh

    def rooms(self, sessions: Mapping[int, int]) -> list[Room]:
        """Return the workers that can be entered; `sessions`: how many there are in each."""
        return [
            Room(
                worker_id,
                self._generations.get(worker_id, 0),
                self._states.get(worker_id, "ready"),
                sessions.get(worker_id, 0),
                len(self._stops.get(worker_id, ())),
            )
            for worker_id in self._lines
            if worker_id != CONTROLLER
        ]

    def send(self, worker_id: int, arrival: Arrival, descriptor: int) -> bool:
        """Hand a session's end to a worker; return whether it has it."""
        line = self._lines.get(worker_id)
        if line is None:
            return False
        with contextlib.suppress(OSError):
            line.send(arrival, descriptor)
            return True
        return False


def _ending(worker_id: int, how: str, code: int) -> str:
    if how in _ENDINGS:
        return _ENDINGS[how].format(id=worker_id)
    way = f"by {signal.Signals(-code).name}" if code < 0 else f"with exit code {code}"
    return f"worker {worker_id} died {way}"
