"""Runs all tests with each Python of this machine, each in an environment of its own.

    python3 scripts/each_python.py [ARGUMENT OF PYTEST ...]

Runs with any Python 3, as `interpreters` does.
"""

import contextlib
import os
import signal
import subprocess
import sys
import time

import environment
import interpreters

SIDE_BY_SIDE = ("-n", "5", "--dist", "worksteal")
"""Most tests wait for a server most of the time, so there are more of them than cores."""
AGAIN = ("-m", "not once")
"""For all Pythons but the first."""
BETWEEN = ("-m", "not once and not slow")
"""For those that are neither the oldest nor the newest: no real servers, for all of it has to
stay below twenty minutes."""
LONGEST = 2700
"""Seconds after which the tests of one Python are taken to hang: a busy machine takes its time."""


def run(one: "interpreters.Interpreter", arguments: "list[str]") -> str:
    """Run the tests with one Python; return how that went, `passed` if well."""
    folder = os.path.join(environment.CACHE, "venv-" + one.minor)
    try:
        python = environment.ensure(folder, ["test"], one)
    except environment.CannotMake as error:
        return str(error)
    # A session of its own, so that servers which tests left behind can be ended too.
    command = [python, "-m", "pytest", *SIDE_BY_SIDE, *arguments]
    tests = subprocess.Popen(command, cwd=environment.ROOT, start_new_session=True)
    try:
        code = tests.wait(LONGEST)
    except subprocess.TimeoutExpired:
        return "did not end within {} s".format(LONGEST)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(tests.pid, signal.SIGKILL)
        tests.wait()
    return "failed with exit code {}".format(code) if code else "passed"


def selection(number: int, chosen: "list[interpreters.Interpreter]") -> "tuple[str, ...]":
    """Return which tests the Python of this number runs, in the words of pytest."""
    if number == 0:
        return ()
    return AGAIN if number == len(chosen) - 1 else BETWEEN


def main(arguments: "list[str]") -> int:
    """Run the tests with each Python; return 1 if any of them failed."""
    chosen, remarks = interpreters.choose(interpreters.all_found(), interpreters.principal())
    results = []  # type: list[str]
    for number, one in enumerate(chosen):
        print("\n==== {} ====".format(one), flush=True)
        began = time.monotonic()
        result = run(one, [*selection(number, chosen), *arguments])
        results.append(result)
        remarks.append("{}: {} in {:.0f} s".format(one, result, time.monotonic() - began))
    print("\n==== all ====", *remarks, sep="\n", flush=True)
    return 0 if results and all(result == "passed" for result in results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
