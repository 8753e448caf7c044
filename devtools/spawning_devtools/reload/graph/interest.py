"""What has to be watched, put together from the reports and from `--watch`."""

from __future__ import annotations

import os
from collections.abc import Collection, Container, Iterable, Iterator
from dataclasses import dataclass, field

from spawning_devtools.reload.graph.places import (
    candidates,
    counts_in_listing,
    directories,
    is_below,
)
from spawning_devtools.reload.graph.reports import Report
from spawning_devtools.reload.origin import is_installed

_LONGEST_WAY = 40
"""As many links as Linux follows; a circle of links has no end."""


@dataclass(frozen=True, slots=True)
class Interest:
    """The files that matter, and where to look for events about them."""

    files: frozenset[str] = frozenset()
    sources: frozenset[str] = frozenset()
    """Those of `files` that are loaded modules of the project itself."""
    read: frozenset[str] = frozenset()
    """Those of `files` that are no modules, and that a module has read or listed."""
    served: frozenset[str] = frozenset()
    """Those of `files` that every request reads afresh."""
    candidates: dict[str, str] = field(default_factory=dict)
    """Paths at which missing modules would be found, with their names."""
    aliases: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Where files are links or reached through one: real path to known paths."""
    directories: tuple[str, ...] = ()

    @property
    def linked(self) -> set[str]:
        """The files that are links or reached through one."""
        return {path for known in self.aliases.values() for path in known}

    @property
    def modules(self) -> frozenset[str]:
        """The sources that are loaded, and those that an import would find if they were there."""
        return self.sources.union(self.candidates)

    def moved_since(self, before: Interest) -> frozenset[str]:
        """Return the files that mattered before and are reached by another way now."""
        new = self.aliases.keys() - before.aliases.keys()
        return before.files.intersection(path for place in new for path in self.aliases[place])

    def known_as(self, path: str) -> tuple[str, ...]:
        """Return the files that an event about `path` concerns."""
        own = (path,) if path in self.files else ()
        return own + self.aliases.get(path, ())

    def lists(self, path: str) -> tuple[str, ...]:
        """Return the listed folders in which `path` is a name."""
        folder, name = os.path.split(path)
        return self.known_as(folder.rstrip(os.sep) + os.sep) if counts_in_listing(name) else ()

    def inside(self, folder: str) -> list[str]:
        """Return the files that are in `folder` or reached through it."""
        found = [path for path in sorted(self.files) if is_below(path, folder)]
        for real, known in self.aliases.items():
            if is_below(real, folder):
                found += known
        return found


def interest(
    reports: Collection[Report], watched: Iterable[str], project: str, written: Container[str] = ()
) -> Interest:
    """Return what matters for `reports` and the files named by `--watch`.

    Of what was opened, `written` does not: the application writes it itself.
    """
    wanted = {path: name for r in reports for path, name in candidates(r, project).items()}
    loaded = dict.fromkeys(module.file for r in reports for module in r.modules)
    read = dict.fromkeys(one.file for r in reports for one in r.read() if one.file not in written)
    afresh = dict.fromkeys(file for r in reports for file in r.served if file not in written)
    acted_upon = dict.fromkeys([*watched, *loaded, *wanted, *read])
    files = acted_upon | afresh
    links = _links(files, project)
    roots = {project, *(entry for r in reports for entry in r.search_path)}
    return Interest(
        files=frozenset(files),
        sources=frozenset(path for path in loaded if not is_installed(path)),
        read=frozenset(read.keys() - loaded.keys()),
        served=frozenset(afresh.keys() - acted_upon.keys()),
        candidates=wanted,
        aliases=links,
        directories=tuple(directories([*files, *links], roots, project)),
    )


def _links(files: Iterable[str], project: str) -> dict[str, tuple[str, ...]]:
    """Return where events about `files` happen if not at their own paths.

    That is the real path of a file that is reached through a link, and each link
    on the way inside the project: a link that is pointed elsewhere changes the file.
    """
    folders: dict[str, str] = {}
    found: dict[str, tuple[str, ...]] = {}
    for path in files:
        folder, name = os.path.split(path)
        if folder not in folders:
            folders[folder] = os.path.realpath(folder)
        real = os.path.join(folders[folder], name)
        if real == path and not os.path.islink(path):
            continue
        *hops, real = _hops(path)
        if not name:
            real += os.sep
        for place in (*(hop for hop in hops if is_below(hop, project)), real):
            if place != path:
                found[place] = (*found.get(place, ()), path)
    return found


def _hops(path: str) -> Iterator[str]:
    """Yield each link on the way to `path`, in the order they are followed, then its real path."""
    place, rest, followed = os.sep, path.split(os.sep), 0
    while rest:
        step = os.path.normpath(os.path.join(place, rest.pop(0)))
        if followed < _LONGEST_WAY and os.path.islink(step):
            yield step
            followed += 1
            target = os.readlink(step)
            place = os.sep if os.path.isabs(target) else place
            rest = target.split(os.sep) + rest
        else:
            place = step
    yield place
