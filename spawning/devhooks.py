"""The one point at which what a developer adds reaches the server.

`spawning` never imports `spawning_devtools`: when an option asks for it, `load`
imports it by name and returns its hooks.  Without such an option none of it is
ever touched.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Protocol, cast

from spawning.config import Config
from spawning.errors import DevtoolsMissing
from spawning.messages import Graph

HOOKS_MODULE = "spawning_devtools.hooks"
INSTALL = "pip install 'spawning[devtools]'"


class WorkerHooks(Protocol):
    """What runs inside a worker; called from the worker's main thread only."""

    def before_import(self, news: Callable[[], None]) -> None:
        """Called once, before the application's first import.

        `news` is to be called, from whatever thread, when `report` has something new.
        """

    def report(self) -> Graph | None:
        """Return what was imported since the last call, or None where nothing was."""


class Debugged(Protocol):
    """The worker, as those see it that know when a debugger stops one of its threads."""

    def stops(self, by: str, over: Callable[[], None]) -> str:
        """The calling thread is about to wait for the user of the debugger `by`.

        Return the request that is stopped, '' where it is none.  `over` is called,
        from whatever thread, once the debugger has let go of it for good.
        """

    def goes_on(self, stepping: bool) -> None:
        """The calling thread goes on; `stepping`: to the next line, where it will stop again."""


class DevHooks(Protocol):
    """What `spawning_devtools.hooks` offers as module-level functions."""

    def companion_arguments(self, config: Config) -> list[str]:
        """Return the interpreter arguments that start the companion process.

        The controller appends the number of an inherited socket on which it
        speaks `messages`, starts the process, and starts it anew when it dies.
        """

    def worker_hooks(self, config: Config, generation: int) -> WorkerHooks:
        """Return the hooks of one worker."""

    def mind_debuggers(self, config: Config, debugged: Debugged) -> None:
        """Tell `debugged`, the worker that calls this, whenever a debugger stops a thread."""


def wanted(config: Config) -> bool:
    """Return whether an option asks for the development tools."""
    return bool(config.reload or config.watch)


def load(config: Config) -> DevHooks | None:
    """Return the hooks, or None where no option asks for them.

    Raises DevtoolsMissing with the command that installs what is missing.
    """
    if not wanted(config):
        return None
    option = f"--reload={config.reload}" if config.reload else "--watch"
    try:
        return cast(DevHooks, importlib.import_module(HOOKS_MODULE))
    except ModuleNotFoundError as error:
        raise DevtoolsMissing(
            f"{option} needs the module {error.name}, which is not installed", f"type: {INSTALL}"
        ) from None
