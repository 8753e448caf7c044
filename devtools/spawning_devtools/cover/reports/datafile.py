"""What coverage.py's reports are made from: its data, filled with what the keeper knows.

Rules:
1. Of each file counts what ran of the source that is on disk now, and of no other.
2. Files that `source` names and that never ran are there, as after `coverage run`.  No
   module of the user's is imported to find them.
3. What ran is as `coverage run` would have written it; contexts only say when it ran.

It changes the working directory and the search path, and is for processes that only report.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from importlib.machinery import ModuleSpec, PathFinder
from typing import Any

import coverage
from coverage.inorout import InOrOut, canonical_path
from coverage.plugin import FileReporter
from coverage.python import PythonFileReporter, source_for_file

import spawning
import spawning_devtools
from spawning.messages import IMPORT, REQUEST
from spawning_devtools.cover.disk import State, digest_of, state_of
from spawning_devtools.cover.facts import FileFacts, Ran, Setup, Version

NO_SOURCE = ("__pycache__", ".git")
"""Folders that change without any source changing."""
PYTHON = ("", ".py", ".pyw")
"""Ends of the names of files that no plugin has to explain."""


def opened(setup: Setup) -> coverage.Coverage:
    """Return coverage.py as the project configures it, without any data.

    Raises coverage.py's exceptions where the configuration is not valid, and what plugins
    raise that it names.
    """
    os.chdir(setup.folder)
    if setup.folder not in sys.path:
        # Plugins may be modules of the project; at the end, for it may have an `html.py`.
        sys.path.append(setup.folder)
    cov = coverage.Coverage(data_file=None)
    cov.set_option("run:data_file", ".coverage")  # for another one, its folder would be made
    cov.set_option("run:debug", [])
    cov.set_option("run:omit", [*(cov.config.run_omit or []), *_ours()])
    cov._init()
    return cov


def _ours() -> Iterator[str]:
    for package in (spawning, spawning_devtools):
        yield os.path.join(os.path.dirname(os.path.realpath(package.__file__ or "")), "*")


def fill(
    data: coverage.CoverageData,
    cov: coverage.Coverage,
    setup: Setup,
    files: Iterable[FileFacts],
    place: Callable[[str], str] = str,
) -> dict[str, str]:
    """Add what ran to `data`; return the digest on disk of each file of which something counts.

    `place` returns where the source stands of a file that ran.
    """
    lines: dict[str, dict[str, set[Any]]] = defaultdict(lambda: defaultdict(set))
    digests: dict[str, str] = {}
    paths = []
    for facts in files:
        path = place(facts.path)
        digest = digest_of(path)
        if not digest:
            continue
        paths.append(path)
        version = facts.of(digest)
        if version is not None:
            digests[path] = digest
            for context, ran in _by_context(version, cov.config.context or "").items():
                lines[context][cov._file_mapper(path)].update(ran)
    add: Any = data.add_arcs if setup.branch else data.add_lines
    add({})  # so that it is known which of both it is, whatever ran
    has_contexts = setup.contexts or not cov.config.report_contexts
    for context, ran_in in lines.items():
        data.set_context(context if has_contexts else cov.config.context)
        add(ran_in)
    data.touch_files([cov._file_mapper(path) for path in paths if path not in digests])
    others: dict[str, list[str]] = defaultdict(list)
    for path, plugin in [*_explained(cov, paths), *never_ran(cov, paths)]:
        others[plugin or ""].append(cov._file_mapper(path))
    for name, explained in others.items():
        data.touch_files(explained, name)
    return digests


def _by_context(version: Version, static: str) -> dict[str, Ran]:
    labelled: set[Any] = set().union(*version.contexts.values())
    found: dict[str, Ran] = {IMPORT: version.imports, **version.contexts}
    rest = [one for one in version.requests if one not in labelled]
    if rest:
        found[REQUEST] = [*rest, *found.get(REQUEST, ())]
    # As coverage.py joins what is given for the whole run with what changes during it.
    return {f"{static}|{name}" if static else name: ran for name, ran in found.items()}


def _explained(cov: coverage.Coverage, paths: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield the files that are no Python, each with its plugin, which workers do not tell."""
    for path in paths:
        plugin, _ = _explanation(cov, path)
        if plugin:
            yield path, plugin


