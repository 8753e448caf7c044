"""Folders in .cache that are filled once, whoever comes first, and never half.

Runs with any Python 3, as `interpreters` does.
"""

import contextlib
import fcntl
import glob
import hashlib
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
CACHE = os.path.join(ROOT, ".cache")


class CannotMake(Exception):
    """What is needed cannot be made; the text says why and what to do."""


@contextlib.contextmanager
def alone(name: str) -> "Iterator[None]":
    """Wait until nobody else is at `name`: two targets that run together must not both fill it."""
    os.makedirs(CACHE, exist_ok=True)
    with open(os.path.join(CACHE, name + ".lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def filled(kind: str, version: str, fill: "Callable[[str], None]") -> str:
    """Return the folder of a version of something, after `fill` has made it if need be.

    Other versions of the kind are given up, for they are large.
    """
    folder = os.path.join(CACHE, "{}-{}".format(kind, version))
    with alone(kind):
        if not os.path.isdir(folder):
            draft = os.path.join(CACHE, kind + ".draft")
            shutil.rmtree(draft, ignore_errors=True)
            os.makedirs(draft)
            print("preparing {} {}".format(kind, version), flush=True)
            fill(draft)
            for old in glob.glob(os.path.join(CACHE, kind + "-[0-9]*")):
                shutil.rmtree(old)
            os.rename(draft, folder)
    return folder


def digest(*paths: str) -> str:
    """Return a short digest of what stands in some files."""
    whole = hashlib.sha256()
    for path in paths:
        with open(path, "rb") as file:
            whole.update(file.read())
    return whole.hexdigest()[:12]


def run(command: "list[str]", folder: str = ROOT, **variables: str) -> None:
    """Run a command, or raise `CannotMake`."""
    if subprocess.call(command, cwd=folder, env=dict(os.environ, **variables)):
        raise CannotMake("this failed: " + " ".join(command))
