"""What the specs of modules say of where they come from; runs in workers."""

from __future__ import annotations

import os
from importlib.machinery import ModuleSpec, SourceFileLoader

from spawning_devtools.reload.origin import is_project, is_stdlib


def spec_of(module: object) -> ModuleSpec | None:
    """Return the spec of a module, None for what is none; executes nothing."""
    try:
        # Past the module's own ways: a lazy one executes itself when it is asked.
        spec = object.__getattribute__(module, "__dict__").get("__spec__")
    except AttributeError:
        return None
    return spec if isinstance(spec, ModuleSpec) else None


def source_of(spec: ModuleSpec) -> str | None:
    """Return the absolute path of the file that a module is made from, None for none to watch.

    Of an installed package only sources count; of the project compiled extensions and
    sourceless bytecode as well, and for what is in an archive, the archive.
    """
    origin = spec.origin
    if not (spec.has_location and isinstance(origin, str)):
        return None
    archive = getattr(spec.loader, "archive", None)
    path = os.path.abspath(archive if isinstance(archive, str) else origin)
    is_source = isinstance(spec.loader, SourceFileLoader) or path.endswith(".py")
    return path if is_project(path) or (is_source and not is_stdlib(path)) else None
