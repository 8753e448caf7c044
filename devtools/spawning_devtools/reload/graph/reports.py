"""What the workers said that they imported, merged for each generation.

Rules:
1. Several workers of a generation report, and each of them again when it loads
   more: merging is idempotent, and the order of first mention is kept.
2. Two generations count: the one that serves, and the newest one that reported
   after it, pending or failed.  A failed start leaves its files watched, so that
   the save that mends them is seen.
3. A generation reports when it serves already.  Until then, the one before it counts.
4. What the application has ever opened for writing is its own for ever: a start may
   read what the one before has written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from spawning.messages import DynamicImport, Graph, Module, Opened

CLOCK_LAG = 0.02
"""Seconds."""


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
    packages: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Where the submodules of a package were looked for in vain."""
    search_path: tuple[str, ...] = ()
    """Each entry that `sys.path` has had."""
    first: Graph | None = None
    data: dict[str, Opened] = field(default_factory=dict)
    kept: dict[str, Opened] = field(default_factory=dict)
    listed: dict[str, Opened] = field(default_factory=dict)
    served: dict[str, Opened] = field(default_factory=dict)
    """Each with the worker's word who was the first to open it."""
    _size: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether no worker has reported yet."""
        return not (self.modules or self.missing)

    def merge(self, graph: Graph) -> bool:
        """Add `graph`, and return whether it said anything new."""
        self.first = self.first or graph
        self.application = self.application or graph.application
        self.search_path = _joined(self.search_path, graph.search_path)
        for package in graph.packages:
            known = self.packages.get(package.name, ())
            self.packages[package.name] = _joined(known, package.folders)
        for name in ("modules", "dynamic", "missing"):
            getattr(self, name).update(dict.fromkeys(getattr(graph, name)))
        names = ("data", "kept", "listed", "served")
        earlier = [_keep_first(getattr(self, name), getattr(graph, name)) for name in names]
        before, self._size = self._size, self._count()
        return self._size != before or any(earlier)

    def read(self) -> Iterable[Opened]:
        """Return each file whose content may be in the state of a process, and each folder."""
        kept = [one for file, one in self.kept.items() if file not in self.served]
        return [*self.data.values(), *kept, *self.listed.values()]

    def _count(self) -> int:
        things = len(self.modules) + len(self.dynamic) + len(self.missing)
        opened = len(self.data) + len(self.kept) + len(self.listed) + len(self.served)
        folders = sum(len(folders) for folders in self.packages.values())
        return things + opened + folders + len(self.search_path)


@dataclass(slots=True)
class Reports:
    """The reports that count."""

    _reports: dict[int, Report] = field(default_factory=dict)
    _serving: int = 0
    written: set[str] = field(default_factory=set)
    """Files that the application has opened for writing."""

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
        new |= not self.written.issuperset(graph.written)
        self.written.update(graph.written)
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

    def opened(self) -> dict[str, float]:
        """Return when each file that is no module was first opened, in seconds since the epoch."""
        everything = (one for r in self for one in (*r.read(), *r.served.values()))
        found: dict[str, float] = {}
        for one in everything:
            # The clock of file times is behind that of programs, by a tick of the kernel.
            moment = one.moment - CLOCK_LAG
            found[one.file] = min(moment, found.get(one.file, moment))
        modules = {module.file for report in self for module in report.modules}
        return {file: moment for file, moment in found.items() if file not in modules}

    def serves(self, generation: int) -> bool:
        """Return whether `generation` has taken over."""
        return generation == self._serving

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


def _keep_first(known: dict[str, Opened], new: Iterable[Opened]) -> bool:
    """Add what is new; return whether something was opened before the moment that was known."""
    is_earlier = False
    for one in new:
        before = known.setdefault(one.file, one)
        if one.moment < before.moment:
            known[one.file] = one
            is_earlier = True
    return is_earlier


def _joined(some: Iterable[str], more: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*some, *more]))
