"""A copy of this checkout whose engine is compiled, and an environment in which it is tested.

    python3 scripts/compiled.py FOLDER PYTHON     fills a new folder

PYTHON is that of an environment which has what the tests need: the copy's own environment looks
for packages there, so that nothing has to be installed again.  The folder must not be hidden in
a hidden one, for what is served from there is not watched.

Runs with any Python 3, as `interpreters` does.
"""

import glob
import os
import shutil
import subprocess
import sys
import zipfile

import system_packages
from cache import ROOT, CannotMake, run

NOT_COPIED = shutil.ignore_patterns(
    *(".git", ".venv", ".cache", ".*_cache", "__pycache__", "_build", "dist", "node_modules")
)
HEADERS = (
    "import sysconfig as s; print(s.get_path('platinclude'), s.get_python_version(), sep='\\n')"
)
WHERE = "import sysconfig; print(sysconfig.get_path('purelib'))"


def make(folder: str, python: str) -> str:
    """Fill `folder`; return the interpreter of its environment.  Raises CannotMake."""
    _prepare(python)
    wheels, tree = os.path.join(folder, "wheels"), os.path.join(folder, "tree")
    shutil.copytree(ROOT, tree, symlinks=True, ignore=NOT_COPIED)
    pip = [python, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    run([*pip, "wheel", "--no-deps", "--wheel-dir", wheels, tree], SPAWNING_COMPILED="1")
    (wheel,) = glob.glob(os.path.join(wheels, "*.whl"))
    with zipfile.ZipFile(wheel) as packed:
        modules = [name for name in packed.namelist() if name.endswith(".so")]
        packed.extractall(tree, modules)
    own = _environment(os.path.join(folder, "venv"), tree, python)
    said = subprocess.check_output([own, "-m", "spawning", "--version"], cwd=folder, text=True)
    if "(compiled)" not in said:
        raise CannotMake("what runs is not what was compiled: " + said)
    return own


def _prepare(python: str) -> None:
    """See to it that something can be compiled for a Python; raises CannotMake."""
    missing = _missing(python)
    if missing and os.geteuid() == 0 and shutil.which("apt-get"):
        system_packages.install(missing)
        missing = _missing(python)
    if missing:
        raise CannotMake("nothing can be compiled; type: apt-get install " + " ".join(missing))


def _missing(python: str) -> "list[str]":
    include, version = subprocess.check_output([python, "-c", HEADERS], text=True).split()
    has_headers = os.path.exists(os.path.join(include, "Python.h"))
    compiler = [] if shutil.which("cc") else ["gcc", "libc6-dev"]
    return compiler if has_headers else [*compiler, "python{}-dev".format(version)]


def _environment(folder: str, tree: str, python: str) -> str:
    run([python, "-m", "venv", "--without-pip", folder])
    own = os.path.join(folder, "bin", "python")
    theirs, ours = (subprocess.check_output([one, "-c", WHERE], text=True) for one in (python, own))
    # Not the other's `.pth` files, one of which leads to the checkout.
    with open(os.path.join(ours.strip(), "compiled.pth"), "w", encoding="utf-8") as paths:
        paths.write("\n".join([tree, os.path.join(tree, "devtools"), theirs]))
    for script in glob.glob(os.path.join(os.path.dirname(python), "*")):
        _copy_script(script, os.path.join(folder, "bin"), own)
    return own


def _copy_script(script: str, folder: str, python: str) -> None:
    with open(script, "rb") as file:
        first, _, rest = file.read().partition(b"\n")
    if first.startswith(b"#!") and b"python" in first:
        copy = os.path.join(folder, os.path.basename(script))
        with open(copy, "wb") as file:
            file.write(b"#!" + os.fsencode(python) + b"\n" + rest)
        os.chmod(copy, 0o755)


def main(folder: str, python: str) -> int:
    """Make the copy that the command line asks for."""
    try:
        print(make(os.path.abspath(folder), python))
    except CannotMake as error:
        print("error: {}".format(error), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
