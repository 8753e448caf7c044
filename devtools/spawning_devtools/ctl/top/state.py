"""What is chosen on the screen of `spawnctl top`, and what keys do to it; pure."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Sequence

from spawning_devtools.ctl.status.sight import Worker
from spawning_devtools.ctl.top.columns import HEADS

NUMBER, CPU, MEMORY, OLDEST = (HEADS.index(h) for h in ("WORKER", "CPU%", "MEM", "OLDEST REQUEST"))


class Order(enum.Enum):
    """What is to be done to the server; all but the first are asked about before."""

    MORE = "start one worker more"
    RELOAD = "start a new generation"
    FEWER = "end one worker"
    END = "end worker {number} (pid {pid}) when its requests are done, and replace it"
    STOP = "stop the whole server"


ASKED = frozenset(Order) - {Order.MORE}


@dataclasses.dataclass(frozen=True, slots=True)
class Chosen:
    """Everything that keys change."""

    by: int = NUMBER
    """The column that sorts."""
    inverted: bool = False
    worker: int = 0
    """The number of the worker that is chosen, 0: the first one."""
    only_its: bool = False
    """Whether only the chosen worker's requests are shown."""
    paused: bool = False
    helps: bool = False
    asked: Order | None = None
    """What is about to be done, and waits for a yes."""
    subject: int = 0
    """The process id of the worker that it is about."""
    said: str = ""
    """What has come of the last order."""
    filter: str = ""
    filtering: bool = False
    """Whether letters go to the filter."""

    def sorted_by(self, by: int) -> Chosen:
        """Return it sorted by a column; once more the other way round."""
        return dataclasses.replace(
            self, by=by, inverted=by == self.by and not self.inverted, said=""
        )

    def next_column(self, step: int) -> Chosen:
        """Return it sorted by a neighbouring column."""
        return dataclasses.replace(self, by=(self.by + step) % len(HEADS), inverted=False, said="")

    def moved(self, workers: Sequence[Worker], step: int) -> Chosen:
        """Return it with another worker chosen, so many lines down."""
        if not workers:
            return self
        place = min(len(workers) - 1, max(0, self.place(workers) + step))
        return dataclasses.replace(self, worker=workers[place].number, said="")

    def place(self, workers: Sequence[Worker]) -> int:
        """Return the line of the chosen worker; the first one's where it is gone."""
        numbers = [worker.number for worker in workers]
        return numbers.index(self.worker) if self.worker in numbers else 0

    def asking(self, order: Order, workers: Sequence[Worker]) -> Chosen:
        """Return it with a question about an order."""
        worker = workers[self.place(workers)] if workers else None
        if order is Order.END and worker is None:
            return self
        return dataclasses.replace(
            self,
            asked=order,
            subject=worker.pid if worker else 0,
            worker=worker.number if worker else 0,
            said="",
        )

    @property
    def question(self) -> str:
        """What is asked, '' where nothing is."""
        if self.asked is None:
            return ""
        return self.asked.value.format(number=self.worker, pid=self.subject)
