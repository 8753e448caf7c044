"""Live counters in shared memory: readable of a worker that hangs, and by waking nobody.

Rules:
1. A worker has one row.  It writes the row, all others only read it; when the
   worker is dead, the controller adds what it counted to row 0, so that totals
   never fall, and frees the row.
2. A row begins with the worker's own facts; then comes a slot for each thread
   (or pooled greenlet) that answers requests.  Nobody else writes that slot,
   so counting needs no lock.
3. Every number is a double, which holds whole numbers up to 2**53 and is written
   in one go.  A request line may be read half new; nothing depends on it.

Times are of `time.monotonic()`, which all processes of a machine share, but
for `started_at`, seconds since the epoch.
"""

from __future__ import annotations

import dataclasses
import mmap
import os
from collections.abc import Iterator

from spawning.row_slot import (
    BY_BUCKET,
    BY_CLASS,
    BYTES,
    LINE,
    NUMBERS,
    SECONDS,
    SINCE,
    SLOT,
    MeteredSlot,
    RowSlot,
)

_PID, _WORKER, _GENERATION, _STARTED, _HEARTBEAT, _CONNECTIONS, _BUSY, _STUCK = range(8)
_FACTS = 8
_CHANGES = _PID
"""In row 0: counts up when a row is about to be released, and when it is."""
_TRIES = 1000
FACTS = 8 * _FACTS


@dataclasses.dataclass(frozen=True, slots=True)
class InFlightNow:
    """A request that is being answered: since when, and `METHOD TARGET`, perhaps cut short."""

    since: float
    line: str


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one row says."""

    row: int
    pid: int
    worker_id: int
    generation: int
    started_at: float
    heartbeat: float
    """When the worker's loop last turned, on the monotonic clock; 0 before the first time."""
    connections: int
    busy: int
    """Requests that were being answered at the last heartbeat; `in_flight` is newer, but knows
    of no more than there are slots."""
    stuck: int
    """Threads or greenlets that could not be freed after their request took too long."""
    seconds: float
    """Time spent answering, all requests together."""
    bytes: int
    """Bytes of bodies that were sent."""
    by_class: tuple[int, ...]
    by_bucket: tuple[int, ...]
    in_flight: tuple[InFlightNow, ...]

    @property
    def requests(self) -> int:
        """Requests answered."""
        return sum(self.by_class)


class Row:
    """A worker's own row."""

    def __init__(self, memory: memoryview, slots: int, metered: bool) -> None:
        self._facts = memory[:FACTS].cast("d")
        kind = MeteredSlot if metered else RowSlot
        places = (FACTS + SLOT * number for number in range(slots))
        self.slots = [kind(memory[place : place + SLOT]) for place in places]
        """To be owned by one thread or greenlet each."""

    def introduce(self, worker_id: int, generation: int, started_at: float) -> None:
        """Say whose row this is."""
        facts = self._facts
        facts[_WORKER], facts[_GENERATION], facts[_STARTED] = worker_id, generation, started_at
        facts[_PID] = os.getpid()

    def beat(self, now: float, connections: int, busy: int) -> None:
        """The loop has turned."""
        facts = self._facts
        facts[_HEARTBEAT], facts[_CONNECTIONS], facts[_BUSY] = now, connections, busy

    def count_stuck(self, count: int) -> None:
        """So many threads or greenlets cannot be freed."""
        self._facts[_STUCK] = count


@dataclasses.dataclass(frozen=True, slots=True)
class Shape:
    """How many rows and slots a scoreboard has, and where its memory is; travels as JSON."""

    descriptor: int
    rows: int
    slots: int

    @property
    def row_size(self) -> int:
        """Bytes of a row."""
        return FACTS + SLOT * self.slots


