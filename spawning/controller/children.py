"""The workers that exist, as values: what is known of each, and what an event makes of it.

STARTING   was spawned              Ready -> READY, death or Failed -> gone
READY      application imported     gate opens -> SERVING
SERVING    accepts requests         Drain or Draining -> DRAINING
DRAINING   finishes its requests    death -> gone
"""

from __future__ import annotations

import dataclasses
import enum
import math
from collections.abc import Iterator

from spawning.messages import Held, InFlight


class State(enum.Enum):
    """Where a worker is in its life; see the table above."""

    STARTING = "starting"
    READY = "ready"
    SERVING = "serving"
    DRAINING = "draining"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """One worker process."""

    worker_id: int
    """Counts up over the controller's life; never reused."""
    pid: int
    generation: int
    since: float
    """When it came into its state, on the monotonic clock."""
    state: State = State.STARTING
    born: float = 0.0
    """When it was started, on the monotonic clock."""
    killed: bool = False
    worn: str = ""
    """Why it is to be replaced, empty where it is not."""
    held: Held | None = None
    """The debugger that has stopped one of its threads."""
    freed: float = -math.inf
    """When the last debugger let go, on the monotonic clock."""
    requests: tuple[InFlight, ...] = ()
    """What it was answering when it last said so; only a draining worker says it."""

    @property
    def is_spent(self) -> bool:
        """Whether it is to be replaced now: not from under a debugger."""
        return bool(self.worn) and self.held is None

    def overdue_at(self, deadman: float) -> float:
        """Return when it has drained for too long: never, while a debugger holds it."""
        if self.state is not State.DRAINING or self.killed or self.held is not None:
            return math.inf
        return max(self.since, self.freed) + deadman


def new_child(worker_id: int, pid: int, generation: int, now: float) -> Child:
    """Return a worker that was started now."""
    return Child(worker_id=worker_id, pid=pid, generation=generation, since=now, born=now)


@dataclasses.dataclass(frozen=True, slots=True)
class Children:
    """All of them, by worker id; every change returns a new value."""

    by_id: dict[int, Child] = dataclasses.field(default_factory=dict)

    def __iter__(self) -> Iterator[Child]:
        return iter(self.by_id.values())

    def __len__(self) -> int:
        return len(self.by_id)

    def with_child(self, child: Child) -> Children:
        """Return these and `child`, in place of the one with its id."""
        return Children({**self.by_id, child.worker_id: child})

    def without(self, worker_id: int) -> Children:
        """Return these but for one."""
        return Children({key: child for key, child in self.by_id.items() if key != worker_id})

    def in_state(self, worker_id: int, state: State, now: float) -> Children:
        """Return these with one in another state since `now`; unchanged if it is there already."""
        child = self.by_id[worker_id]
        if child.state is state:
            return self
        return self.with_child(dataclasses.replace(child, state=state, since=now))

    def of(self, generation: int, *states: State) -> list[Child]:
        """Return those of one generation, in the given states or in any."""
        return [
            child
            for child in self
            if child.generation == generation and (not states or child.state in states)
        ]
