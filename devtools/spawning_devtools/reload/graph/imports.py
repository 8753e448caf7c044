"""Which modules a source text names: pure, from the text alone.

Rules:
1. Every `import` counts wherever it stands, in functions and in `try` as well:
   a lazy or an optional import is an edge like another.
2. What only a type checker executes (`if TYPE_CHECKING:`) does not count.
3. `importlib.import_module("x")` and `__import__("x")` count where the name is
   a literal; the worker observes the ones that are not.
4. Whether `b` in `from a import b` is a module is not visible here: both `a`
   and `a.b` are named, and the graph keeps what exists.  So it is with `a.*` of
   `from a import *`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

_IMPORT_CALLS = frozenset({"import_module", "__import__"})


@dataclass(frozen=True, slots=True)
class Asked:
    """One import as written: `from ..a import b, c` is `Asked(2, "a", ("b", "c"))`."""

    level: int
    module: str
    names: tuple[str, ...] = ()

    def absolute(self, importer: str, is_package: bool) -> Iterator[str]:
        """Yield the full names that this import may mean in the module `importer`."""
        base = self.module
        if self.level:
            package = importer if is_package else importer.rpartition(".")[0]
            parts = package.split(".") if package else []
            if self.level - 1 >= len(parts):
                return  # Beyond the top: it raises when it runs, and means nothing.
            parts = parts[: len(parts) - self.level + 1]
            base = ".".join([*parts, self.module] if self.module else parts)
        yield base
        for name in self.names:
            yield f"{base}.{name}"


def asked_by(source: bytes) -> tuple[Asked, ...]:
    """Return what `source` imports, each once; raises SyntaxError or ValueError as `ast` does."""
    return tuple(dict.fromkeys(_walk(ast.parse(source).body)))


def _walk(nodes: Iterable[ast.AST]) -> Iterator[Asked]:
    # Own stack: a chain of 3,000 `elif` is deeper than Python's recursion limit.
    stack = list(nodes)
    while stack:
        node = stack.pop()
        match node:
            case ast.Import():
                for alias in node.names:
                    yield Asked(0, alias.name)
            case ast.ImportFrom():
                names = tuple(alias.name for alias in node.names)
                yield Asked(node.level, node.module or "", names)
            case ast.If():
                stack.extend(_executed(node))
            case ast.Call():
                yield from _dynamic(node)
                stack.extend(ast.iter_child_nodes(node))
            case _:
                stack.extend(ast.iter_child_nodes(node))


def _executed(node: ast.If) -> Iterator[ast.AST]:
    """Yield the parts of an `if` that run outside a type checker."""
    test, negated = node.test, False
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        test, negated = test.operand, True
    for_checker = _last_name(test) == "TYPE_CHECKING"
    yield node.test
    if not for_checker or negated:
        yield from node.body
    if not for_checker or not negated:
        yield from node.orelse


def _dynamic(call: ast.Call) -> Iterator[Asked]:
    if _last_name(call.func) not in _IMPORT_CALLS:
        return
    match call.args:
        case [ast.Constant(value=str(name)), *_] if name:
            relative = name.lstrip(".")
            yield Asked(len(name) - len(relative), relative)


def _last_name(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


@dataclass(slots=True)
class Imports:
    """What each file imports, parsed anew only where its content is new."""

    asked: dict[str, tuple[Asked, ...]] = field(default_factory=dict)
    _parsed: dict[str, bytes] = field(default_factory=dict)

    def is_current(self, path: str, digest: bytes | None) -> bool:
        """Return whether `path` was last parsed with this content."""
        return path in self._parsed and self._parsed[path] == digest

    def parse(self, path: str, digest: bytes, source: bytes) -> bool:
        """Parse `source`, and return whether what it imports differs from before.

        A source that does not parse keeps what was known: while somebody types,
        its importers and its imports are what they were.
        """
        self._parsed[path] = digest
        try:
            asked = asked_by(source)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False
        if self.asked.get(path) == asked:
            return False
        self.asked[path] = asked
        return True
