"""Whose a source file is: the project's, an installed package's, or Python's own."""

from __future__ import annotations

import os
import sysconfig

OURS = frozenset({"spawning", "spawning_devtools"})
"""Not the project's, even where they are not installed but a checkout."""
_INSTALLED = (f"{os.sep}site-packages{os.sep}", f"{os.sep}dist-packages{os.sep}")
_STDLIB = tuple({sysconfig.get_path(name) + os.sep for name in ("stdlib", "platstdlib")})


def is_installed(path: str) -> bool:
    """Return whether `path` belongs to an installed package, or holds them."""
    return any(folder in f"{path}{os.sep}" for folder in _INSTALLED)


def is_stdlib(path: str) -> bool:
    """Return whether `path` belongs to Python's own library."""
    return path.startswith(_STDLIB) and not is_installed(path)


def is_project(path: str) -> bool:
    """Return whether `path` is a file that the user may be working on."""
    return not (path.startswith("<") or is_installed(path) or is_stdlib(path))
