"""The default factory: the positional arguments are the application, then middleware."""

from __future__ import annotations

import importlib.util
import os
from typing import Any

from spawning import importer


def config_factory(args: dict[str, Any]) -> dict[str, Any]:
    """Return `args` with the application, its middleware and the factory that joins them."""
    application, *middleware = args["args"]
    return {
        **args,
        "app_factory": "spawning.wsgi_factory.app_factory",
        "app": application,
        "middleware": middleware,
        "source_directories": _folders(application),
    }


def app_factory(config: dict[str, Any]) -> Any:
    """Return the application, wrapped by each middleware in the order given.

    Raises ApplicationNotFound for a wrong name, and whatever their import raises.
    """
    application = importer.load(config["app"])
    for name in config["middleware"]:
        application = importer.load(name)(application)
    return application


def _folders(application: str) -> list[str]:
    """Return where the first module of a name lies, without importing it."""
    module = application.partition(":")[0].partition(".")[0]
    try:
        spec = importlib.util.find_spec(module)
    except ValueError:  # it is no name, or a module that was made by hand
        return []
    return [os.path.dirname(spec.origin)] if spec is not None and spec.origin else []