def reporter_of(cov: coverage.Coverage, path: str) -> FileReporter:
    """Return what knows the statements of a file."""
    named = cov._file_mapper(path)
    return _explanation(cov, named)[1] or PythonFileReporter(named, cov)


def _explanation(cov: coverage.Coverage, path: str) -> tuple[str, FileReporter | None]:
    """Return the plugin that explains a file, and its explanation; '' and None for Python."""
    if os.path.splitext(path)[1] in PYTHON:
        return "", None
    for plugin in cov._plugins.file_tracers:
        with contextlib.suppress(Exception):  # it is not a file of this one's, or it is broken
            reporter = plugin.file_reporter(path)
            if isinstance(reporter, FileReporter):
                return plugin._coverage_plugin_name, reporter
    return "", None


def never_ran(cov: coverage.Coverage, ran: Iterable[str]) -> Iterator[tuple[str, str | None]]:
    """Yield the files that `source` names, and the plugin that explains them or None.

    Those that ran are among them.  Of packages only those that have been imported: below
    which something has run.
    """
    config = cov.config.copy()
    names = [*config.source_pkgs, *(one for one in config.source or [] if not os.path.isdir(one))]
    # It would import the packages that these names stand in.
    config.source = [one for one in config.source or [] if os.path.isdir(one)]
    config.source_pkgs = []
    sorter = InOrOut(
        config=config,
        warn=_ignore,
        debug=None,
        include_namespace_packages=config.include_namespace_packages,
    )
    sorter.plugins = cov._plugins
    yield from sorter.find_possibly_unexecuted_files()
    paths = sorted(ran, key=len)
    for name in names:
        file = _file_of_module(name, paths)
        if file:
            yield from sorter._find_executable_files(canonical_path(source_for_file(file)))


def _file_of_module(name: str, paths: Iterable[str]) -> str | None:
    """Return the file of a module that was imported, as far as one can tell from what ran."""
    spec = _spec(name)
    if spec is not None and spec.has_location and spec.origin:
        folder = os.path.join(os.path.dirname(spec.origin), "")
        if any(path.startswith(folder) for path in paths):
            return spec.origin
    stem = os.sep + name.replace(".", os.sep)
    ends = (stem + ".py", os.path.join(stem, "__init__.py"))
    return next((path for path in paths if path.endswith(ends)), None)


def _spec(name: str) -> ModuleSpec | None:
    first, *rest = name.split(".")
    try:
        spec = importlib.util.find_spec(first)
        for part in rest:
            if spec is None or spec.submodule_search_locations is None:
                return None
            # Not `find_spec`, which would import what this stands in.
            spec = PathFinder.find_spec(f"{spec.name}.{part}", spec.submodule_search_locations)
    except (ImportError, ValueError):
        return None
    return spec


def _ignore(msg: str, slug: str | None = None, once: bool = False) -> None:
    """What it warns of was said when the server started, or is none of its business."""


def looked_at(cov: coverage.Coverage, paths: Iterable[str]) -> dict[str, State]:
    """Return the states of all that a report depends on besides what ran.

    Those are the files in it, the folders in which more may appear, and the configuration.
    """
    places = {*paths, *cov.config.config_files_attempted}
    for folder in [*cov.config.source_dirs, *(cov.config.source or [])]:
        for at, below, files in os.walk(folder):
            below[:] = [name for name in below if name not in NO_SOURCE]
            places.add(at)
            is_package = at == folder or "__init__.py" in files
            if not is_package and not cov.config.include_namespace_packages:
                below.clear()  # as coverage.py does
    return {os.path.abspath(place): state_of(place) for place in places}


def write(
    path: str, cov: coverage.Coverage, setup: Setup, files: Iterable[FileFacts]
) -> dict[str, str]:
    """Write a `.coverage` file, which `coverage combine` merges with others.

    Contexts are the requests where these are measured, else "import" and "request".
    Return the digests on disk of the files of which something counts.
    """
    data = coverage.CoverageData(basename=path)
    try:
        digests = fill(data, cov, setup, files)
        data.write()
    finally:
        data.close(force=True)
    return digests
