"""What the server calls when an option asks for the development tools.

Importing this module raises ModuleNotFoundError, which names what is missing,
where the extra `spawning[devtools]` is not installed.  It does not import
watchdog itself: neither the controller nor a worker needs it.  All else is imported
here and now, while the user's folder is not yet on the path: a `sysconfig.py` in
it must not become ours.
"""

from __future__ import annotations

import importlib.util
import os
import time
from typing import TYPE_CHECKING

import spawning
import spawning_devtools
from spawning_devtools.reload.observe import Observer
from spawning_devtools.reload.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from spawning.config import Config
    from spawning.devhooks import WorkerHooks
    from spawning.messages import Graph

if importlib.util.find_spec("watchdog") is None:
    raise ModuleNotFoundError("No module named 'watchdog'", name="watchdog")


class _NoHooks:
    """Hooks of a worker that is restarted for `--watch` only."""

    def before_import(self, news: Callable[[], None]) -> None:
        """Nothing is observed."""

    def report(self) -> Graph | None:
        """There is nothing to report."""
        return None


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
        import_from=tuple(
            os.path.dirname(_folder(package.__file__)) for package in (spawning, spawning_devtools)
        ),
    )
    return [script, settings.encode()]


def worker_hooks(config: Config, generation: int) -> WorkerHooks:
    """Return the hooks of one worker."""
    if not config.reload:
        return _NoHooks()
    return Observer(config.args[0] if config.args else "", generation)


def _folder(file: str | None) -> str:
    return os.path.dirname(os.path.abspath(file or ""))
