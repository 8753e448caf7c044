"""Acting on a module right after it was executed, without importing it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any


def after_loading(name: str, act: Callable[[ModuleType], None]) -> None:
    """Call `act` with the module of that name: now, or once it is imported."""
    loaded = sys.modules.get(name)
    if loaded is not None:
        act(loaded)
    else:
        sys.meta_path.insert(0, _Finder(name, act))


class _Finder:
    """Finds one module, once, where the others find it."""

    def __init__(self, name: str, act: Callable[[ModuleType], None]) -> None:
        self._name = name
        self._act = act

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return the spec whose execution we follow; None for every other module."""
        if name != self._name or self not in sys.meta_path:
            return None
        sys.meta_path.remove(self)
        for finder in sys.meta_path:
            spec = finder.find_spec(name, path, target)
            if spec is not None:
                self._follow(spec)
                return spec
        return None

    def _follow(self, spec: ModuleSpec) -> None:
        loader: Any = spec.loader
        execute = loader.exec_module

        def executed(module: ModuleType) -> None:
            execute(module)
            self._act(module)

        # On this one loader: a class in its place would be asked for much that we do not know.
        loader.exec_module = executed
