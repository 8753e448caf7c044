"""Makes a virtual environment with this project in it, and keeps it up to date.

    python3 scripts/environment.py FOLDER GROUP [GROUP ...]

The project is installed to be edited, with the extra `devtools` and the dependency groups
that are named.  What was installed stands in a stamp in the folder, with the digest of
pyproject.toml's tables about installing, so that a second call costs nothing.

Runs with any Python 3, as `interpreters` does.
"""

import hashlib
import os
import shutil
import subprocess
import sys

import interpreters
import system_packages
from cache import CACHE, ROOT, CannotMake, alone, run

__all__ = ["CACHE", "ROOT", "CannotMake", "digest", "ensure"]

STAMP = "spawning-groups"
PIP = "pip>=25.1"  # the first that installs dependency groups


def ensure(
    folder: str, groups: "list[str]", wanted: "interpreters.Interpreter | None" = None
) -> str:
    """Return the interpreter of an environment in `folder` that has `groups` installed.

    With `wanted`, an environment of another Python is made anew; without, any that works
    is kept, and a missing one is made by the default Python.
    """
    python = os.path.join(folder, "bin", "python")
    with alone(os.path.basename(folder)):
        if not _is_current(python, wanted):
            base = wanted or interpreters.default()
            if base is None:
                raise CannotMake("no Python 3.10 or later with ssl and venv is on this machine")
            _create(folder, base)
        have = _read_stamp(folder)
        missing = [group for group in groups if group not in have]
        if missing:
            names = ", ".join(missing)
            print("installing {} into {}".format(names, os.path.relpath(folder, ROOT)), flush=True)
            _install(python, missing)
            _write_stamp(folder, [*have, *missing])
    return python


def _is_current(python: str, wanted: "interpreters.Interpreter | None") -> bool:
    own = interpreters.probe(python) if os.path.exists(python) else None
    if own is None or own.version < interpreters.OLDEST:
        return False
    return wanted is None or (own.version, own.prefix) == (wanted.version, wanted.prefix)


def _create(folder: str, base: "interpreters.Interpreter") -> None:
    if subprocess.call([base.path, "-c", "import ensurepip"], stderr=subprocess.DEVNULL):
        _install_ensurepip(base)
    run([base.path, "-m", "venv", "--clear", folder])


def _install_ensurepip(base: "interpreters.Interpreter") -> None:
    package = "python{}-venv".format(base.minor)
    remedy = "{} cannot make environments: type apt-get install {}".format(base, package)
    is_debian = os.path.exists("/etc/debian_version") and shutil.which("apt-get")
    if not (is_debian and base.prefix == "/usr" and os.geteuid() == 0):
        raise CannotMake(remedy)
    print("installing {}".format(package), flush=True)
    quiet = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    subprocess.call(["apt-get", "update", "-qq"], env=quiet)
    waiting = system_packages.PATIENCE
    if subprocess.call(["apt-get", "install", "-y", "-qq", *waiting, package], env=quiet):
        raise CannotMake(remedy)


def _install(python: str, groups: "list[str]") -> None:
    if subprocess.call([python, "-c", "import pip"], stderr=subprocess.DEVNULL):
        run([python, "-m", "ensurepip"])  # whoever made the environment was interrupted
    pip = [python, "-m", "pip", "--quiet", "--disable-pip-version-check", "install"]
    run([*pip, "--upgrade", PIP])
    run([*pip, "--editable", ".[devtools]", *["--group=" + group for group in groups]])


def digest() -> str:
    """Return the digest of what pyproject.toml says about installing."""
    with open(os.path.join(ROOT, "pyproject.toml"), encoding="utf-8") as file:
        # The tables of tools come last, and say nothing about what is to be installed.
        installing = file.read().partition("\n[tool.")[0]
    return hashlib.sha256(installing.encode()).hexdigest()


def _read_stamp(folder: str) -> "list[str]":
    try:
        with open(os.path.join(folder, STAMP), encoding="utf-8") as file:
            written, *groups = file.read().split()
    except (OSError, ValueError):
        return []
    return groups if written == digest() else []


def _write_stamp(folder: str, groups: "list[str]") -> None:
    with open(os.path.join(folder, STAMP), "w", encoding="utf-8") as file:
        file.write("\n".join([digest(), *groups]) + "\n")


def main(folder: str, *groups: str) -> int:
    """Make the environment that the command line names."""
    try:
        ensure(os.path.abspath(folder), list(groups))
    except CannotMake as error:
        print("error: {}".format(error), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
