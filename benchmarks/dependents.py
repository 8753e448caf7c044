"""How many modules of a site depend on a file, read from the import statements of its files.

Deliberately apart from the module graph of the server that is measured: the table states what
an edit concerns, whoever serves.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

AROUND = ("as_asgi", "manage")
"""Ways to start the site, and no part of it."""


def dependents(folder: Path, file: str) -> int:
    """Return how many modules import `file` of the site in `folder`, directly or through others.

    Only imports at the top of a module count: what a function imports when it is called is there
    by name only.
    """
    modules = {_name(path.relative_to(folder)): path for path in sorted(folder.rglob("*.py"))}
    modules = {name: path for name, path in modules.items() if name not in AROUND}
    importers: dict[str, set[str]] = {}
    for name, path in modules.items():
        for imported in _imports(path):
            importers.setdefault(imported, set()).add(name)
    start = _name(Path(file))
    found, pending = {start}, [start]
    while pending:
        for importer in importers.get(pending.pop(), set()) - found:
            found.add(importer)
            pending.append(importer)
    return len(found) - 1


def _name(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imports(path: Path) -> Iterator[str]:
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield from _with_packages(alias.name)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                # `from a import b` imports a, and a.b where that is a module.
                yield from _with_packages(f"{node.module}.{alias.name}")


def _with_packages(name: str) -> Iterator[str]:
    while name:
        yield name
        name = name.rpartition(".")[0]
