"""What a framework's own shell offers, for the application that runs here.

Nothing is imported: what an application uses is loaded already.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from inspect import getattr_static
from types import FunctionType, MethodType
from typing import Any, Protocol

_WRAPPED = ("app", "application", "wsgi_app", "wrapped", "__wrapped__", "_app", "_application")
"""Where middleware keeps what it is around."""
DEEP = 20


class Framework(Protocol):
    """What a session gains from one."""

    def names(self) -> Mapping[str, Any]:
        """Return what its own shell imports."""

    def around(self) -> AbstractContextManager[Any]:
        """Return what is to be entered for each statement; in the statement's own thread."""

    def goodbye(self) -> None:
        """The session ends; in the same thread."""


class NoFramework:
    """An application that uses none that we know; implements `Framework`."""

    def names(self) -> Mapping[str, Any]:
        """Return nothing."""
        return {}

    def around(self) -> AbstractContextManager[Any]:
        """Return nothing that matters."""
        return contextlib.nullcontext()

    def goodbye(self) -> None:
        """Nothing is left behind."""


class Flask:
    """A Flask application, or one within middleware; implements `Framework`."""

    def __init__(self, app: Any) -> None:
        self._app = app

    def names(self) -> Mapping[str, Any]:
        """Return what `flask shell` does: `app`, `g`, and what the application adds."""
        with self._app.app_context():
            return dict(self._app.make_shell_context())

    def around(self) -> AbstractContextManager[Any]:
        """Return an application context."""
        context: AbstractContextManager[Any] = self._app.app_context()
        return context

    def goodbye(self) -> None:
        """Contexts end with their statements."""


class Django:
    """A Django project; implements `Framework`."""

    def __init__(self, modules: Mapping[str, Any]) -> None:
        self._modules = modules

    def names(self) -> Mapping[str, Any]:
        """Return the models, those of the apps that come first win, and what `shell` adds."""
        models = reversed(self._modules["django.apps"].apps.get_models())
        names = {model.__name__: model for model in models if model.__module__}
        names["settings"] = self._modules["django.conf"].settings
        database = self._modules.get("django.db")
        if database is not None:
            names |= {one: getattr(database, one) for one in ("connection", "reset_queries")}
        return names

    @contextlib.contextmanager
    def around(self) -> Iterator[None]:
        """Drop connections that the database has closed meanwhile, as each request does."""
        self._call("close_old_connections")
        yield

    def goodbye(self) -> None:
        """Close the connections of this thread."""
        connections = getattr(self._modules.get("django.db"), "connections", None)
        if connections is not None:
            connections.close_all()

    def _call(self, name: str) -> None:
        function: Callable[[], None] | None = getattr(self._modules.get("django.db"), name, None)
        if function is not None:
            function()


def framework_of(application: Any) -> Framework:
    """Return what the application is made with."""
    flask = sys.modules.get("flask")
    if flask is not None:
        for app in _layers(application):
            if issubclass(type(app), flask.Flask):
                return Flask(app)
    registry = getattr(sys.modules.get("django.apps"), "apps", None)
    if application is not None and getattr(registry, "ready", False):
        return Django(sys.modules)
    return NoFramework()


def _layers(application: Any) -> Iterator[Any]:
    """Yield the application, and what is within it, without running anything of it."""
    waiting: list[Any] = [application]
    seen: set[int] = set()
    while waiting and len(seen) < DEEP:
        layer = waiting.pop(0)
        if layer is None or id(layer) in seen:
            continue
        seen.add(id(layer))
        yield layer
        waiting += _within(layer)


def _within(layer: Any) -> Iterator[Any]:
    if type(layer) is MethodType:
        yield layer.__self__
    elif type(layer) is FunctionType:
        for cell in layer.__closure__ or ():
            with contextlib.suppress(ValueError):  # empty
                yield cell.cell_contents
    for name in _WRAPPED:
        inner = getattr_static(layer, name, None)
        if type(inner) not in (property, str):
            yield inner
