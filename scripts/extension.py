"""Checks, tests and packs the extension for VS Code.

    python3 scripts/extension.py STEP [STEP ...]

    types lint unit     the fast ones, side by side
    host                tests in the real extension host
    journeys            what a user does, in the real workbench, seen through a browser
    pack                makes dist/spawning-VERSION.vsix; `pack=FOLDER` makes it elsewhere
    tidy                lays the code out, mends what can be mended by itself

The last line says how many tests passed and failed.  `journeys=NAME` runs only those whose
file has NAME in its name.  Runs with any Python 3, as `interpreters` does.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import cache
import code_server
import environment
import node

FOLDER = os.path.join(cache.ROOT, "vscode-extension")
RESULTS = os.path.join(cache.CACHE, "extension")
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
LARGEST = 150 * 1024
"""Bytes of the packed extension: it is to be there at once, and has no dependencies."""

FAST = {
    "types": ["npm", "run", "--silent", "types"],
    "lint": ["npm", "run", "--silent", "lint"],
    "unit": ["npx", "vitest", "run", "--reporter=dot", "--reporter=json"],
}
SLOW = {
    "host": ["node", "tests/workbench/host.mts"],
    "journeys": ["node", "tests/workbench/journeys.mts"],
}


class Outcome(NamedTuple):
    """What has come of a step."""

    step: str
    passed: int
    failed: int
    seconds: float
    output: str = ""


def install() -> "dict[str, str]":
    """Install the tools of the extension; return what the environment must say to use them."""
    variables = node.variables()
    modules = os.path.join(FOLDER, "node_modules")
    stamp = os.path.join(modules, ".spawning-digest")
    wanted = node.VERSION + " " + cache.digest(os.path.join(FOLDER, "package-lock.json"))
    with cache.alone("node-modules"):
        if not os.path.exists(stamp) or _read(stamp) != wanted:
            print("installing the tools of the extension", flush=True)
            cache.run(["npm", "ci"], FOLDER, **variables)
            with open(stamp, "w", encoding="utf-8") as file:
                file.write(wanted)
    return variables


def _read(path: str) -> str:
    with open(path, encoding="utf-8") as file:
        return file.read()


def version() -> str:
    """Return the version of the server in the form that extensions have: 1.2.0-dev.3."""
    init = _read(os.path.join(cache.ROOT, "spawning", "__init__.py"))
    found = re.search(r'__version__ = "(\d+\.\d+\.\d+)(?:\.?(dev|a|b|rc)(\d+))?"', init)
    if found is None:
        raise cache.CannotMake("spawning/__init__.py has no version such as 1.2.0 or 1.2.0.dev3")
    number, kind, count = found.groups()
    return "{}-{}.{}".format(number, kind, count) if kind else number


def pack(variables: "dict[str, str]", folder: str = "") -> str:
    """Make the file that VS Code installs; return its path."""
    folder = os.path.join(cache.ROOT, folder or "dist")
    path = os.path.join(folder, "spawning-{}.vsix".format(version()))
    os.makedirs(os.path.dirname(path), exist_ok=True)
    cache.run(["node", "esbuild.mjs"], FOLDER, **variables)
    _write_readme()
    options = ["--no-dependencies", "--allow-missing-repository", "--no-rewrite-relative-links"]
    options += ["--readme-path", "dist/README.md"]
    options += ["--no-update-package-json", "--no-git-tag-version", "--out", path]
    cache.run(["npx", "vsce", "package", version(), *options], FOLDER, **variables)
    size = os.path.getsize(path)
    if size > LARGEST:
        raise cache.CannotMake(
            "{} has {} bytes, {} are allowed: see what is in it by unzip -v".format(
                path, size, LARGEST
            )
        )
    print("{}: {:.0f} KB".format(os.path.relpath(path, cache.ROOT), size / 1024))
    return path


def _write_readme() -> None:
    """Write the README that is packed: the editor shows no picture that is not from the web."""
    text = re.sub(
        r"!\[[^]]*\]\(media/\w+\.png\)\n\n?", "", _read(os.path.join(FOLDER, "README.md"))
    )
    with open(os.path.join(FOLDER, "dist", "README.md"), "w", encoding="utf-8") as file:
        file.write(text)


def run_fast(step: str, variables: "dict[str, str]") -> Outcome:
    """Run one of the fast steps, keeping what it prints."""
    results = os.path.join(RESULTS, step + ".json")
    command = FAST[step] + (["--outputFile=" + results] if step == "unit" else [])
    began = time.monotonic()
    done = subprocess.run(
        command,
        cwd=FOLDER,
        env=dict(os.environ, NO_COLOR="1", **variables),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    counts = (1, 0) if step != "unit" else _counts(results, "numPassedTests", "numFailedTests")
    return _outcome(step, counts, done.returncode, began, done.stdout)


def run_slow(step: str, only: str, variables: "dict[str, str]") -> Outcome:
    """Run tests with a browser; what they print is seen as it comes."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        print("chromium is not there, so there are no {} tests".format(step))
        return Outcome(step, 0, 0, 0)
    began = time.monotonic()
    results = os.path.join(RESULTS, step + ".json")
    more = {
        "SPAWNING_CHROMIUM": browser,
        "SPAWNING_CODE_SERVER": code_server.ensure(),
        "SPAWNING_PYTHON": environment.ensure(node.ENVIRONMENT, ["test"]),
        "SPAWNING_RESULTS": results,
        "SPAWNING_SCREENSHOTS": os.path.join(cache.CACHE, "journeys"),
    }
    if step == "host":
        cache.run(["node", "esbuild.mjs", "--tests"], FOLDER, **variables)
    else:
        more["SPAWNING_VSIX"] = pack(variables)
    command = [*SLOW[step], *filter(None, [only])]
    code = subprocess.call(command, cwd=FOLDER, env=dict(os.environ, **variables, **more))
    return _outcome(step, _counts(results, "passed", "failed"), code, began)


