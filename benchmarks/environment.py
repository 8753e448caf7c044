"""The virtual environment in which the peers and this checkout stand side by side.

It lives under .cache/ of the checkout, one for each set of requirements and version of Python,
so that a benchmark never changes what a developer has installed.  The programs restart
themselves in its interpreter, hence may import what it holds only after `enter`.

The checkout is installed anew at each start, as users have it: compiled, and as a wheel, for an
editable install would put the whole checkout on the path of the peers, some of which watch all
that is on it, and a file saved there during a run would be a reload that nobody counts on.  Where
it is not compiled it is installed once more, into a folder of its own (see `peers.INTERPRETED`).
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import platform
import re
import subprocess
import sys
from pathlib import Path

from peers import COMPILED, INTERPRETED, REQUIREMENTS

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".cache" / "benchmarks"
APPS = Path(__file__).resolve().parent / "apps"
BUILD = ("hatchling",)
"""What builds the checkout, installed once: each later start does without the network."""


def _key() -> str:
    # The tables of tools that follow [project] say nothing about what is to be installed.
    project = (ROOT / "pyproject.toml").read_text().partition("\n[tool.")[0]
    wanted = (*BUILD, *_compiler(), *REQUIREMENTS, *COMPILED)
    content = "\n".join((*wanted, project, platform.python_version()))
    digest = hashlib.sha256(content.encode()).hexdigest()
    return f"{sys.implementation.cache_tag}-{digest[:12]}"


def enter() -> None:
    """Go on in the benchmarks' interpreter: restarts this program there, returns only there."""
    home = CACHE / _key()
    if Path(sys.prefix) == home:
        return
    CACHE.mkdir(parents=True, exist_ok=True)
    python = str(home / "bin" / "python")
    with (CACHE / "lock").open("w") as lock:
        # Two benchmarks started together must not both fill the folder.
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (home / "complete").exists():
            _create(home, python)
        _install_checkout(python, home)
    os.execv(python, [python, *sys.argv])


def _install_checkout(python: str, home: Path) -> None:
    here = ("--no-deps", "--no-build-isolation", "--force-reinstall", str(ROOT))
    wanted = os.environ | {"SPAWNING_COMPILED": "1"}
    if subprocess.run([*_install(python), *here], env=wanted, capture_output=True).returncode:
        print("Spawning cannot be compiled here; its figures are of the sources", file=sys.stderr)
        _pip(python, *here)
    _pip(python, "--upgrade", "--target", str(home / INTERPRETED), *here)


def _compiler() -> list[str]:
    """Return what compiles the checkout."""
    words = re.search(r"^compiler = (\[.*\])$", (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    return json.loads(words[1]) if words else []


def _create(home: Path, python: str) -> None:
    print(f"installing the peers into {home.relative_to(ROOT)}", file=sys.stderr)
    _run([sys.executable, "-m", "venv", "--clear", str(home)])
    _pip(python, *BUILD, *_compiler(), *REQUIREMENTS)
    _pip(python, f"{ROOT}[devtools]")
    for name, header in COMPILED.items():
        _compile(python, name, header)
    (home / "complete").touch()


def _compile(python: str, name: str, header: str) -> None:
    if header:
        subprocess.run([sys.executable, str(ROOT / "scripts" / "system_packages.py"), header])
    if subprocess.run([*_install(python), name], capture_output=True).returncode:
        wanted = f"a C compiler{header and f' and {header}'}"
        print(
            f"{name} cannot be compiled here, and takes no part; it needs {wanted}, and then"
            f" this to be typed: rm -r {CACHE.relative_to(ROOT)}",
            file=sys.stderr,
        )


def _install(python: str) -> list[str]:
    return [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]


def _pip(python: str, *words: str) -> None:
    _run([*_install(python), *words])


def _run(command: list[str]) -> None:
    if subprocess.run(command, stdout=sys.stderr).returncode:
        sys.exit(f"the benchmarks' environment was not made; failed: {' '.join(command)}")
