"""The project's configuration of coverage.py, as coverage.py finds and reads it."""

from __future__ import annotations

import dataclasses

import coverage
from coverage.exceptions import CoverageException

from spawning.errors import UsageError


@dataclasses.dataclass(frozen=True, slots=True)
class Project:
    """What the choice of a core needs to know of it."""

    branch: bool
    wanted: str | None
    """The core that it asks for."""
    file_tracers: bool


def read() -> Project:
    """Return what the project in the current folder asks for.

    Raises UsageError where that cannot be read, or names plugins that there are not.
    """
    try:
        reader = coverage.Coverage(data_file=None)
        reader._init()
        config = reader.config
        wanted = "pytrace" if config.timid else config.core
        return Project(bool(config.branch), wanted, bool(reader._plugins.file_tracers))
    except CoverageException as error:
        raise UsageError(f"coverage.py cannot be configured: {error}") from None