def _counts(results: str, passed: str, failed: str) -> "tuple[int, int]":
    try:
        told = json.loads(_read(results))
    except (OSError, ValueError):
        return 0, 1
    return told[passed], told[failed]


def _outcome(
    step: str, counts: "tuple[int, int]", code: int, began: float, output: str = ""
) -> Outcome:
    passed, failed = counts
    if code and not failed:  # it could not even say what went wrong
        passed, failed = (0, 1) if step not in ("unit", *SLOW) else (passed, 1)
    return Outcome(step, passed, failed, time.monotonic() - began, output)


def run(steps: "list[str]") -> int:
    """Run steps, the fast ones side by side; return 1 if anything failed."""
    variables = install()
    shutil.rmtree(RESULTS, ignore_errors=True)
    os.makedirs(RESULTS)
    if "tidy" in steps:
        cache.run(["npm", "run", "--silent", "tidy"], FOLDER, **variables)
    outcomes = []
    with ThreadPoolExecutor(2) as pool:
        fast = [step for step in steps if step in FAST]
        for outcome in pool.map(run_fast, fast, [variables] * len(fast)):
            if outcome.failed:
                print(outcome.output)
            outcomes.append(outcome)
    for step, _, only in (step.partition("=") for step in steps):
        if step == "pack":
            pack(variables, only)
        if step in SLOW:
            outcomes.append(run_slow(step, only, variables))
    for one in outcomes:
        print("{:<10} {:>4} passed, {} failed in {:.0f} s".format(*one[:4]))
    failed = sum(one.failed for one in outcomes)
    if outcomes:
        print("{} passed, {} failed".format(sum(one.passed for one in outcomes), failed))
    return 1 if failed else 0


def main(steps: "list[str]") -> int:
    """Run the steps that the command line names."""
    known = [*FAST, *SLOW, "pack", "tidy"]
    if not steps or not {step.partition("=")[0] for step in steps} <= set(known):
        print("usage: extension.py STEP ...; steps are " + ", ".join(known), file=sys.stderr)
        return 2
    try:
        return run(steps)
    except cache.CannotMake as error:
        print("error: {}".format(error), file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
