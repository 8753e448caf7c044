"""Serving for a program that has loaded the application itself, such as `pserve`.

What it gets is `spawn` all the same, in its own process: the controller, and
workers that load the application anew.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from spawning import log
from spawning.cli.factory import merged
from spawning.cli.main import run
from spawning.cli.settings import Settings, resolve
from spawning.errors import SpawningError
from spawning.factory_arguments import arguments_of, changes


def settings(
    words: Callable[[], list[str]], answer: Callable[[dict[str, Any]], dict[str, Any]]
) -> Settings:
    """Return the settings of `spawn WORDS`, where `answer` is what the factory would do.

    Raises SystemExit where they will not do, after saying why.
    """
    try:
        found = resolve(words(), Path.cwd())
        before = arguments_of(found.config)
        made = answer(before)
        return merged(found, changes(before, made), made["origin"])
    except SpawningError as error:
        log.say(f"error: {error}")
        raise SystemExit(error.exit_code) from None


def serve(settings: Settings) -> None:
    """Serve until told to stop; raises SystemExit where that ends with an error."""
    code = run(lambda: settings)
    if code:
        raise SystemExit(code)
