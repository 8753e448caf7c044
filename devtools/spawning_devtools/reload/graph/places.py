"""Which files matter, and which directories have to be watched for them: pure.

Rules:
1. A directory is watched when it holds a file that matters, and so are its parents
   up to the entry of the search path that it was found in: only they tell when
   the directory itself is replaced.
2. A module that was looked for and not found matters too, at each path where it
   would be found, but only inside the project: nobody creates files among the
   installed packages by hand.
3. A folder whose names were listed matters as a file does whose content they are; its
   path ends with a slash.
4. The project comes first, for the kernel's limit may be reached.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

from spawning_devtools.reload.graph.reports import Report
from spawning_devtools.reload.origin import is_installed
from spawning_devtools.reload.passing import PASSING


def is_below(path: str, folder: str) -> bool:
    """Return whether `path` is `folder` or somewhere in it."""
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


def candidates(report: Report, project: str) -> dict[str, str]:
    """Return the paths inside `project` that would change an import by appearing, with the names.

    That is each place where a missing module would be found, its folder too, which may
    become a namespace package; and a package beside a module, which it would shadow.

    >>> report = Report(1, 0.0, missing={"local": None}, search_path=("/p", "/usr/lib"))
    >>> candidates(report, "/p")
    {'/p/local.py': 'local', '/p/local': 'local', '/p/local/__init__.py': 'local'}
    """
    regular = {
        module.name: (os.path.dirname(module.file),)
        for module in report.modules
        if module.is_package
    }

    def folders(package: str) -> Iterable[str]:
        """Return where the submodules of `package` are looked for."""
        if not package:
            return report.search_path
        if package in regular:
            return (*regular[package], *report.packages.get(package, ()))
        # A namespace package: a part of it may be below each entry.
        parent, _, last = package.rpartition(".")
        below = (os.path.join(place, last) for place in folders(parent))
        return (*report.packages.get(package, ()), *below)

    found = _shadows(report, project)
    for name in report.missing:
        parent, _, last = name.rpartition(".")
        for folder in folders(parent):
            if is_below(folder, project) and not is_installed(folder):
                place = os.path.join(folder, last)
                found[f"{place}.py"] = found[place] = name
                found[os.path.join(place, "__init__.py")] = name
    return found


def _shadows(report: Report, project: str) -> dict[str, str]:
    """Return the paths of packages that would be found before modules beside them."""
    return {
        os.path.join(module.file.removesuffix(".py"), "__init__.py"): module.name
        for module in report.modules
        if is_below(module.file, project)
        and not is_installed(module.file)
        and module.file.endswith(f"{os.sep}{module.name.rpartition('.')[2]}.py")
    }


def counts_in_listing(name: str) -> bool:
    """Return whether a new file of this name is one that a listing of its folder is about."""
    return not (
        name.startswith((".", "#", "__pycache__")) or name.endswith(PASSING) or name.isdigit()
    )


def directories(files: Iterable[str], roots: Iterable[str], project: str) -> list[str]:
    """Return the directories to watch for `files`, the project's own first."""
    tops = {root for root in roots if os.path.isabs(root)}
    found = dict.fromkeys(place for file in files for place in _upwards(file, tops))
    return sorted(found, key=lambda place: is_installed(place) or not is_below(place, project))


def _upwards(file: str, tops: set[str]) -> Iterator[str]:
    place = os.path.dirname(file)
    yield place
    ancestors = []
    while place not in tops:
        parent = os.path.dirname(place)
        if parent == place:
            return  # Not below any entry: its own directory has to do.
        ancestors.append(parent)
        place = parent
    yield from ancestors
