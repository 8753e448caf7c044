"""When a debugger stops a thread of this worker: pdb and its kind, and debugpy.

Rules:
1. Until a debugger is loaded nothing is wrapped, and afterwards only the function
   in which it waits for its user: running code pays nothing.
2. We import no debugger.  One that is loaded already is wrapped at once, another
   one right after it is executed.
3. The word goes out in the thread that is stopped, before it waits.

`pdb.Pdb.interaction` is where pdb, ipdb, pdbpp and web-pdb wait, for `breakpoint()`
as for a post mortem.  `PyDB.do_wait_suspend` is where each thread waits that
debugpy (or PyCharm) has stopped; its name has been the same since 2006.  Where
Python or debugpy has the name no longer, nothing is noticed and nothing breaks.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from types import MappingProxyType, ModuleType
from typing import Any

from spawning.devhooks import Debugged
from spawning_devtools.debugging.loading import after_loading
from spawning_devtools.debugging.prompt import Prompt

Wrap = Callable[[Callable[..., Any], Debugged], Callable[..., Any]]

CONTINUE = -1
"""pydevd's step command of a thread that runs on."""


def mind(debugged: Debugged) -> None:
    """Tell `debugged` from now on."""
    for module, (owner, method, wrap) in _PLACES.items():
        after_loading(module, functools.partial(_install, owner, method, wrap, debugged))


def _install(owner: str, method: str, wrap: Wrap, debugged: Debugged, module: ModuleType) -> None:
    kind = getattr(module, owner, None)
    original = getattr(kind, method, None)
    if kind is not None and original is not None:
        setattr(kind, method, wrap(original, debugged))


def _as_pdb_waits(interaction: Callable[..., Any], debugged: Debugged) -> Callable[..., Any]:
    prompt = Prompt()

    @functools.wraps(interaction)
    def told(self: Any, *args: Any, **kwargs: Any) -> Any:
        stopped = debugged.stops("pdb", prompt.leave)
        try:
            # One that is used from elsewhere, as in a session of the backdoor, does not read it.
            if not getattr(self.stdin, "is_remote", False):
                prompt.take(stopped)
            return interaction(self, *args, **kwargs)
        finally:
            debugged.goes_on(_is_stepping(self))

    return told


def _is_stepping(debugger: Any) -> bool:
    """Return whether a pdb whose user has typed something will stop again by itself."""
    # bdb continues by stopping in the outermost frame only, at no line.
    continues = debugger.stopframe is debugger.botframe and debugger.stoplineno == -1
    return sys.gettrace() is not None and not (debugger.quitting or continues)


def _as_pydevd_waits(wait: Callable[..., Any], debugged: Debugged) -> Callable[..., Any]:
    name = "debugpy" if "debugpy" in sys.modules else "pydevd"

    @functools.wraps(wait)
    def told(self: Any, thread: Any, *args: Any, **kwargs: Any) -> Any:
        debugged.stops(name, _nothing)
        try:
            return wait(self, thread, *args, **kwargs)
        finally:
            info = getattr(thread, "additional_info", None)
            debugged.goes_on(getattr(info, "pydev_step_cmd", CONTINUE) != CONTINUE)

    return told


def _nothing() -> None:
    pass


_PLACES = MappingProxyType(
    {
        "pdb": ("Pdb", "interaction", _as_pdb_waits),
        "pydevd": ("PyDB", "do_wait_suspend", _as_pydevd_waits),
    }
)
