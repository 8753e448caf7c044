"""What answers questions, made when the first one comes: until then it would only cost."""

from __future__ import annotations

import dataclasses
import os
import sys
import threading

from spawning.config import Config
from spawning_devtools.cover.facts import Setup
from spawning_devtools.cover.keeper.records import Records
from spawning_devtools.cover.keeper.state import About
from spawning_devtools.cover.keeper.view import View
from spawning_devtools.cover.meter import choosing
from spawning_devtools.cover.meter.choice import Choice
from spawning_devtools.cover.reports.analyst import Analyst
from spawning_devtools.cover.reports.builds import Builds


class Parts:
    """The view and the builds, and what they are made from; called from any thread."""

    def __init__(self, config: Config, folder: str, records: Records) -> None:
        self._config = config
        self._folder = folder
        self._records = records
        self._lock = threading.Lock()
        self._made: tuple[View, Builds] | None = None
        self._analyst: Analyst | None = None

    def __call__(self) -> tuple[View, Builds]:
        """Return both."""
        with self._lock:
            if self._made is None:
                self._made = self._make()
            return self._made

    def close(self) -> None:
        """End the processes that they have started, and let go whoever waits for them."""
        with self._lock:
            made, self._made = self._made, None
            analyst, self._analyst = self._analyst, None
        if made is not None and analyst is not None:
            made[1].close()
            analyst.close()

    def _make(self) -> tuple[View, Builds]:
        choice = choosing.ask(self._config, self._folder)
        branch = self._records.has_pairs
        if branch is not None:
            # As the workers do, whatever has become of the configuration since they began.
            choice = dataclasses.replace(choice, branch=branch)
        setup = Setup(self._folder, choice.branch, choice.contexts)
        self._analyst = Analyst(setup, self._records.show)
        about = _about(self._config, self._folder, choice)
        return View(about, self._records, self._analyst), Builds(setup, self._records)


def _about(config: Config, folder: str, choice: Choice) -> About:
    # Here, because it is large, and the keeper starts together with the workers.
    from importlib.metadata import version

    return About(
        run=os.urandom(4).hex(),
        app=config.args[0] if config.args else os.path.basename(folder),
        folder=folder,
        editor_url=config.editor_url,
        python=".".join(map(str, sys.version_info[:3])),
        coverage=version("coverage"),
        core=choice.core,
        reason=choice.reason,
        branch=choice.branch,
        contexts=choice.contexts,
    )
