"""What is worth preparing for the next change: told to those who keep warm processes.

Rules:
1. The order of modules is that of a start in which each came in its turn.  A start
   from a snapshot may have had another; it only adds what is new.
2. What was edited last will be edited next, so each of the last few modules is worth a
   place.  For all others there are places for modules with few dependents, with more,
   and with many: the first edit of a file costs no more than its like do together.
   With Django the application's own module has one for itself: nothing is imported
   before it, so no other place serves it.  Everywhere else one would only be made anew
   after each save, since it holds all but one module.
3. Only what a start imports counts, not what a request imported later.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from spawning.messages import Graph, Module, Place, Prospect
from spawning_devtools.reload.graph.ahead import dependents, needed_by, place_before
from spawning_devtools.reload.graph.imports import Asked
from spawning_devtools.reload.origin import OURS, is_installed

RECENT = 4
CLASSES = (3, 10, 30)
"""Numbers of dependents, the module itself among them, up to which a place serves."""


@dataclass(slots=True)
class Prospects:
    """What was edited, and in which order modules start."""

    _edited: tuple[str, ...] = ()
    """Files, the latest first."""
    _order: tuple[Module, ...] = ()
    _started: Graph | None = None
    """The first report of the generation that serves."""
    _installed: tuple[str, ...] | None = None
    """As told last."""
    _is_due: bool = False

    def edited(self, files: Collection[str]) -> None:
        """Some files were edited, and a reload begins."""
        others = [file for file in self._edited if file not in files]
        if len(files) <= RECENT:  # more are a checkout, not somebody at work
            self._edited = (*sorted(files), *others)[:RECENT]
        self._is_due = False

    def started(self, first: Graph) -> None:
        """A generation serves, and this was its first report."""
        modules = dict.fromkeys(first.modules)
        if first.out_of_turn:
            known = [module for module in self._order if module in modules]
            modules = dict.fromkeys([*known, *modules])
        own = (m for m in modules if m.name.partition(".")[0] not in {*OURS, "__main__"})
        self._order, self._started, self._is_due = tuple(own), first, True

    def due(self, first: Graph | None, asked: Mapping[str, Iterable[Asked]]) -> Prospect | None:
        """Return what is to be told now; `first` is the first report of what serves."""
        if first is None:
            return None
        if self._started is None or first.generation != self._started.generation:
            self.started(first)
        return self.take(asked)

    def take(self, asked: Mapping[str, Iterable[Asked]]) -> Prospect | None:
        """Return what is to be told, None where nothing is; `asked`: what each file imports."""
        first = self._started
        if not self._is_due or first is None:
            return None
        self._is_due = False
        installed = tuple(m.name for m in self._order if is_installed(m.file))
        project = [module for module in self._order if not is_installed(module.file)]
        needs = needed_by(project, asked, first.dynamic)
        told, self._installed = self._installed, installed
        return Prospect(
            first.generation,
            tuple((module.name, module.file) for module in project),
            tuple(self._places(project, needs, first.application if first.sets_up else "")),
            None if told == installed else installed,
            first.environ,
            first.order_matters,
            first.sets_up,
        )

    def _places(
        self, project: Sequence[Module], needs: Mapping[str, Iterable[str]], entry: str
    ) -> list[Place]:
        by_file = {module.file: module.name for module in project}
        order = tuple(by_file.values())
        needing = {name: dependents([name], needs) for name in order}
        likely = [[by_file[file]] for file in self._edited if file in by_file]
        likely += [[entry]] if entry in needing else []
        # A package begins before what is in it, so nothing of that can be ahead of it.
        inside = {name: {one for one in order if one.startswith(f"{name}.")} for name in order}
        weight = {name: len(needing[name] | inside[name]) for name in order}
        likely += [[name for name in order if weight[name] <= most] for most in CLASSES]
        places = dict.fromkeys(place_before(names, order, needing) for names in likely if names)
        return sorted(places, key=lambda place: -len(place.dependents))
