"""What a worker imports, seen from inside: runs in workers, so it imports little.

Rules:
1. Nothing is added to the import of a module that is loaded already; a first
   import pays one call.  Python's own `_find_spec` is wrapped, and not
   `sys.meta_path` extended: an application's finder may come first there, and a
   module whose execution fails leaves no other trace.
2. A module is recorded when it is found, so before it runs and in the order in
   which it starts; a name that nobody finds is recorded as missing.
3. `importlib.import_module` is seen by wrapping `_gcd_import`, which an `import`
   statement does not pass.
4. The importer is the module of the nearest frame that belongs to the project:
   `django.apps` imports an application's models because the project's wsgi.py
   asked for it.
5. Other threads import at the same time: the records are only appended to, and a
   report takes what is there.

The wrapped functions are private, and old; where Python has them no longer, the
modules are found in `sys.modules` and only edges and missing names are lost.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Callable, Iterable
from importlib.machinery import ModuleSpec
from types import FrameType
from typing import Any, Protocol

from spawning.messages import DynamicImport, Graph, Module, PackagePath
from spawning_devtools import setups
from spawning_devtools.environ import changes
from spawning_devtools.reload.observer import freshness
from spawning_devtools.reload.observer.hidden import hidden
from spawning_devtools.reload.observer.opened import Openings
from spawning_devtools.reload.observer.records import Moment, Record
from spawning_devtools.reload.observer.specs import source_of, spec_of
from spawning_devtools.reload.origin import OURS, is_project

FindSpec = Callable[..., "ModuleSpec | None"]

_PATCHERS = ("gevent", "eventlet")
"""They change modules that were imported before, and not what has been made with them."""


class Stops(Protocol):
    """Where a process that is to be a snapshot stops (see `spawning_devtools.snapshots`)."""

    def before(self, name: str) -> None:
        """A module is about to be searched for the first time."""

    def found(self, name: str, file: str) -> None:
        """It was found in this file."""


class Observer:
    """What one worker under `--reload=dev` imports."""

    def __init__(self, application: str, generation: int) -> None:
        self._application = application
        self.generation = generation
        self.stops: Stops | None = None
        self._environ: dict[str, str] = {}
        self._ways: list[Any] = []
        """How modules were found before the application began."""
        self._before: frozenset[str] = frozenset()
        self._told_files = 0
        self._told_missing = 0
        self._out_of_turn = False
        self._floor: FrameType | None = None
        """A frame below which nobody has asked for what is imported."""
        self._names: set[str] = set()
        self._news: Callable[[], None] = _ignore
        self._modules: Record[Module] = Record(self._tell)
        self._missing: Record[str] = Record(self._tell)
        self._dynamic: Record[DynamicImport] = Record(self._tell)
        self._packages: Record[PackagePath] = Record(self._tell)
        self._noted: Moment | None = None
        self._openings = Openings(os.getcwd(), self._tell, self._add_executed)
        self._loaded = 0

    def before_import(self, news: Callable[[], None]) -> None:
        """Observe every import from now on, and make all of them fresh."""
        self._news = news
        self._environ = dict(os.environ)
        self._before = frozenset(sys.modules)
        self._add_loaded()
        self._openings.install()
        freshness.install()
        self._ways = _ways_to_find()
        bootstrap: Any = sys.modules["_frozen_importlib"]
        util: Any = importlib.util
        if hasattr(util, "_find_spec"):
            util._find_spec = self._observed_search(util._find_spec)
        if hasattr(bootstrap, "_find_spec"):
            bootstrap._find_spec = self._observed_find(bootstrap._find_spec)
        if hasattr(bootstrap, "_gcd_import"):
            bootstrap._gcd_import = self._observed_import(bootstrap._gcd_import)

    def note(self) -> None:
        """Have the next report end here: cheap, where telling some hundred modules is not."""
        self._openings.start_is_over()
        self._noted = self._now() if self._has_more() else None

    def report(self) -> Graph | None:
        """Return what was imported since the last call, or None where nothing was."""
        noted, self._noted = self._noted, None
        if noted is not None:
            return self._until(noted)
        self._openings.start_is_over()
        if len(sys.modules) != self._loaded:
            self._add_loaded()
        return self._until(self._now()) if self._has_more() else None

    def _has_more(self) -> bool:
        records = (self._modules, self._missing, self._dynamic, self._openings)
        return any(record.has_more for record in records)

    def _now(self) -> Moment:
        return Moment(
            modules=len(self._modules),
            missing=len(self._missing),
            dynamic=len(self._dynamic),
            packages=len(self._packages),
            opened=self._openings.counts(),
            search_path=tuple(sys.path),
            environ=dict(os.environ),
            order_matters=self._order_matters(),
            sets_up=setups.done(),
        )

    def _until(self, moment: Moment) -> Graph:
        """Return what was imported from the last report to `moment`."""
        graph = Graph(
            generation=self.generation,
            application=_longest(self._application, self._names),
            modules=self._modules.take(moment.modules),
            dynamic=self._dynamic.take(moment.dynamic),
            missing=self._missing.take(moment.missing),
            search_path=tuple(os.path.abspath(entry) for entry in moment.search_path),
            environ=changes(self._environ, moment.environ),
            out_of_turn=self._out_of_turn,
            order_matters=moment.order_matters,
            sets_up=moment.sets_up,
            packages=self._packages.take(moment.packages),
        )
        return self._openings.added_to(graph, moment.opened)

    def new_files(self) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
        """Return what is new: files, the modules loaded from them, and those looked for in vain."""
        modules = self._modules.since(self._told_files)
        missing = self._missing.since(self._told_missing)
        self._told_files += len(modules)
        self._told_missing += len(missing)
        names = tuple(module.name for module in modules)
        return tuple(module.file for module in modules), names, missing

    def alone(self, work: Callable[[], None]) -> None:
        """Do `work` whose imports nobody of the project has asked for."""
        self._floor, self._out_of_turn = sys._getframe(), True
        try:
            work()
        finally:
            self._floor = None

    def _order_matters(self) -> str:
        """Return why a module imported before its turn may become another than in its turn."""
        for name in _PATCHERS:
            if name in sys.modules and name not in self._before:
                return f"the application uses {name}"
        if self._ways != _ways_to_find():
            return "the application changes how modules are found"
        return ""

    # ------------------------------------------------------------ what Python calls

    def _observed_find(self, original: FindSpec) -> FindSpec:
        """Wrap the search that precedes the first import of every module."""

        @hidden
        def find_spec(name: str, path: Any, target: Any = None) -> ModuleSpec | None:
            if self.stops is not None:
                self.stops.before(name)
            spec = original(name, path, target)
            if spec is None:
                self._miss(name, path)
                self._add_edge(name, sys._getframe(1))
            elif self._add(name, spec):
                self._add_edge(name, sys._getframe(1))
            return spec

        return find_spec

    def _observed_search(self, original: FindSpec) -> FindSpec:
        """Wrap the search of `importlib.util.find_spec`, which imports nothing."""

        @hidden
        def find_spec(name: str, path: Any, target: Any = None) -> ModuleSpec | None:
            spec = original(name, path, target)
            if spec is None:
                self._miss(name, path)
            return spec

        return find_spec

    def _observed_import(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """Wrap the import behind `importlib.import_module`."""

        @hidden
        def gcd_import(name: str, package: Any = None, level: int = 0) -> Any:
            if not level:
                self._add_edge(name, sys._getframe(1))
            elif isinstance(package, str):
                base = package.rsplit(".", level - 1)[0] if level > 1 else package
                self._add_edge(f"{base}.{name}" if name else base, sys._getframe(1))
            return original(name, package, level)

        return gcd_import

    # ------------------------------------------------------------ records

    def _tell(self) -> None:
        self._news()

    def _miss(self, name: str, path: Any) -> None:
        """Record a name that was looked for in vain, below `path` where it has a package."""
        if path is not None:
            folders = tuple(os.path.abspath(folder) for folder in path if isinstance(folder, str))
            self._packages.add(PackagePath(name.rpartition(".")[0], folders))
        self._missing.add(name)

    def _add(self, name: str, spec: ModuleSpec) -> bool:
        """Record a module if it comes from a source file; return whether it is the project's."""
        file = source_of(spec)
        if file is None:
            return False
        self._names.add(name)
        is_package = spec.submodule_search_locations is not None
        self._modules.add(Module(name, file, is_package))
        if self.stops is not None:
            self.stops.found(name, file)
        return is_project(file)

    def _add_edge(self, imported: str, frame: FrameType | None) -> None:
        importer = _project_module(frame, self._floor)
        if importer and importer != imported:
            self._dynamic.add(DynamicImport(importer, imported))

    def _add_executed(self, name: str, file: str, frame: FrameType) -> None:
        """Record a module that `frame` executes by itself, as loaders of plugins do."""
        self._modules.add(Module(name, file, os.path.basename(file) == "__init__.py"))
        self._add_edge(name, frame)

    def _add_loaded(self) -> None:
        """Record what came into `sys.modules` by itself, or before we looked."""
        loaded = list(sys.modules.items())
        self._loaded = len(loaded)
        for name, module in loaded:
            if name not in self._names:
                spec = spec_of(module)
                # Under another name than its own it is an alias, such as os.path.
                if spec is not None and spec.name == name:
                    self._add(name, spec)


def _ways_to_find() -> list[Any]:
    """Return how modules are found, but for what we have added."""
    ways = [*sys.meta_path, *sys.path_hooks]
    return [way for way in ways if type(way).__module__.partition(".")[0] not in OURS]


def _ignore() -> None:
    pass


def _project_module(frame: FrameType | None, floor: FrameType | None) -> str:
    """Return the module of the nearest frame above `floor` that is the project's, or ''."""
    while frame is not None and frame is not floor:
        name = frame.f_globals.get("__name__", "")
        if is_project(frame.f_code.co_filename) and name.partition(".")[0] not in OURS:
            return str(name)
        frame = frame.f_back
    return ""


def _longest(application: str, names: Iterable[str]) -> str:
    """Return the module that an application's name begins with: `a.b` of `a.b.app`."""
    known = frozenset(names)
    module, colon, _ = application.partition(":")
    name = module
    while name and name not in known:
        name = name.rpartition(".")[0]
    return name or (module if colon else module.rpartition(".")[0] or module)
