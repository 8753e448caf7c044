"""Prepares code-server in .cache: the real workbench and extension host of VS Code, for tests.

    python3 scripts/code_server.py     prepares it, and prints where it is

npm's package `code-server` holds them.  Its dependencies are installed without their scripts,
which would compile things that no test uses: no compiler is needed, and what is not compiled
the server does without.  Runs with any Python 3, as `interpreters` does.
"""

import os
import shutil
import sys

import cache
import node

VERSION = "4.139.1"
LEFT_OUT = (
    # Assistants and containers, a third of the whole; no test of the extension loads them.
    "node_modules/@github",
    "node_modules/@microsoft/mxc-sdk",
    "node_modules/@devcontainers",
    "extensions/copilot",
)
NPM = ("npm", "install", "--ignore-scripts", "--no-package-lock")


def ensure() -> str:
    """Return the folder of code-server's package, after having filled it if need be."""
    version = "{}-{}".format(VERSION, cache.digest(os.path.abspath(__file__)))
    return _package(cache.filled("code-server", version, _fill))


def _package(folder: str) -> str:
    return os.path.join(folder, "node_modules", "code-server")


def _fill(folder: str) -> None:
    variables = node.variables()
    with open(os.path.join(folder, "package.json"), "w", encoding="utf-8") as file:
        file.write('{"private": true}\n')
    cache.run([*NPM, "code-server@" + VERSION], folder, **variables)
    editor = os.path.join(_package(folder), "lib", "vscode")
    cache.run([*NPM, "--omit=dev"], editor, **variables)
    for name in LEFT_OUT:
        shutil.rmtree(os.path.join(editor, name), ignore_errors=True)


def main() -> int:
    """Prepare it, and print where it is."""
    try:
        print(ensure())
    except cache.CannotMake as error:
        print("error: {}".format(error), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
