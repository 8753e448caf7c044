"""What the workers said that they imported, merged for each generation.

Rules:
1. Several workers of a generation report, and each of them again when it loads
   more: merging is idempotent, and the order of first mention is kept.
2. Two generations count: the one that serves, and the newest one that reported
   after it, pending or failed.  A failed start leaves its files watched, so that
   the save that mends them is seen.
3. A generation reports when it serves already.  Until then, the one before it counts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from spawning.messages import DynamicImport, Graph, Module


@dataclass(slots=True)
class Report:
    """What one generation imported."""

    generation: int
    wall: float
    """When it was begun, in seconds since the epoch."""
    application: str = ""
    modules: dict[Module, None] = field(default_factory=dict)
    dynamic: dict[DynamicImport, None] = field(default_factory=dict)
    missing: dict[str, None] = field(default_factory=dict)
    search_path: tuple[str, ...] = ()
    first: Graph | None = None

    @property
    def is_empty(self) -> bool:
        """Whether no worker has reported yet."""
        return not (self.modules or self.missing)

    def merge(self, graph: Graph) -> bool:
        """Add `graph`, and return whether it said anything new."""
        before = self._size()
        self.first = self.first or graph
        self.application = self.application or graph.application
        self.search_path = self.search_path or graph.search_path
        self.modules |= dict.fromkeys(graph.modules)
        self.dynamic |= dict.fromkeys(graph.dynamic)
        self.missing |= dict.fromkeys(graph.missing)
        return self._size() != before

    def _size(self) -> tuple[int, int, int]:
        return len(self.modules), len(self.dynamic), len(self.missing)


@dataclass(slots=True)
class Reports:
    """The reports that count."""

    _reports: dict[int, Report] = field(default_factory=dict)
    _serving: int = 0

    def __iter__(self) -> Iterator[Report]:
        """Yield the reports, the oldest generation first."""
        return iter([self._reports[generation] for generation in sorted(self._reports)])

    def begin(self, generation: int, wall: float) -> None:
        """Expect reports of `generation`."""
        self._reports.setdefault(generation, Report(generation, wall))

    def add(self, graph: Graph, wall: float) -> bool:
        """Merge `graph`; return whether it said anything new.

        `wall` is the present time of day; it stands for the beginning of a
        generation that was begun before this process was.
        """
        self.begin(graph.generation, wall)
        new = self._reports[graph.generation].merge(graph)
        self._drop()
        return new and graph.generation in self._reports

    @property
    def first_of_serving(self) -> Graph | None:
        """The first report of the generation that serves."""
        report = self._reports.get(self._serving)
        return report.first if report is not None else None

    def wall(self, generation: int) -> float:
        """Return when `generation`, which has reported, was begun."""
        return self._reports[generation].wall

    def serve(self, generation: int) -> None:
        """Take `generation` for the one that serves."""
        self._serving = generation
        self._drop()

    def _drop(self) -> None:
        if self._serving in self._reports and self._reports[self._serving].is_empty:
            return
        newer = [
            number
            for number, report in self._reports.items()
            if number > self._serving and not report.is_empty
        ]
        newest = max(newer, default=self._serving)
        self._reports = {
            number: report
            for number, report in self._reports.items()
            if number == self._serving or number >= newest
        }
