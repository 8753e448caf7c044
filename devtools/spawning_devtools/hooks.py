"""What the server calls when an option asks for the development tools.

Importing this module raises ModuleNotFoundError, which names what is missing,
where the extra `spawning[devtools]` is not installed.  It does not import
watchdog itself: neither the controller nor a worker needs it.  All else is imported
here and now, while the user's folder is not yet on the path: a `sysconfig.py` in
it must not become ours.
"""

from __future__ import annotations

import codecs
import importlib.util
import os
import time
from typing import TYPE_CHECKING

import spawning
import spawning_devtools
from spawning import log
from spawning.devhooks import INSTALL
from spawning.errors import DevtoolsMissing
from spawning_devtools.debugging import debuggers
from spawning_devtools.livereload.pages import Pages
from spawning_devtools.reload.observer import freshness
from spawning_devtools.reload.observer.observe import Observer
from spawning_devtools.reload.origin import is_project
from spawning_devtools.reload.settings import Settings
from spawning_devtools.snapshots import forking, full
from spawning_devtools.snapshots.snapshot import Snapshot

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from spawning.config import Config
    from spawning.controller.spawn import Spawner
    from spawning.controller.switchboard import Switchboard
    from spawning.devhooks import (
        Debugged,
        LivePages,
        Meter,
        Nursery,
        Sessions,
        WorkerHooks,
        WorkerView,
    )
    from spawning.messages import Boot, Channel, Graph, Snapshots

if importlib.util.find_spec("watchdog") is None:
    raise ModuleNotFoundError("No module named 'watchdog'", name="watchdog")

# werkzeug needs it for the first request, for whose answer somebody waits, and it takes 1.5 ms.
codecs.lookup("idna")


class _NoHooks:
    """Hooks of a worker that is restarted for `--watch` only."""

    def before_import(self, news: Callable[[], None]) -> None:
        """Nothing is observed."""

    def note(self) -> None:
        """Nothing is observed."""

    def loaded(self) -> None:
        """Nothing is observed."""

    def report(self) -> Graph | None:
        """There is nothing to report."""
        return None

    is_warm = False

    def complaint(self, error: BaseException | None) -> str:
        """Nothing is to be doubted."""
        return ""

    def first_environ(self) -> Mapping[str, str]:
        """Never asked for."""
        return os.environ


class _Project:
    """The project's files, for a snapshot."""

    has = staticmethod(is_project)
    attend = staticmethod(freshness.attend)


class _DevHooks:
    """Hooks of a worker, or of a snapshot, under `--reload=dev`."""

    def __init__(
        self,
        config: Config,
        boot: Boot,
        channel: Channel,
        become: Callable[[Channel, Boot], None],
    ) -> None:
        observer = Observer(config.args[0] if config.args else "", boot.generation)

        def become_worker(channel: Channel, boot: Boot) -> None:
            observer.generation, observer.stops = boot.generation, None
            become(channel, boot)

        self._observer = observer
        self.note = observer.note
        self._snapshot = None
        if boot.cradle >= 0:
            self._snapshot = Snapshot(boot, channel, observer, _Project(), become_worker)

    def before_import(self, news: Callable[[], None]) -> None:
        """Observe imports, and wait here if this is to be a snapshot."""
        self._observer.before_import(news)
        if self._snapshot is not None:
            self._observer.stops = self._snapshot
            self._snapshot.park("")

    def loaded(self) -> None:
        """Wait here if this is to be a snapshot of the whole application."""
        if self._snapshot is not None:
            self._snapshot.loaded()

    def report(self) -> Graph | None:
        """Return what was imported since the last call, or None where nothing was."""
        graph = self._observer.report()
        if graph is not None and self._snapshot is not None:
            self._snapshot.has_answered()
        return graph

    @property
    def is_warm(self) -> bool:
        """Whether this process was forked from a snapshot."""
        return self._snapshot is not None

    def complaint(self, error: BaseException | None) -> str:
        """Return why a warm start may have been another than a cold one."""
        return self._snapshot.complaint(error) if self._snapshot is not None else ""

    def first_environ(self) -> Mapping[str, str]:
        """Return the environment that this process began with."""
        return self._snapshot.restore() if self._snapshot is not None else os.environ


