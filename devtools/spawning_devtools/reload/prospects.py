"""What is worth preparing for the next change: told to those who keep warm processes.

Rules:
1. The order of modules is that of a start in which each came in its turn.  A start
   from a snapshot may have had another; it only adds what is new.
2. What was edited last will be edited next: the last few modules are named, with all
   that does not depend on them.
3. Only what a start imports counts, not what a request imported later.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from spawning.messages import Graph, Module, Prospect, Recent
from spawning_devtools.reload.ahead import ahead_of, dependents, needed_by
from spawning_devtools.reload.imports import Asked
from spawning_devtools.reload.origin import OURS, is_installed

RECENT = 4


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

    def take(self, asked: Mapping[str, Iterable[Asked]]) -> Prospect | None:
        """Return what is to be told, None where nothing is; `asked`: what each file imports."""
        first = self._started
        if not self._is_due or first is None:
            return None
        self._is_due = False
        installed = tuple(m.name for m in self._order if is_installed(m.file))
        project = [module for module in self._order if not is_installed(module.file)]
        told, self._installed = self._installed, installed
        return Prospect(
            first.generation,
            tuple((module.name, module.file) for module in project),
            tuple(self._recent(project, needed_by(project, asked, first.dynamic))),
            None if told == installed else installed,
            first.environ,
            first.order_matters,
        )

    def _recent(
        self, project: Sequence[Module], needs: Mapping[str, Iterable[str]]
    ) -> Iterator[Recent]:
        by_file = {module.file: module.name for module in project}
        order = [module.name for module in project]
        for file in self._edited:
            if file in by_file:
                name = by_file[file]
                needing = dependents(name, needs)
                yield Recent(name, ahead_of(name, order, needing), tuple(sorted(needing)))
