"""Importing ahead what a framework would import at the first request.

A worker that is ready must have proven its code: Django imports the URL
configuration, and with it every view, when the first request comes.  A worker
with a broken view would take over from one that works.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import MappingProxyType
from typing import Any


def _django(modules: dict[str, Any]) -> None:
    settings = getattr(modules.get("django.conf"), "settings", None)
    if getattr(settings, "configured", False) and hasattr(settings, "ROOT_URLCONF"):
        modules["django.urls"].get_resolver().url_patterns  # noqa: B018  (a property that imports)


_FRAMEWORKS: MappingProxyType[str, Callable[[dict[str, Any]], None]] = MappingProxyType(
    {"django.urls": _django}
)
"""By a module that is loaded where the framework is in use."""


def load() -> None:
    """Import them, in this process; raises whatever an import raises."""
    for module, load_parts in _FRAMEWORKS.items():
        if module in sys.modules:
            load_parts(sys.modules)