def companion_arguments(config: Config) -> list[str]:
    """Return the interpreter arguments that start the conductor."""
    # A script and not `-m`: with `-m` the user's folder would come first on the path.
    script = os.path.join(_folder(spawning_devtools.__file__), "reload", "__main__.py")
    watched = (*config.watch, *(config.env_file if config.reload else ()))
    settings = Settings(
        project=os.getcwd(),
        watch=tuple(os.path.abspath(path) for path in watched),
        since=time.time(),
        poll="poll" in config.reload.split(","),
        import_from=_sources(),
    )
    return [script, settings.encode()]


def worker_hooks(
    config: Config, boot: Boot, channel: Channel, become: Callable[[Channel, Boot], None]
) -> WorkerHooks:
    """Return the hooks of one worker."""
    if not config.reload:
        return _NoHooks()
    return _DevHooks(config, boot, channel, become)


def nursery(
    config: Config,
    executed: Spawner,
    switchboard: Switchboard,
    tell: Callable[[Snapshots], None],
) -> Nursery | None:
    """Return where workers come from, None where each is to be executed afresh.

    Says so once where the system does not let us have it.
    """
    if not config.reload or "cold" in config.reload.split(","):
        return None
    # Here, because it imports the controller, and workers come to this module as well.
    from spawning_devtools.snapshots.nursery import Nursery as Snapshotting

    try:
        forking.take_in_orphans()
    except (OSError, AttributeError) as error:
        log.say(f"each reload is a cold start, for this system has no subreapers ({error})")
        return None
    may_be_full = not config.coverage and full.is_possible()
    return Snapshotting(executed, switchboard, tell, may_be_full)


def live_pages(config: Config) -> LivePages | None:
    """Return what keeps the pages of one worker fresh, None where nothing does."""
    if not (config.reload or config.watch or config.has_live_pages):
        return None
    return Pages(config.editor_url, os.getcwd(), config.has_live_pages)


def meter(config: Config, boot: Boot) -> Meter:
    """Return what measures which lines run in this process."""
    # Here, because coverage.py is large, and still before the user's folder is on the path.
    from spawning_devtools.cover.meter.meter import Meter as Measuring

    return Measuring(config, boot)


def check_coverage(config: Config) -> str:
    """Return how coverage is measured, and why so; raises UsageError where it cannot be."""
    if importlib.util.find_spec("coverage") is None:
        raise DevtoolsMissing(
            "--coverage needs the module coverage, which is not installed", f"type: {INSTALL}"
        )
    from spawning_devtools.cover.meter.configuration import check_configuration

    return check_configuration(config, os.getcwd())


def keeper_arguments(config: Config) -> list[str]:
    """Return the interpreter arguments that start the keeper of the coverage."""
    return [os.path.join(_folder(spawning_devtools.__file__), "cover", "__main__.py"), *_sources()]


def mind_debuggers(config: Config, debugged: Debugged) -> None:
    """Tell the worker whenever a debugger stops one of its threads."""
    if config.reload or config.backdoor:
        debuggers.mind(debugged)


def door_arguments(config: Config) -> list[str]:
    """Return the interpreter arguments that start the backdoor's door."""
    script = os.path.join(_folder(spawning_devtools.__file__), "backdoor", "door", "__main__.py")
    return [script, os.path.dirname(_folder(spawning.__file__))]


def sessions(view: WorkerView) -> Sessions:
    """Return the backdoor's sessions in the process that `view` shows."""
    # Here, because few servers can be entered.
    from spawning_devtools.backdoor.session import Sessions as Entered

    return Entered(view)


def _sources() -> tuple[str, ...]:
    """Return the folders that our packages are imported from."""
    packages = (spawning, spawning_devtools)
    return tuple(os.path.dirname(_folder(package.__file__)) for package in packages)


def _folder(file: str | None) -> str:
    return os.path.dirname(os.path.abspath(file or ""))
