"""A server at one instant, as plain values; and what follows from them."""

from __future__ import annotations

import dataclasses
from typing import Any

SERVING, STARTING, DRAINING, READY = "serving", "starting", "draining", "ready"
HUNG, HELD = "hung", "held"


@dataclasses.dataclass(frozen=True, slots=True)
class Request:
    """A request that is being answered."""

    worker: int
    seconds: float
    line: str
    """Method and target, perhaps cut short."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """A worker process."""

    number: int
    pid: int
    generation: int
    state: str
    why: str = ""
    """Why it hangs, or what holds it."""
    age: float
    busy: int
    slots: int
    """How many requests it can answer at once; 0: any number (greenlets)."""
    connections: int
    requests: int
    """Answered so far."""
    in_flight: tuple[Request, ...] = ()
    """The oldest first."""
    memory: int = 0
    """Resident bytes, 0 where that is not known."""
    cpu: float = 0.0
    """Seconds that it has used."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """A server."""

    pid: int
    at: float
    """On the monotonic clock."""
    application: str = ""
    folder: str = ""
    urls: tuple[str, ...] = ()
    status: str = ""
    """The address of its status page, empty where it has none."""
    backdoor: tuple[str, ...] = ()
    age: float = 0.0
    workers: tuple[Worker, ...] = ()
    requests: int = 0
    """Answered since the start, by whoever has ended meanwhile too."""
    by_class: tuple[int, ...] = ()
    """Of them, by the first digit of the status; 0: those that were cut."""
    seconds: float | None = None
    """Spent on all of them, None where that is not measured."""
    health: str = ""
    sentence: str = ""
    failure: dict[str, Any] | None = None
    """Why the newest code could not be started, as `/status.json` says it."""

    @property
    def generation(self) -> int:
        """The one that serves, 0 where none does."""
        serving = [worker for worker in self.workers if worker.state in (SERVING, HUNG, HELD)]
        return max((worker.generation for worker in serving), default=0)

    @property
    def busy(self) -> int:
        """Requests that are being answered."""
        return sum(worker.busy for worker in self.workers)

    @property
    def slots(self) -> int:
        """How many could be, 0 where there is no such number."""
        return sum(worker.slots for worker in self.workers if worker.state != DRAINING)

    @property
    def memory(self) -> int:
        """Resident bytes of all workers."""
        return sum(worker.memory for worker in self.workers)

    @property
    def in_flight(self) -> list[Request]:
        """What is being answered, the oldest first."""
        found = [request for worker in self.workers for request in worker.in_flight]
        return sorted(found, key=lambda request: -request.seconds)


def judged(sight: Sight) -> tuple[str, str]:
    """Return how a server without a status page fares: a word and a sentence, as that has them."""
    lasting = [worker for worker in sight.workers if worker.state != DRAINING]
    hung = [worker for worker in lasting if worker.state == HUNG]
    generation = sight.generation
    if not lasting:
        return "down", "It has no worker."
    if not generation:
        return "starting", f"Generation {max(one.generation for one in lasting)} is being started."
    if len(hung) == len([one for one in lasting if one.generation == generation]):
        return "down", f"Every worker of generation {generation} hangs."
    if hung:
        numbers = ", ".join(str(worker.number) for worker in hung)
        are = f"Worker {numbers} hangs" if len(hung) == 1 else f"Workers {numbers} hang"
        return "degraded", f"{are}."
    return "healthy", f"Generation {generation} serves."
