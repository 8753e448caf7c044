"""What the conductor answers to `spawnctl why`, `graph` and `watch`: pure, from what is known.

Of the disk it is only asked what is not watched: whether it exists.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence

import spawning
import spawning_devtools
from spawning.errors import did_you_mean
from spawning.messages import (
    AskGraph,
    AskWatch,
    AskWhy,
    Count,
    Decision,
    Drawing,
    Edge,
    Explanation,
    Message,
    Node,
    Root,
    Unanswered,
    Watched,
)
from spawning_devtools.reload.conductor.cause import relative
from spawning_devtools.reload.conductor.knowledge import Knowledge
from spawning_devtools.reload.graph.circles import circles
from spawning_devtools.reload.graph.places import is_below
from spawning_devtools.reload.origin import is_installed, is_project

FULL = "full"
"""The kind of a snapshot that takes the new bodies of functions."""
NO_MODULES = Unanswered(
    "no module is known", "the server has to be started with --reload=dev, and to have imported"
)
_OURS = [
    os.path.dirname(os.path.abspath(package.__file__ or ""))
    for package in (spawning, spawning_devtools)
]


def answer(
    question: Message,
    known: Knowledge,
    backends: Mapping[str, str],
    decisions: Sequence[Decision],
) -> Message:
    """Return the answer to a question; `backends` tells how each directory is watched."""
    match question:
        case AskWhy(path):
            return why(known, path)
        case AskGraph(root, installed):
            return drawing(known, root, installed)
        case AskWatch():
            return watched(known, backends, decisions)
        case _:
            kind = type(question).__name__
            return Unanswered(f"there is no question {kind}", "is spawnctl of another version?")


def backends(heard: Iterable[str], polled: Iterable[str]) -> dict[str, str]:
    """Return how the changes in each directory are learned."""
    found = dict.fromkeys(heard, "inotify")
    for path in polled:
        found[path] = "inotify, polling" if path in found else "polling"
    return found


def why(known: Knowledge, path: str) -> Explanation:
    """Return whether the file `path` is watched, and what a save of it would do."""
    interest, graph = known.interest, known.graph()
    paths = [*interest.known_as(path), *interest.known_as(path + os.sep)]
    kinds = tuple(dict.fromkeys(kind for place in paths for kind in _kinds(known, place)))
    listed = interest.lists(path)
    if not kinds and listed and not os.path.exists(path):
        kinds = (
            f"a name that would be new in {relative(listed[0], known.project)}, which is listed",
        )
        paths = list(listed)
    ignored, advice = ("", "") if kinds else _ignored(known, path)
    names = known.names(paths)
    own = _project_modules(known)
    reloads = any(place not in interest.served for place in paths)
    affected = graph.affected(paths) if reloads else set()
    return Explanation(
        path=relative(path, known.project),
        kinds=kinds,
        ignored=ignored,
        advice=advice,
        names=names,
        chain=tuple(graph.chain(paths[0])) if paths else (),
        importers=tuple(dict.fromkeys(i for n in names for i in graph.importers.get(n, ()))),
        effect="nothing" if not paths else "reload" if reloads else "refresh",
        affected=tuple(sorted(affected.intersection(own))),
        modules=len(own),
        source=_source(known, names) if paths and reloads else "",
        refusal=_refusal(known, paths) if reloads else "",
    )


def _source(known: Knowledge, names: Sequence[str]) -> str:
    """Return what a generation would start from after a change of these modules."""
    concerned = frozenset(names)
    snapshots = known.snapshots.snapshots
    full = next((s for s in snapshots if s.kind == FULL), None)
    left = [s for s in snapshots if not concerned.intersection(s.names) and s is not full]
    if not names:
        left = [snapshot for snapshot in left if not snapshot.at]
    deepest = max(left, key=lambda snapshot: snapshot.modules, default=None)
    source = "a fresh interpreter"
    if deepest is not None:
        where = f"before {deepest.at}" if deepest.at else "before the application"
        source = f"a snapshot {where} ({deepest.kind}, {deepest.modules:,} modules are there)"
    if full is not None and concerned and concerned.issubset(full.names):
        return f"a snapshot of it all ({FULL}) if only bodies of functions change, else {source}"
    if why_not := known.snapshots.why_not_full:
        return f"{source}; none is of it all, for {why_not}"
    return source


def _refusal(known: Knowledge, paths: Iterable[str]) -> str:
    """Return why the last save of one of `paths` was more than new bodies of functions, or ''."""
    refusals = dict(known.snapshots.refusals)
    return next((refusals[path] for path in paths if path in refusals), "")


def _kinds(known: Knowledge, path: str) -> Iterable[str]:
    """Yield what a watched file is to the application."""
    interest = known.interest
    loaded = {module.file for report in known.reports for module in report.modules}
    if path in known.watched_files:
        yield "named by --watch or --env-file"
    if path in loaded:
        yield "a module of an installed package" if is_installed(path) else "a module"
    if path in interest.candidates:
        missing = any(interest.candidates[path] in report.missing for report in known.reports)
        yield (
            "a module that was looked for and not found"
            if missing
            else "a package that would be found before a module of the same name"
        )
    if path in interest.read:
        data = {file for report in known.reports for file in report.data}
        if path.endswith(os.sep):
            yield "a folder whose names were listed while modules were imported"
        elif path in data:
            yield "a file whose content is in the state of the application"
        else:
            yield "a file that was read for a request, and may have been kept"
    if path in interest.served:
        yield "a file that each request reads afresh"


def _ignored(known: Knowledge, path: str) -> tuple[str, str]:
    """Return why a file is not watched, and what to do to have it watched."""
    watch = f"start the server with --watch {relative(path, known.project)}"
    if not list(known.reports) or not any(report.modules for report in known.reports):
        return "no module is known, only what --watch names counts", watch
    if path in known.reports.written:
        return "the application writes it itself, and would reload without end", watch
    if os.path.isdir(path):
        return "it is a folder", "ask about a file in it"
    if not os.path.exists(path):
        return "there is no such file, and nothing has looked for it", ""
    if path.endswith(".pyi"):
        return "no program reads the stubs of a type checker", ""
    if path.endswith(".pyc"):
        return "Python makes it from the source", "ask about the .py file"
    if path.endswith(".py") and is_project(path):
        return "the application has not imported it", f"import it, or {watch}"
    if is_installed(path):
        return "it belongs to an installed package, and was not imported", watch
    if not is_below(path, known.project):
        return f"it is outside the project, {known.project}, and was not imported", watch
    return "the application has not opened it; the request that does will read it as it is", watch


def _project_modules(known: Knowledge) -> dict[str, str]:
    """Return the modules of the project, each with its file."""
    return _modules(known, installed=False)


def _modules(known: Knowledge, installed: bool) -> dict[str, str]:
    return {
        module.name: module.file
        for report in known.reports
        for module in report.modules
        if (installed or module.file in known.interest.sources) and not _is_ours(module.file)
    }


def _is_ours(file: str) -> bool:
    """Return whether a file is the server's own, which a checkout of it may have in the project."""
    return any(is_below(file, folder) for folder in _OURS)


