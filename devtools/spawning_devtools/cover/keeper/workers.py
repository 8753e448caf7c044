"""Which workers measure, and which of them do so as they were told to; pure but for `is_alive`.

A worker is known from the first packet that it sends.  It is gone when it says so, or when
there is no such process any more.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from spawning.messages import CoverageAck, CoverageLeft, CoverageOrder, CoverageTold

_DEAD = "ZX"


class Worker(NamedTuple):
    """A process that measures."""

    worker_id: int
    pid: int


class Workers:
    """All that were heard of and have not left."""

    def __init__(self, is_alive: Callable[[int], bool]) -> None:
        """`is_alive`: whether there is a process of a number."""
        self._is_alive = is_alive
        self._measure: dict[Worker, CoverageOrder | None] = {}
        """How each has said that it measures, None where it has not said so."""

    def heard(self, message: CoverageTold | CoverageAck | CoverageLeft) -> bool:
        """Learn of who has sent a message; return whether that is news."""
        worker = Worker(message.worker_id, message.pid)
        before = dict(self._measure)
        match message:
            case CoverageLeft():
                self._measure.pop(worker, None)
            case CoverageAck(epoch=epoch, paused=paused):
                self._measure[worker] = CoverageOrder(epoch, paused)
            case _:
                self._measure.setdefault(worker, None)
        return self._measure != before

    def living(self) -> list[Worker]:
        """Return those that live, by their numbers; the others are forgotten."""
        for worker in [one for one in self._measure if not self._is_alive(one.pid)]:
            del self._measure[worker]
        return sorted(self._measure)

    def behind(self, order: CoverageOrder) -> list[Worker]:
        """Return those that live and have not said that they measure so."""
        return [worker for worker in self.living() if self._measure[worker] != order]


def is_alive(pid: int) -> bool:
    """Return whether there is such a process, and not only what is left of one."""
    with contextlib.suppress(OSError, IndexError):
        # Behind the name, which may have anything in it, comes the state.
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in _DEAD
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def named(workers: list[Worker]) -> str:
    """Return workers as a sentence has them."""
    each = [f"worker {worker.worker_id} (process {worker.pid})" for worker in workers]
    return " and ".join(filter(None, [", ".join(each[:-1]), *each[-1:]]))
