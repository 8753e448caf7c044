"""Checks that each third-party dependency comes in by one door: the module that imports it.

So a dependency can be replaced, guarded or read about in one place.  A dependency without
a row in the table may not be imported at all.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = {"spawning": ROOT / "spawning", "spawning_devtools": ROOT / "devtools/spawning_devtools"}

DOORS = {
    "coverage": {
        "spawning_devtools.cover.reports.analysis",
        "spawning_devtools.cover.reports.datafile",
        "spawning_devtools.cover.meter.measuring",
        "spawning_devtools.cover.reports.printer",
    },
    "django": {"spawning.django_factory", "spawning_devtools.setups"},
    "eventlet": {"spawning.http.green", "spawning_devtools.backdoor.session.hub"},
    "greenlet": {"spawning.http.green", "spawning_devtools.backdoor.session.hub"},
    "httptools": {"spawning.http.parser"},
    "paste": {"spawning.paste_factory"},
    "prompt_toolkit": {
        "spawning_devtools.ctl.attach.keys",
        "spawning_devtools.ctl.attach.menu",
        "spawning_devtools.ctl.attach.prompt",
        "spawning_devtools.ctl.attach.screen",
        "spawning_devtools.ctl.top.screen",
    },
    "psutil": {"spawning.inspection"},
    "setproctitle": {"spawning.title"},
    "tomli": {"spawning.cli.settings"},
    "watchdog": {"spawning_devtools.reload.watcher.inotify"},
}


def modules() -> Iterator[tuple[str, Path]]:
    """Yield the full name and the file of each module of ours."""
    for package, folder in PACKAGES.items():
        for path in sorted(folder.rglob("*.py")):
            parts = path.relative_to(folder).with_suffix("").parts
            yield ".".join([package, *parts]).removesuffix(".__init__"), path


def imported(source: str) -> Iterator[tuple[int, str]]:
    """Yield the line and the top-level name of each import, wherever in the file it stands."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name.partition(".")[0]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.lineno, node.module.partition(".")[0]


def main() -> int:
    """Print each import that takes no door; return 1 if there is one."""
    complaints = []
    for module, path in modules():
        for line, name in imported(path.read_text()):
            if name in sys.stdlib_module_names or name in PACKAGES:
                continue
            doors = DOORS.get(name, set())
            if module not in doors:
                allowed = " or ".join(sorted(doors)) or "scripts/check_doors.py names no door"
                where = f"{path.relative_to(ROOT)}:{line}"
                complaints.append(f"{where}: {module} imports {name}; its door: {allowed}")
    print(*complaints, sep="\n", end="\n" if complaints else "")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
