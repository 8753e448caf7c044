"""Which Pythons this machine has: one of each minor version that the project supports.

Runs with any Python 3, because the default one may be too old to be one of them:
hence no annotation here is evaluated, and nothing newer than Python 3.6 is called.

    python3 scripts/interpreters.py     prints what was found, and what was passed over
"""

import glob
import os
import shutil
import subprocess
import sys
from typing import NamedTuple

OLDEST = (3, 10)
NEWEST_LOOKED_FOR = 30
SECONDS = 30

PROBE = """
import sys
print(".".join(map(str, sys.version_info[:3])), sys.base_prefix, sep="\\n")
for name in ("ssl", "venv"):
    try:
        __import__(name)
    except Exception as error:
        print("%s (%s)" % (name, error))
        break
"""


class Interpreter(NamedTuple):
    """A Python that runs."""

    path: str
    version: "tuple[int, ...]"
    prefix: str
    """`sys.base_prefix`: where its standard library lives."""
    broken: str
    """What cannot be imported, empty where all that an environment needs can."""

    @property
    def minor(self) -> str:
        """Return the version without its last part, such as 3.12."""
        return "%d.%d" % self.version[:2]

    def __str__(self) -> str:
        return "Python {} ({})".format(".".join(map(str, self.version)), self.path)


def principal() -> "list[str]":
    """Return the paths of the default Python and of the system's own."""
    return [shutil.which("python3") or "", "/usr/bin/python3"]


def candidates() -> "list[str]":
    """Return the paths at which a Python may be, those to be preferred first."""
    minors = range(OLDEST[1], NEWEST_LOOKED_FOR)
    named: list[str | None] = [*principal(), sys.executable]
    named += [shutil.which("python3.%d" % minor) for minor in minors]
    named += ["/usr/bin/python3.%d" % minor for minor in minors]
    named += sorted(glob.glob(os.path.expanduser("~/.pyenv/versions/*/bin/python")))
    return [path for path in dict.fromkeys(named) if path and os.access(path, os.X_OK)]


def probe(path: str) -> "Interpreter | None":
    """Return what a Python says about itself, or None where it does not run."""
    command = [path, "-I", "-c", PROBE]
    try:
        output = subprocess.check_output(command, stderr=subprocess.DEVNULL, timeout=SECONDS)
    except (OSError, subprocess.SubprocessError):
        return None
    version, prefix, *broken = output.decode(errors="replace").splitlines() or ["0", ""]
    return Interpreter(path, tuple(map(int, version.split("."))), prefix, "".join(broken))


def choose(
    found: "list[Interpreter]", principal: "list[str]"
) -> "tuple[list[Interpreter], list[str]]":
    """Return those to test with, oldest first, and remarks on those that cannot be used.

    Pure.  `found` is in the order of preference: the first usable one of each minor version
    is chosen, and those at the paths `principal` are chosen even if they share one.
    """
    chosen: list[Interpreter] = []
    remarks = []
    for one in found:
        rivals = [other for other in chosen if other.minor == one.minor]
        if one.path in principal:
            rivals = [other for other in rivals if other[1:] == one[1:]]
        if one.version < OLDEST or rivals:
            continue
        if one.broken:
            remarks.append("{} is passed over: it cannot import {}".format(one, one.broken))
        else:
            chosen.append(one)
    return sorted(chosen, key=lambda one: one.version), remarks


def all_found() -> "list[Interpreter]":
    """Return the Pythons of this machine, those to be preferred first."""
    return [one for one in map(probe, candidates()) if one is not None]


def default() -> "Interpreter | None":
    """Return the first usable Python: `python3` unless it is too old or broken."""
    for path in candidates():
        one = probe(path)
        if one is not None and one.version >= OLDEST and not one.broken:
            return one
    return None


def main() -> int:
    """Print the Pythons that `make test` uses."""
    chosen, remarks = choose(all_found(), principal())
    for line in [*map(str, chosen), *remarks]:
        print(line)
    return 0 if chosen else 1


if __name__ == "__main__":
    sys.exit(main())
