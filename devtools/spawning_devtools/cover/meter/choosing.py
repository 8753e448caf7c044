"""How the project is measured, found out in a process that ends thereafter.

coverage.py's plugins are code of the project's or of others, and none of that gets into the
keeper.  `main` runs in the process (see `niced`), `ask` in the keeper.
"""

from __future__ import annotations

import dataclasses
import json
import os
import sys
from collections.abc import Mapping
from typing import Any, TextIO

from spawning.config import Config
from spawning.errors import UsageError
from spawning_devtools.cover import niced
from spawning_devtools.cover.meter.choice import Choice
from spawning_devtools.cover.meter.configuration import choice_of


def ask(config: Config, folder: str) -> Choice:
    """Return how the project in `folder` is measured; waits until it is known."""
    settings = {"config": dataclasses.asdict(config), "folder": folder}
    try:
        process = niced.start("meter.choosing", settings)
    except OSError as error:
        return _unknown(f"no process can be started: {error.strerror}")
    with process:
        told, _ = process.communicate()
    try:
        return Choice(**json.loads(told))
    except (TypeError, ValueError):
        return _unknown(
            f"the process that was to find out ended {niced.ending(process.returncode)}"
        )


def main(settings: Mapping[str, Any], _orders: TextIO, answers: TextIO) -> None:
    """Find out, and answer by one line."""
    folder = settings["folder"]
    os.chdir(folder)
    sys.path.append(folder)  # at the end, as in `datafile`
    try:
        choice = choice_of(Config(**settings["config"]))
    except UsageError as error:
        choice = _unknown(str(error))
    answers.write(json.dumps(dataclasses.asdict(choice)) + "\n")
    answers.flush()


def _unknown(why: str) -> Choice:
    return Choice("", (), f"not known: {why}")
