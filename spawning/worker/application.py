"""Loading the application: the factory, as 0.9.7 documented it.

A `config_factory` runs twice.  Once when the server starts, in a process of its own
(`settling`), and what it decides there about the server holds until the server
ends.  Then in each worker, so that new code makes the application anew; what it
says about the server then is not heard, for the addresses are bound.
"""

from __future__ import annotations

import gc
import os
from typing import Any

from spawning import devhooks, env_file, importer, lazy_parts
from spawning.config import Config
from spawning.errors import UsageError
from spawning.factory_arguments import arguments_of, changes, fields
from spawning.messages import Settled


def settle(config: Config, typed: tuple[str, ...]) -> Settled:
    """Return what the factory decides about the server; raises what it raises."""
    made = _configured(config, typed)
    origin = made.get("origin", f"the factory {config.factory}")
    return Settled(changes(arguments_of(config), made), str(origin))


def load(config: Config) -> Any:
    """Return the application; raises what its import raises, or a SpawningError."""
    settled = arguments_of(config)
    made = _configured(config, ())
    made |= {key: settled[key] for key in (*fields(), "dev")}
    application = importer.load(made["app_factory"])(made)
    if not callable(application):
        raise UsageError(
            f"--factory: {made['app_factory']} returned a {type(application).__name__},"
            " which cannot be called as an application"
        )
    lazy_parts.load()
    if not devhooks.wanted(config):
        # What is imported stays, and need not be gone through at each full collection.  Tools
        # that look through all objects would not see it.
        gc.freeze()
    return application


def _configured(config: Config, typed: tuple[str, ...]) -> dict[str, Any]:
    env_file.set_from(config.env_file, os.environ)
    made = importer.load(config.factory)(arguments_of(config, typed))
    if not isinstance(made, dict) or "app_factory" not in made:
        raise UsageError(
            f"--factory: {config.factory} returned no dictionary with 'app_factory'",
            "return the dictionary that it was given, with that key set",
        )
    return {**arguments_of(config, typed), **made}  # what it has left out is as it was
