"""Django: the positional argument is the settings module, such as `mysite.settings`."""

from __future__ import annotations

import importlib
import importlib.util
import os
import pkgutil
from importlib.machinery import ModuleSpec
from typing import Any

from spawning.errors import ApplicationNotFound, UsageError, did_you_mean

INSTALL = "pip install 'spawning[django]'"
_NAME = "spawning.django_factory.config_factory"


def config_factory(args: dict[str, Any]) -> dict[str, Any]:
    """Return `args` with the settings module, which is looked for and not yet imported."""
    if len(args["args"]) != 1:
        raise UsageError(
            f"--factory: {_NAME} takes one settings module, and got {len(args['args'])} words",
            f"type: spawn -f {_NAME} mysite.settings",
        )
    [module] = args["args"]
    spec = _found(module)
    return {
        **args,
        "app_factory": "spawning.django_factory.app_factory",
        "django_settings_module": module,
        "source_directories": [os.path.dirname(spec.origin)] if spec.origin else [],
    }


def app_factory(config: dict[str, Any]) -> Any:
    """Return the application of the settings; with --reload=dev it serves static files too."""
    os.environ["DJANGO_SETTINGS_MODULE"] = config["django_settings_module"]
    try:
        from django.core.wsgi import get_wsgi_application
    except ModuleNotFoundError as error:
        if error.name != "django":
            raise
        raise UsageError(
            "spawning.django_factory needs Django, which is not installed", f"type: {INSTALL}"
        ) from None
    application = get_wsgi_application()
    return _with_static_files(application) if config["dev"] else application


def _with_static_files(application: Any) -> Any:
    from django.apps import apps

    if not apps.is_installed("django.contrib.staticfiles"):
        return application
    from django.contrib.staticfiles.handlers import StaticFilesHandler

    return StaticFilesHandler(application)


def _found(module: str) -> ModuleSpec:
    """Return the specification of the settings; raises ApplicationNotFound."""
    parent, _, last = module.rpartition(".")
    hint = "is this the folder of manage.py?"
    try:
        spec = importlib.util.find_spec(module)
        if spec is not None:
            return spec
        if parent:
            beside = pkgutil.iter_modules(importlib.import_module(parent).__path__)
            hint = did_you_mean(last, [found.name for found in beside]) or hint
    except ModuleNotFoundError as error:
        if error.name is None or not f"{module}.".startswith(f"{error.name}."):
            raise
    except (ValueError, AttributeError):  # it is no name, or its parent no package
        pass
    raise ApplicationNotFound(f"there is no settings module '{module}'", hint)
