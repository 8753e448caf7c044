"""The module graph: which module imported which, and whom a changed file concerns.

Rules:
1. Importing `a.b.c` executes `a` and `a.b` first: the importer depends on all
   three, and a submodule on its packages.
2. A module that was looked for and not found is a node as well, so that a file
   which appears later has importers to name.
3. Only files that belong to no installed package are parsed; how one installed
   package imports another is taken from what the worker observed.
4. A file that a module has read, or a folder that it has listed, is a part of that
   module: what it read is in its state.
5. A star import of a package means each of its submodules that is loaded.
6. A file can be loaded under several names, and a name from several files (in two
   generations): a file is all its names.

Pure values; nothing here reads a file.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from spawning_devtools.reload.graph.imports import Asked
from spawning_devtools.reload.graph.reports import Report


@dataclass(frozen=True, slots=True)
class ModuleGraph:
    """Names of modules, by file, and by what imports them."""

    application: str = ""
    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By absolute path: what is, or would be, loaded from there, or has read it."""
    importers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def affected(self, paths: Iterable[str]) -> set[str]:
        """Return the modules that are not what they were when `paths` have changed."""
        found: set[str] = set()
        pending = [name for path in paths for name in self.names.get(path, ())]
        while pending:
            name = pending.pop()
            if name not in found:
                found.add(name)
                pending.extend(self.importers.get(name, ()))
        return found

    def chain(self, path: str) -> list[str]:
        """Return the shortest way from the module in `path` to the application.

        Where a framework imported something by itself, such as Django the URLs at
        the first request, it ends there.  It is empty for a path that is no module's.
        """
        start = self.names.get(path, ())
        paths = {name: [name] for name in start}
        pending = deque(start)
        name = ""
        while pending:
            name = pending.popleft()
            if name == self.application:
                return paths[name]
            for importer in self.importers.get(name, ()):
                if importer not in paths:
                    paths[importer] = [*paths[name], importer]
                    pending.append(importer)
        return paths.get(name, [])  # The last one seen is the furthest.


def build(
    reports: Iterable[Report],
    asked: Mapping[str, Iterable[Asked]],
    candidates: Mapping[str, str],
) -> ModuleGraph:
    """Return the graph of what `reports` loaded.

    `asked` is what each parsed file imports, `candidates` where missing modules
    would be.
    """
    application = ""
    names: dict[str, dict[str, None]] = {}
    edges: dict[str, dict[str, None]] = {}
    reports = list(reports)
    known = {module.name for report in reports for module in report.modules}
    known.update(*(report.missing for report in reports))
    children = _children(known)

    def join(importer: str, imported: str) -> None:
        for target in _with_packages(imported):
            if target in known and target != importer:
                edges.setdefault(target, {})[importer] = None

    for report in reports:
        application = report.application or application
        for module in report.modules:
            names.setdefault(module.file, {})[module.name] = None
            join(module.name, module.name)
            for one in asked.get(module.file, ()):
                for name in one.absolute(module.name, module.is_package):
                    for target in children.get(name[:-2], ()) if name.endswith(".*") else (name,):
                        join(module.name, target)
        for pair in report.dynamic:
            join(pair.importer, pair.imported)
        for opened in report.read():
            if opened.reader in known:
                names.setdefault(opened.file, {})[opened.reader] = None
    for path, name in candidates.items():
        names.setdefault(path, {})[name] = None
    return ModuleGraph(application, _tuples(names), _tuples(edges))


def _children(known: Iterable[str]) -> dict[str, list[str]]:
    """Return by the name of each package its direct submodules."""
    children: dict[str, list[str]] = {}
    for name in known:
        children.setdefault(name.rpartition(".")[0], []).append(name)
    return children


def _with_packages(name: str) -> Iterator[str]:
    """Yield `a.b.c`, `a.b`, `a` of `a.b.c`."""
    while name:
        yield name
        name = name.rpartition(".")[0]


def _tuples(sets: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    return {key: tuple(values) for key, values in sets.items()}
