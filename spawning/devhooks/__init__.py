"""The one point at which what a developer adds reaches the server.

`spawning` never imports `spawning_devtools`: when an option asks for it, `load`
imports it by name and returns its hooks.  Without such an option none of it is
ever touched.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol, cast

from spawning.config import Config
from spawning.devhooks.backdoor import Sessions, WorkerView, begin
from spawning.devhooks.debugging import Debugged, Nobody
from spawning.errors import DevtoolsMissing
from spawning.messages import Boot, Channel, CoverageOrder, Graph, Message, News, Snapshots

__all__ = [
    "INSTALL",
    "Debugged",
    "DevHooks",
    "LivePages",
    "Meter",
    "Nobody",
    "Nursery",
    "Sessions",
    "WorkerHooks",
    "WorkerView",
    "begin",
    "load",
    "wanted",
]

HOOKS_MODULE = "spawning_devtools.hooks"
INSTALL = "pip install 'spawning[devtools]'"


class WorkerHooks(Protocol):
    """What runs inside a worker; called from the worker's main thread only."""

    def before_import(self, news: Callable[[], None]) -> None:
        """Called once, before the application's first import.

        `news` is to be called, from whatever thread, when `report` has something new.
        """

    def loaded(self) -> None:
        """Called once the application is there."""

    def note(self) -> None:
        """Have the next report end with what was imported until now."""

    def report(self) -> Graph | None:
        """Return what was imported since the last call, or None where nothing was."""

    @property
    def is_warm(self) -> bool:
        """Whether this process was forked from a snapshot."""

    def complaint(self, error: BaseException | None) -> str:
        """Return why the start may not have been what a cold one would be, or ''.

        `error` is what the application's import raised.
        """

    def first_environ(self) -> Mapping[str, str]:
        """Return the environment that this process began with, and go back to where it was."""


class Nursery(Protocol):
    """Where workers come from; called from the controller's loop only."""

    def spawn(self, boot: Boot) -> Any:
        """Start a worker, as `controller.spawn.Spawner` does."""

    def hear(self, message: Message) -> None:
        """Take what the companion says of the code."""

    def forget(self) -> None:
        """Anything may have changed: hold nothing of the code any more."""

    def reap(self) -> None:
        """A child of this process has died."""

    def processes(self) -> Iterable[Any]:
        """Return those (each a `controller.spawn.Process`) that are no workers."""

    def end(self) -> None:
        """End what is not a worker."""


class LivePages(Protocol):
    """Pages in one worker, which refresh by themselves or at least show what is new."""

    paths: frozenset[str]
    """What `application` answers; nothing where pages do not refresh by themselves."""

    def around(self, application: Any) -> Any:
        """Return the application, whose pages ask for news."""

    def application(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        """Answer such a question, whether there are news or not."""

    def waits(self, target: str, headers: Mapping[str, str]) -> bool | None:
        """Return whether a request asks for news that there are none of; None where it asks for
        something else.  Called from any thread.
        """

    def hear(self, news: News) -> None:
        """Take the newest news."""


class Meter(Protocol):
    """What measures in one worker which lines run; called from its main thread only."""

    def start(self) -> None:
        """Measure from now on: before the application's first import, and before any fork."""

    def begin(self, boot: Boot) -> None:
        """This process is a worker now; it may be one that was forked from who was started."""

    def import_is_over(self) -> None:
        """Tell what ran; what runs from now on, requests have run."""

    def around(self, application: Any) -> Any:
        """Return the application, whose requests can be told apart where that is asked for."""

    def hear(self, order: CoverageOrder) -> None:
        """Measure as the order says, and acknowledge it."""

    def end(self) -> None:
        """Tell what has not been told; the worker ends."""


class DevHooks(Protocol):
    """What `spawning_devtools.hooks` offers as module-level functions."""

    def companion_arguments(self, config: Config) -> list[str]:
        """Return the interpreter arguments that start the companion process.

        The controller appends the number of an inherited socket on which it
        speaks `messages`, starts the process, and starts it anew when it dies.
        """

    def worker_hooks(
        self, config: Config, boot: Boot, channel: Channel, become: Callable[[Channel, Boot], None]
    ) -> WorkerHooks:
        """Return the hooks of one worker.

        Where `boot` asks for a snapshot, `before_import` returns only in processes that are
        forked from this one; `become` was called in those that are to be workers.
        """

    def nursery(
        self, config: Config, executed: Any, switchboard: Any, tell: Callable[[Snapshots], None]
    ) -> Nursery | None:
        """Return where workers come from, or None where each is to be executed afresh.

        `executed` is the `Spawner` that does so; `tell` is called with what there is.
        """

    def live_pages(self, config: Config) -> LivePages | None:
        """Return what keeps the pages of one worker fresh, None where nothing does."""

    def meter(self, config: Config, boot: Boot) -> Meter:
        """Return what measures which lines run in this process."""

    def check_coverage(self, config: Config) -> str:
        """Return how it is measured, and why so: for the user to read.

        Raises UsageError where the project's configuration of it cannot be read.
        """

    def keeper_arguments(self, config: Config) -> list[str]:
        """Return the interpreter arguments that start the process which keeps the lines.

        As with `companion_arguments`; the first message to it is a `CoverageBoot`.
        """

    def mind_debuggers(self, config: Config, debugged: Debugged) -> None:
        """Tell `debugged`, the worker that calls this, whenever a debugger stops a thread."""

    def door_arguments(self, config: Config) -> list[str]:
        """Return the interpreter arguments that start the process at which people knock.

        As with `companion_arguments`; the first message to it is a `DoorBoot`.
        """

    def sessions(self, view: WorkerView) -> Sessions:
        """Return those of the process that `view` shows."""


def wanted(config: Config) -> bool:
    """Return whether an option asks for the development tools."""
    return bool(
        config.reload
        or config.watch
        or config.has_live_pages
        or config.measures_coverage
        or config.backdoor
    )


def load(config: Config) -> DevHooks | None:
    """Return the hooks, or None where no option asks for them.

    Raises DevtoolsMissing with the command that installs what is missing.
    """
    if not wanted(config):
        return None
    try:
        return cast(DevHooks, importlib.import_module(HOOKS_MODULE))
    except ModuleNotFoundError as error:
        raise DevtoolsMissing(
            f"{_asked(config)} needs the module {error.name}, which is not installed",
            f"type: {INSTALL}",
        ) from None


def _asked(config: Config) -> str:
    """Return the option that asks for the development tools."""
    if config.reload:
        return f"--reload={config.reload}"
    if config.watch:
        return "--watch"
    if config.measures_coverage:
        return "--coverage"
    return "--backdoor" if config.backdoor else "--livereload"
