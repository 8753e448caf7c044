"""The project's configuration of coverage.py, as coverage.py finds and reads it.

Rules:
1. coverage.py alone reads it: `.coveragerc`, `setup.cfg`, `tox.ini`, `pyproject.toml`.
2. What of it is about a run of its own is set aside, in memory: a server has no end at
   which a file could be written, and its processes are ours.
3. Plugins are code, of others or of the project.  The `spawn` command has them loaded by a
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

import coverage
from coverage.exceptions import CoverageException

from spawning import log
from spawning.config import Config
from spawning.errors import UsageError
from spawning_devtools.cover.choice import PYTRACE, Choice, Project, choose


class Configured(coverage.Coverage):
    """coverage.py as the project in the current folder configures it; it never warns."""

    def __init__(self) -> None:
        self.complaints: list[str] = []
        super().__init__(data_file=None)
        _set_aside(self.config)

    def project(self) -> Project:
        """Return what the project asks for; loads its plugins, which may change it."""
        self._init()
        # Contexts are ours: a plugin's would be of the process, where several threads serve.
        self._plugins.context_switchers = []
        config = self.config
        wanted = PYTRACE if config.timid else config.core
        return Project(bool(config.branch), wanted, bool(self._plugins.file_tracers))

    def measure_as(self, choice: Choice) -> None:
        """Have it be measured so."""
        self.config.core = choice.core
        self.config.branch = choice.branch
        self.config.concurrency = list(choice.concurrency)
        self.config.timid = False

    def _warn(self, msg: str, slug: str | None = None, once: bool = False) -> None:
        """Keep it: each worker would say so, after each save."""
        if slug not in self.config.disable_warnings:
            self.complaints.append(msg)


def _set_aside(config: Any) -> None:
    config.data_file = ".coverage"  # a folder for another would be made
    config.debug = []
    config.debug_file = None
    config.concurrency = []
    config.parallel = config.sigterm = False
    config.patch = []
    config.context = config.dynamic_context = None
    config.relative_files = False  # reports make paths relative, and need to know the folder


def choose_for(config: Config, project: Project) -> Choice:
    """Return how a worker of this configuration measures; raises UsageError where none can."""
    contexts = config.coverage_contexts
    return choose(project, sys.version_info[:2], config.threads, contexts, _has_ctrace())


def choice_of(config: Config) -> Choice:
    """Return how the project in the current folder is measured.

    Raises UsageError where its configuration will not do.
    """
    return _looked_up(config)[0]


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
    os.chdir(folder)
    sys.path.insert(0, folder)  # plugins may be the project's
    try:
        choice, complaints = _looked_up(config)
    except UsageError as error:
        return {"error": [error.message, error.hint]}
    return {"reason": choice.reason, "complaints": complaints}


def _looked_up(config: Config) -> tuple[Choice, list[str]]:
    with usable():
        configured = Configured()
        return choose_for(config, configured.project()), configured.complaints


@contextlib.contextmanager
def usable() -> Iterator[None]:
    """Raise UsageError where coverage.py, or a plugin of it, raises an exception."""
    try:
        yield
    except UsageError:
        raise
    except Exception as error:
        kind = "" if isinstance(error, CoverageException) else f"{type(error).__name__}: "
        text = " ".join(str(error).split())
        where = _option_behind(error)
        raise UsageError(f"coverage.py cannot be configured: {kind}{text}{where}") from None


def _option_behind(error: BaseException) -> str:
    """Return which option could not be read, which coverage.py does not say."""
    trace = (error.__cause__ or error).__traceback__
    while trace is not None:
        where = trace.tb_frame.f_locals.get("where")
        if trace.tb_frame.f_code.co_name == "_set_attr_from_config_option":
            return f" (for {str(where).partition(':')[2]})"
        trace = trace.tb_next
    return ""


def _has_ctrace() -> bool:
    try:
        import coverage.tracer
    except ImportError:
        return False
    return bool(coverage.tracer)
