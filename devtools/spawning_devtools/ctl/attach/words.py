"""Whether Python was typed, or a word of ours such as `workers`; pure.

Rules:
1. `%workers` is always a word of ours.
2. What begins with such a word and is no Python (`switch 3`, `log DEBUG`) is one too.
3. A word alone is Python if that name is in use, else it is ours.
"""

from __future__ import annotations

import ast
import dataclasses
import re
import warnings
from collections.abc import Collection, Iterator

_FIRST = re.compile(r"\s*(%?)\s*([^\W\d]\w*)\s*(.*)\s*\Z", re.DOTALL)


@dataclasses.dataclass(frozen=True, slots=True)
class Magic:
    """A word of ours, and what was typed after it."""

    word: str
    rest: str = ""

    @property
    def words(self) -> list[str]:
        """The word and its arguments; `time` takes a statement, whose blanks count."""
        if self.word in ("time", "help"):
            return [self.word, self.rest] if self.rest else [self.word]
        return [self.word, *self.rest.split()]


def magic(text: str, known: Collection[str], in_use: Collection[str]) -> Magic | None:
    """Return the word of ours that was typed, or None where it is Python."""
    found = _FIRST.match(text)
    if not found:
        return None
    percent, word, rest = found[1], found[2], found[3].rstrip()
    if word not in known and not percent:
        return None
    if percent or (not rest and word not in in_use) or (rest and not _is_python(text)):
        return Magic(word, rest)
    # `memory -1` is an expression too, but hardly one of a name that there is not.
    return Magic(word, rest) if rest and word not in in_use and rest[0] not in "=.([,:;" else None


def _is_python(text: str) -> bool:
    return _tree(text) is not None


def _tree(text: str) -> ast.Module | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(text.strip())
        except (SyntaxError, ValueError, MemoryError, RecursionError):
            return None


def bound(source: str) -> frozenset[str]:
    """Return the names that a statement may have brought into use."""
    tree = _tree(source)
    return frozenset(_bound(tree)) if tree is not None else frozenset()


def _bound(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield node.name
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            for alias in node.names:
                yield alias.asname or alias.name.partition(".")[0]
