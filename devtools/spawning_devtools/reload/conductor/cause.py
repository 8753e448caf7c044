"""Why a reload happens, in the words of the log."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Sequence

from spawning_devtools.reload.graph.places import is_below
from spawning_devtools.reload.watcher.fingerprints import Change

_LISTED = 3
_LINKS = 6


def describe(
    changes: Sequence[Change],
    chain: Callable[[str], Sequence[str]],
    watched: Collection[str],
    read: Collection[str],
    project: str,
) -> str:
    """Return one line about `changes`, of which there is at least one.

    `chain` tells by what a file's module was imported, `watched` are the files
    named by `--watch`, `read` those that a module has read.
    """
    folders = {os.path.dirname(change.path) for change in changes if change.path[-1:] != os.sep}
    # A folder that may be a namespace package tells nothing beside a file in it.
    changes = [change for change in changes if change.path not in folders]
    shown = [relative(change.path, project) for change in changes]
    if len(changes) > 1:
        return f"{len(changes):,} files changed ({_some(shown)})"
    change = changes[0]
    text = f"{shown[0]} {change.difference.value}"
    links = chain(change.path)
    if links and change.path in read:
        how = "listed" if change.path.endswith(os.sep) else "read"
        return f"{text} ({how} by {_links(links)})"
    if len(links) > 1:
        return f"{text} ({_links(links)})"
    return f"{text} (--watch)" if change.path in watched and not links else text


def watching(files: Collection[str], sources: Collection[str]) -> str:
    """Return one line about what is watched; `sources` are the project's own modules."""
    own, others = len(sources), len(set(files).difference(sources))
    return f"watching {own:,} modules of the project and {others:,} other files"


def paused(files: Sequence[str], project: str) -> str:
    """Return one line about a loop of `files`."""
    shown = _some([relative(file, project) for file in files])
    return (
        f"{shown} changed again at each start, as if the application wrote it:"
        " reloads for it pause now, for longer each time"
    )


def _some(shown: Sequence[str]) -> str:
    if len(shown) <= _LISTED:
        return ", ".join(shown)
    listed = ", ".join(shown[: _LISTED - 1])
    return f"{listed} and {len(shown) - _LISTED + 1:,} more"


def _links(links: Sequence[str]) -> str:
    if len(links) > _LINKS:
        links = [*links[: _LINKS - 2], "...", links[-1]]
    return " <- ".join(links)


def relative(path: str, project: str) -> str:
    """Return a path as the user knows it: from the project on where it is below."""
    if not is_below(path, project):
        return path
    return os.path.relpath(path, project) + os.sep * path.endswith(os.sep)