def drawing(known: Knowledge, root: str, installed: bool) -> Drawing | Unanswered:
    """Return the modules and who imports whom, from `root` on if one is named."""
    files = _modules(known, installed)
    if not files:
        return NO_MODULES
    if root and root not in files:
        hint = (
            did_you_mean(root, files) or "type 'spawnctl graph' for all, --all for installed ones"
        )
        return Unanswered(f"there is no module {root}", hint)
    imports = _imports(known, files)
    if root:
        reached = _reached(root, imports)
        files = {name: file for name, file in files.items() if name in reached}
        imports = {name: imports[name] for name in files}
    rings = circles(imports)
    numbers = {name: number for number, ring in enumerate(rings, 1) for name in ring}
    return Drawing(
        application=root or known.graph().application,
        nodes=tuple(
            Node(name, relative(file, known.project), numbers.get(name, 0))
            for name, file in files.items()
        ),
        edges=tuple(Edge(name, other) for name, others in imports.items() for other in others),
    )


def _imports(known: Knowledge, files: Mapping[str, str]) -> dict[str, list[str]]:
    """Return what each module imports, leaving out that a module is in its package."""
    found: dict[str, list[str]] = {name: [] for name in files}
    for imported, importers in known.graph().importers.items():
        if imported in files:
            for importer in importers:
                if importer in files and not importer.startswith(f"{imported}."):
                    found[importer].append(imported)
    return {name: sorted(others) for name, others in found.items()}


def _reached(root: str, imports: Mapping[str, Sequence[str]]) -> set[str]:
    found, waiting = {root}, [root]
    while waiting:
        new = [name for name in imports[waiting.pop()] if name not in found]
        found.update(new)
        waiting += new
    return found


def watched(
    known: Knowledge, backends: Mapping[str, str], decisions: Sequence[Decision]
) -> Watched:
    """Return what is watched, and what has come of it."""
    interest = known.interest
    loaded = {module.file for report in known.reports for module in report.modules}
    listed = [path for path in interest.read if path.endswith(os.sep)]
    own = set(_project_modules(known).values())
    counts = {
        "modules of the project": len(own),
        "other modules": len(loaded - own),
        "files that were read": len(interest.read) - len(listed),
        "folders that were listed": len(listed),
        "files that each request reads afresh": len(interest.served),
        "places where a module may appear": len(interest.candidates),
        "files named by --watch or --env-file": len(known.watched_files),
    }
    return Watched(
        project=known.project,
        roots=tuple(_roots(known, backends)),
        counts=tuple(Count(what, number) for what, number in counts.items()),
        decisions=tuple(decisions),
    )


def _roots(known: Knowledge, backends: Mapping[str, str]) -> list[Root]:
    """Return the directories that are watched, put together below the entries of the path."""
    entries = {known.project, *(entry for r in known.reports for entry in r.search_path)}
    tops = sorted(entries, key=len, reverse=True)
    counted: dict[tuple[str, str], int] = {}
    for directory in known.interest.directories:
        if directory not in backends and not os.path.isdir(directory):
            continue  # A module or a file that was looked for would be there.
        root = next((top for top in tops if is_below(directory, top)), directory)
        key = root, backends.get(directory, "not watched")
        counted[key] = counted.get(key, 0) + 1
    ordered = sorted(counted, key=lambda key: (not is_below(key[0], known.project), key))
    return [Root(path, backend, counted[path, backend]) for path, backend in ordered]
