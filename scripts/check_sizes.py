"""Checks that files and functions stay small, and lists the ones that may not.

An exception that is no longer needed is an error too, so that the list only shrinks.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("spawning", "devtools", "benchmarks", "tests", "scripts", "docs")
LEFT_OUT = (ROOT / "tests" / "apps",)  # applications as users write them

FILE_LINES = 300
FUNCTION_LINES = 40
ARGUMENTS = 6
"""Not counting `self` and `cls`."""

EXCEPTIONS = {
    # A file, or a function as FILE:CLASS.NAME; and the reason.
    "spawning/http/engine.py:Engine.__init__": "keywords only: a worker is put together here",
}


class Excess(NamedTuple):
    """Something that is too large."""

    where: str
    """A path, or a path and the name of a function: what `EXCEPTIONS` may name."""
    line: int
    what: str


def files() -> list[Path]:
    """Return the source files that are checked."""
    return [
        path
        for folder in FOLDERS
        for path in sorted((ROOT / folder).rglob("*.py"))
        if not any(path.is_relative_to(left_out) for left_out in LEFT_OUT)
    ]


def excesses(name: str, source: str) -> Iterator[Excess]:
    """Yield what is too large in one file."""
    lines = source.count("\n")
    if lines > FILE_LINES:
        yield Excess(name, 1, f"{lines} lines, {FILE_LINES} are allowed")
    for node, path in _functions(ast.parse(source), ()):
        where = f"{name}:{'.'.join(path)}"
        length = (node.end_lineno or node.lineno) - node.lineno + 1
        if length > FUNCTION_LINES:
            yield Excess(where, node.lineno, f"{length} lines, {FUNCTION_LINES} are allowed")
        arguments = _arguments(node.args)
        if arguments > ARGUMENTS:
            yield Excess(where, node.lineno, f"{arguments} arguments, {ARGUMENTS} are allowed")


def _functions(
    node: ast.AST, outer: tuple[str, ...]
) -> Iterator[tuple[ast.FunctionDef | ast.AsyncFunctionDef, tuple[str, ...]]]:
    for child in ast.iter_child_nodes(node):
        path = outer
        if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            path = (*outer, child.name)
        if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield child, path
        yield from _functions(child, path)


def _arguments(declared: ast.arguments) -> int:
    named = [*declared.posonlyargs, *declared.args, *declared.kwonlyargs]
    return sum(argument.arg not in ("self", "cls") for argument in named)


def main() -> int:
    """Print what is too large; return 1 if anything is, or if an exception is not needed."""
    found = {}
    for path in files():
        name = path.relative_to(ROOT).as_posix()
        found.update({excess.where: excess for excess in excesses(name, path.read_text())})
    complaints = [
        f"{excess.where.partition(':')[0]}:{excess.line}: {excess.where}: {excess.what}"
        for where, excess in found.items()
        if where not in EXCEPTIONS
    ]
    complaints += [
        f"scripts/check_sizes.py: {where} needs no exception any more"
        for where in EXCEPTIONS
        if where not in found
    ]
    print(*complaints, sep="\n", end="\n" if complaints else "")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
