"""What an import does with the code of the project's functions, seen while it goes on.

Rules:
1. A function that has run may have left results anywhere (`has_run`): `sys.monitoring` tells
   the first time of each.
2. So may whoever has looked at a function's code or at its source (`was_read`), as compilers
   and those who rewrite functions do.  Some of Python's own may, which look at the
   declaration only; that has to stay the same.
3. What was loaded otherwise than once, by an import, is not known (`Loaded`).
"""

from __future__ import annotations

import dataclasses
import importlib.util
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any

from spawning_devtools.snapshots.bodies import inside

if TYPE_CHECKING:
    from importlib.abc import InspectLoader

TOOL = 4
"""Of the six that `sys.monitoring` has, one that nobody has given a meaning."""
_MAY_READ = frozenset(
    {
        ("inspect", "_has_code_flag"),
        ("inspect", "_signature_from_function"),
        ("inspect", "getfile"),
    }
)
"""Module and function."""


@dataclasses.dataclass(frozen=True, slots=True)
class Loaded:
    """A module that was imported from a source file, once."""

    name: str
    loader: InspectLoader
    code: CodeType


class Witness:
    """Sees one process, from `begin` to `end`."""

    def __init__(self) -> None:
        self.modules: dict[str, Loaded | None] = {}
        """By file; None where it was loaded more than once."""
        self._ran: dict[int, CodeType] = {}
        self._read: dict[int, CodeType] = {}
        self._opened: set[str] = set()
        self._loading = False
        self._is_there = False

    def begin(self) -> bool:
        """Look from now on; return whether that is possible."""
        monitoring = getattr(sys, "monitoring", None)
        if monitoring is None or any(monitoring.get_tool(number) for number in range(6)):
            return False  # a debugger, a profiler, or somebody measures coverage
        monitoring.use_tool_id(TOOL, "spawning")
        monitoring.register_callback(TOOL, monitoring.events.PY_START, self._started)
        self._is_there = True
        sys.addaudithook(self._hear)
        return sys.gettrace() is None and sys.getprofile() is None

    def end(self) -> bool:
        """Look no more; return whether nobody else has begun to."""
        monitoring: Any = sys.monitoring  # type: ignore[attr-defined,unused-ignore]
        self._is_there = False
        is_alone = not any(monitoring.get_tool(number) for number in range(6) if number != TOOL)
        for loaded in filter(None, self.modules.values()):
            for code in inside(loaded.code):
                monitoring.set_local_events(TOOL, code, 0)
        monitoring.free_tool_id(TOOL)
        return is_alone and sys.gettrace() is None and sys.getprofile() is None

    def has_run(self, code: CodeType) -> bool:
        """Return whether `code` was executed."""
        return id(code) in self._ran

    def was_read(self, code: CodeType) -> bool:
        """Return whether something that Python does not know of has looked at `code`."""
        return id(code) in self._read

    def was_opened(self, file: str) -> bool:
        """Return whether something else than the import has opened a module's file."""
        return not self._opened.isdisjoint((file, importlib.util.cache_from_source(file)))

    def forget(self) -> None:
        """Let go of what was seen."""
        for seen in (self.modules, self._ran, self._read):
            seen.clear()

    # ------------------------------------------------------------ what Python calls

    @contextmanager
    def loading(self, loader: InspectLoader, name: str, file: str) -> Iterator[Callable[..., None]]:
        """A module is being loaded; yields what is to be called with its code."""
        self._loading = True

        def take(code: CodeType | None) -> None:
            self._take(loader, name, file, code)

        try:
            yield take if self._is_there else _ignore
        finally:
            self._loading = False

    def _take(self, loader: InspectLoader, name: str, file: str, code: CodeType | None) -> None:
        if code is None:
            return
        is_first = file not in self.modules
        self.modules[file] = Loaded(name, loader, code) if is_first else None
        monitoring: Any = sys.monitoring  # type: ignore[attr-defined,unused-ignore]
        for one in inside(code):
            monitoring.set_local_events(TOOL, one, monitoring.events.PY_START)

    def _started(self, code: CodeType, _offset: int) -> Any:
        self._ran[id(code)] = code
        return sys.monitoring.DISABLE  # type: ignore[attr-defined,unused-ignore]

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self._is_there:
            return
        if event == "open":
            path = arguments[0]
            if isinstance(path, str) and path.endswith((".py", ".pyc")) and not self._loading:
                self._opened.add(os.path.abspath(path))
        elif event == "object.__getattr__" and arguments[1] == "__code__":
            frame = sys._getframe(1)
            reader = frame.f_globals.get("__name__"), frame.f_code.co_name
            if reader not in _MAY_READ:
                self._note(arguments[0])

    def _note(self, function: FunctionType) -> None:
        self._is_there = False  # or this would be heard as well
        code = function.__code__
        self._is_there = True
        self._read[id(code)] = code


def _ignore(_code: CodeType | None) -> None:
    pass
