"""Changes to an environment, as values."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping

Changes = tuple[tuple[str, "str | None"], ...]
"""None stands for removed."""


def changes(before: Mapping[str, str], after: Mapping[str, str]) -> Changes:
    """Return what makes `after` of `before`."""
    names = sorted(before.keys() | after.keys())
    return tuple((name, after.get(name)) for name in names if before.get(name) != after.get(name))


def apply(wanted: Iterable[tuple[str, str | None]]) -> None:
    """Change the environment of this process."""
    for name, value in wanted:
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
