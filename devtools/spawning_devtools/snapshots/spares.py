"""The processes that wait beside snapshots, each to become a worker or another snapshot."""

from __future__ import annotations

from collections.abc import Iterator

from spawning.messages import Sprout
from spawning_devtools.snapshots.processes import Processes


class Spares:
    """By the snapshot that forked them, in the controller's process."""

    def __init__(self, processes: Processes) -> None:
        self._processes = processes
        self._waiting: dict[int, list[int]] = {}
        self._asked: set[int] = set()

    @property
    def are_expected(self) -> bool:
        """Whether a snapshot was told to fork one that is not born yet."""
        return bool(self._asked)

    def sprout(self, source: int, order: Sprout) -> None:
        """Have a snapshot fork one, unless it is about to."""
        if source not in self._asked:
            self._asked.add(source)
            self._processes.tell(source, order)

    def take_in(self, pid: int, source: int) -> bool:
        """Take in one that was forked; return whether it was asked for."""
        if source not in self._asked:
            return False
        self._asked.discard(source)
        self._waiting.setdefault(source, []).append(pid)
        return True

    def pop(self, source: int) -> int | None:
        """Return one, which is no spare from now on."""
        waiting = self._waiting.get(source)
        return waiting.pop() if waiting else None

    def condemn(self, source: int) -> None:
        """End those of one snapshot."""
        for pid in self._waiting.pop(source, ()):
            self._processes.condemn(pid)
        self._asked.discard(source)

    def counted(self) -> Iterator[tuple[int, int]]:
        """Yield how many of each snapshot are attended to; forget the others."""
        for source, waiting in self._waiting.items():
            waiting[:] = [pid for pid in waiting if pid in self._processes]
            yield source, len(waiting)
