"""Loading the application: the factory, as 0.9.7 documented it."""

from __future__ import annotations

from typing import Any

from spawning import importer, lazy_parts
from spawning.config import Config
from spawning.errors import UsageError

# What a factory reads, by the names of 0.9.7.  The listening sockets exist and the
# workers are counted before a factory runs, so these it cannot change.
_SETTLED = ("host", "port", "num_processes", "threadpool_workers")


def arguments_of(config: Config) -> dict[str, Any]:
    """Return the dictionary of command-line arguments that a `config_factory` takes."""
    return {
        "args": list(config.args),
        "host": config.host,
        "port": config.port,
        "num_processes": config.processes,
        "threadpool_workers": config.threads,
        "watch": list(config.watch),
        "reload": config.reload,
        "dev": config.reload == "dev",
        "deadman_timeout": config.deadman,
        "access_log_file": config.access_log_file,
        "no_keepalive": config.no_keepalive,
        "verbose": config.verbose,
        "source_directories": [],
    }


def load(config: Config) -> Any:
    """Return the application; raises what its import raises, or a SpawningError."""
    arguments = arguments_of(config)
    before = {key: arguments[key] for key in _SETTLED}
    made = importer.load(config.factory)(arguments)
    if not isinstance(made, dict) or "app_factory" not in made:
        raise UsageError(
            f"--factory: {config.factory} returned no dictionary with 'app_factory'",
            "return the dictionary that it was given, with that key set",
        )
    for key, value in before.items():
        if made.get(key, value) != value:
            raise UsageError(
                f"--factory: {config.factory} changed '{key}' to {made[key]!r}, which it cannot",
                "give it on the command line",
            )
    application = importer.load(made["app_factory"])(made)
    if not callable(application):
        raise UsageError(
            f"--factory: {made['app_factory']} returned a {type(application).__name__},"
            " which cannot be called as an application"
        )
    lazy_parts.load()
    return application