class Scoreboard:
    """All the rows, in the controller (`create`), a worker or the status page."""

    def __init__(self, shape: Shape) -> None:
        self.shape = shape
        self._memory = memoryview(mmap.mmap(shape.descriptor, shape.rows * shape.row_size))

    @classmethod
    def create(cls, rows: int, slots: int) -> Scoreboard:
        """Return an empty board; only used rows take memory.  Its name tells spawnctl its shape."""
        shape = Shape(os.memfd_create(f"spawning-scoreboard-{rows + 1}x{slots}"), rows + 1, slots)
        os.ftruncate(shape.descriptor, shape.rows * shape.row_size)
        return cls(shape)

    def row(self, number: int, metered: bool) -> Row:
        """Return a row to write."""
        return Row(self._of(number), self.shape.slots, metered)

    def free_row(self) -> int:
        """Return the number of a row that nobody has; 0 where there is none."""
        for number in range(1, self.shape.rows):
            if not self._of(number)[: 8 * _FACTS].cast("d")[_WORKER]:
                return number
        return 0

    def reserve(self, number: int, worker_id: int) -> None:
        """Take a row for a worker that is about to start."""
        self._of(number)[: 8 * _FACTS].cast("d")[_WORKER] = worker_id

    def release(self, number: int) -> None:
        """The row's worker is dead: keep what it counted, and free the row."""
        row = self._of(number).cast("d")
        past = self._of(0).cast("d")
        past[_CHANGES] += 1.0
        for place in self._slot_places():
            # Its requests in flight were cut.
            if row[place + SINCE]:
                past[_FACTS + BY_CLASS] += 1.0
            for field in range(SINCE):
                past[_FACTS + field] += row[place + field]
        row[:] = memoryview(bytes(len(row) * 8)).cast("d")
        past[_CHANGES] += 1.0

    def read(self, number: int) -> Reading:
        """Return what a row says."""
        memory = self._of(number)
        numbers = memory.cast("d")
        slots = [numbers[place : place + NUMBERS] for place in self._slot_places()]
        sums = [sum(column) for column in zip(*slots, strict=True)]
        return Reading(
            row=number,
            pid=int(numbers[_PID]),
            worker_id=int(numbers[_WORKER]),
            generation=int(numbers[_GENERATION]),
            started_at=numbers[_STARTED],
            heartbeat=numbers[_HEARTBEAT],
            connections=int(numbers[_CONNECTIONS]),
            busy=int(numbers[_BUSY]),
            stuck=int(numbers[_STUCK]),
            seconds=sums[SECONDS],
            bytes=int(sums[BYTES]),
            by_class=tuple(int(n) for n in sums[BY_CLASS:BY_BUCKET]),
            by_bucket=tuple(int(n) for n in sums[BY_BUCKET:SINCE]),
            in_flight=tuple(self._in_flight(memory)),
        )

    def read_all(self) -> list[Reading]:
        """Return what the rows of living workers say."""
        # What is not read takes no memory: a page of the board is made when it is looked at.
        used = [n for n in range(1, self.shape.rows) if self._of(n)[:FACTS].cast("d")[_PID]]
        return [self.read(number) for number in used]

    def read_whole(self) -> tuple[list[Reading], Reading]:
        """Return `read_all` and `read_past` of one instant, so that a sum of both never falls."""
        changes = self._of(0)[:FACTS].cast("d")
        for _ in range(_TRIES):
            before = changes[_CHANGES]
            whole = self.read_all(), self.read_past()
            if changes[_CHANGES] == before and not before % 2:
                break
        return whole

    def read_past(self) -> Reading:
        """Return what dead workers had counted, all together."""
        return self.read(0)

    def _of(self, number: int) -> memoryview:
        size = self.shape.row_size
        return self._memory[number * size : (number + 1) * size]

    def _slot_places(self) -> range:
        """Return where the slots begin, counted in doubles."""
        return range(_FACTS, self.shape.row_size // 8, SLOT // 8)

    def _in_flight(self, memory: memoryview) -> Iterator[InFlightNow]:
        numbers = memory.cast("d")
        for place in self._slot_places():
            since = numbers[place + SINCE]
            if since:
                start = 8 * (place + NUMBERS)
                line = bytes(memory[start : start + LINE]).rstrip(b"\0")
                yield InFlightNow(since, line.decode("latin-1"))
