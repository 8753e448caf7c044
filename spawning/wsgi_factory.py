"""The default factory: the positional arguments are the application, then middleware."""

from __future__ import annotations

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
    }


def app_factory(config: dict[str, Any]) -> Any:
    """Return the application, wrapped by each middleware in the order given.

    Raises ApplicationNotFound for a wrong name, and whatever their import raises.
    """
    application = importer.load(config["app"])
    for name in config["middleware"]:
        application = importer.load(name)(application)
    return application
