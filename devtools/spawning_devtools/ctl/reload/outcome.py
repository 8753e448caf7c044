"""What has come of a new generation, judged by what is to be seen of the workers; pure."""

from __future__ import annotations

import enum

from spawning_devtools.ctl.status.sight import SERVING, Sight


class Outcome(enum.Enum):
    """How far it has come."""

    PENDING = "pending"
    SERVES = "serves"
    FAILED = "failed"


def newest(sight: Sight) -> int:
    """Return the newest generation that has a worker, or whose failure is known."""
    failed = int(sight.failure["generation"]) if sight.failure else 0
    return max([failed, *(worker.generation for worker in sight.workers)], default=0)


class Judge:
    """Watches for a generation newer than the ones that there were."""

    def __init__(self, before: Sight) -> None:
        self._before = newest(before)
        self._seen = 0
        """The new generation, 0 while it has not been seen."""

    @property
    def generation(self) -> int:
        """The new generation, 0 while it has not been seen."""
        return self._seen

    def judge(self, sight: Sight) -> Outcome:
        """Return how far the new generation has come."""
        self._seen = max(self._seen, newest(sight) if newest(sight) > self._before else 0)
        if not self._seen:
            return Outcome.PENDING
        ours = [worker for worker in sight.workers if worker.generation >= self._seen]
        if any(worker.state == SERVING for worker in ours):
            return Outcome.SERVES
        return Outcome.PENDING if ours else Outcome.FAILED
