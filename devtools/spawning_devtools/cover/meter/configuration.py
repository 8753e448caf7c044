"""Whether and how the project can be measured, found out before anything is started.

Rules:
1. coverage.py alone reads its configuration: `.coveragerc`, `setup.cfg`, `tox.ini` or
   `pyproject.toml`.
2. Plugins are code, of others or of the project.  The `spawn` command has them loaded by a
   process that is forked for it, and keeps neither them nor coverage.py itself.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import warnings
from collections.abc import Iterator
from typing import Any

from spawning import log
from spawning.config import Config
from spawning.errors import UsageError
from spawning_devtools.cover.meter.choice import Choice, Project, choose


def choose_for(config: Config, project: Project) -> Choice:
    """Return how a worker of this configuration measures; raises UsageError where none can."""
    return choose(project, sys.version_info[:2], config.threads, config.coverage_contexts)


def choice_of(config: Config) -> Choice:
    """Return how the project in the current folder is measured; loads its plugins.

    Raises UsageError where its configuration will not do.
    """
    from spawning_devtools.cover.meter.measuring import Configured  # here: see rule 2

    with usable():
        return choose_for(config, Configured().project())


def check_configuration(config: Config, folder: str) -> str:
    """Return how the project in `folder` is measured, and why so; says what is odd.

    Raises UsageError where its configuration will not do.
    """
    found = json.loads(_forked(config, folder) or "{}")
    if "error" in found:
        raise UsageError(*found["error"])
    if "reason" not in found:
        raise UsageError("coverage.py ended the process that was to read its configuration")
    for complaint in found["complaints"]:
        log.say(f"coverage.py: {complaint}")
    return str(found["reason"])


def _forked(config: Config, folder: str) -> bytes:
    """Return what a process found that was forked to look it up."""
    reader, writer = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of forking beside threads: it only computes, and ends
        child = os.fork()
    if not child:
        try:
            os.write(writer, json.dumps(_found(config, folder)).encode())
        finally:
            os._exit(0)
    os.close(writer)
    with open(reader, "rb") as answer:
        found = answer.read()
    os.waitpid(child, 0)
    return found


def _found(config: Config, folder: str) -> dict[str, Any]:
    from spawning_devtools.cover.meter.measuring import Configured  # here: see rule 2

    os.chdir(folder)
    sys.path.insert(0, folder)  # plugins may be the project's
    try:
        with usable():
            configured = Configured()
            choice = choose_for(config, configured.project())
            configured.complain(choice)
    except UsageError as error:
        return {"error": [error.message, error.hint]}
    return {"reason": choice.reason, "complaints": configured.complaints}


@contextlib.contextmanager
def usable() -> Iterator[None]:
    """Raise UsageError where coverage.py, or a plugin of it, raises an exception."""
    try:
        yield
    except UsageError:
        raise
    except Exception as error:
        kind = type(error)
        name = "" if kind.__module__.startswith("coverage.") else f"{kind.__name__}: "
        text = " ".join(str(error).split())
        where = _option_behind(error)
        raise UsageError(f"coverage.py cannot be configured: {name}{text}{where}") from None


def _option_behind(error: BaseException) -> str:
    """Return which option could not be read, which coverage.py does not say."""
    trace = (error.__cause__ or error).__traceback__
    while trace is not None:
        where = trace.tb_frame.f_locals.get("where")
        if trace.tb_frame.f_code.co_name == "_set_attr_from_config_option":
            return f" (for {str(where).partition(':')[2]})"
        trace = trace.tb_next
    return ""
