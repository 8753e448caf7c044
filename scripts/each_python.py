"""Runs all tests with each Python of this machine, each in an environment of its own.

    python3 scripts/each_python.py [ARGUMENT OF PYTEST ...]

With the newest one they run in a copy whose engine is compiled, as most people have it.

Runs with any Python 3, as `interpreters` does.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from typing import NamedTuple

import compiled
import environment
import interpreters

SIDE_BY_SIDE = ("-n", "5", "--dist", "worksteal")
"""Most tests wait for a server most of the time, so there are more of them than cores."""
AGAIN = ("-m", "not once")
"""For what is compiled, by the newest Python."""
BETWEEN = ("-m", "not once and not slow")
"""For all Pythons but the oldest: no real servers, for all of it has to stay below twenty
minutes."""
LONGEST = 2700
"""Seconds after which the tests of one Python are taken to hang: a busy machine takes its time."""


class Round(NamedTuple):
    """Tests that are run with one Python."""

    name: str
    python: "interpreters.Interpreter"
    run: "Callable[[interpreters.Interpreter, list[str]], str]"
    selection: "tuple[str, ...]"
    """Which tests, in the words of pytest."""


def run(one: "interpreters.Interpreter", arguments: "list[str]") -> str:
    """Run the tests with one Python; return how that went, `passed` if well."""
    try:
        return tested(environment_of(one), environment.ROOT, arguments)
    except environment.CannotMake as error:
        return str(error)


def run_compiled(one: "interpreters.Interpreter", arguments: "list[str]") -> str:
    """Run the tests with one Python in a copy whose engine is compiled; return how that went."""
    folder = tempfile.mkdtemp(prefix="spawning-compiled-")
    os.chmod(folder, 0o755)  # tests serve from there as another user
    try:
        python = compiled.make(folder, environment_of(one))
        return tested(python, os.path.join(folder, "tree"), arguments)
    except environment.CannotMake as error:
        return str(error)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def environment_of(one: "interpreters.Interpreter") -> str:
    """Return the interpreter of the environment for one Python; raises CannotMake."""
    return environment.ensure(os.path.join(environment.CACHE, "venv-" + one.minor), ["test"], one)


def tested(python: str, root: str, arguments: "list[str]") -> str:
    """Run the tests of a checkout; return how that went."""
    # A session of its own, so that servers which tests left behind can be ended too.
    command = [python, "-m", "pytest", *SIDE_BY_SIDE, *arguments]
    tests = subprocess.Popen(command, cwd=root, start_new_session=True)
    try:
        code = tests.wait(LONGEST)
    except subprocess.TimeoutExpired:
        return "did not end within {} s".format(LONGEST)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(tests.pid, signal.SIGKILL)
        tests.wait()
    return "failed with exit code {}".format(code) if code else "passed"


def rounds(chosen: "list[interpreters.Interpreter]") -> "Iterator[Round]":
    """Yield what is to be run, for Pythons that are sorted by their age."""
    for number, one in enumerate(chosen):
        yield Round(str(one), one, run, BETWEEN if number else ())
    for one in chosen[-1:]:
        yield Round("{}, compiled".format(one), one, run_compiled, AGAIN)


def main(arguments: "list[str]") -> int:
    """Run the tests with each Python; return 1 if any of them failed."""
    chosen, remarks = interpreters.choose(interpreters.all_found(), interpreters.principal())
    results = []  # type: list[str]
    for what in rounds(chosen):
        print("\n==== {} ====".format(what.name), flush=True)
        began = time.monotonic()
        result = what.run(what.python, [*what.selection, *arguments])
        results.append(result)
        remarks.append("{}: {} in {:.0f} s".format(what.name, result, time.monotonic() - began))
    print("\n==== all ====", *remarks, sep="\n", flush=True)
    return 0 if results and all(result == "passed" for result in results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
