"""Whether a source is whole, how its next line is indented, what is a magic word; pure."""

from __future__ import annotations

import ast
import builtins
import dataclasses
import io
import re
import tokenize
from collections.abc import Callable, Collection, Mapping
from typing import Any

COMPLETE, INCOMPLETE, INVALID = "complete", "incomplete", "invalid"
STEP = 4
_DONT_IMPLY_DEDENT, _ALLOW_INCOMPLETE_INPUT = 0x200, 0x4000  # see codeop
_LEAVES = frozenset({"return", "pass", "break", "continue", "raise"})
_MAGIC = re.compile(r"\s*(%?)\s*([a-z]+)(?:\s+(.*?))?\s*\Z", re.DOTALL)


@dataclasses.dataclass(frozen=True, slots=True)
class Typed:
    """How whole a source is."""

    state: str
    indent: int = 0
    """Blanks at the beginning of the next line, where one is to come."""


def judge(source: str) -> Typed:
    """Return how whole a source is: a block ends with an empty line."""
    if not source.strip():
        return Typed(COMPLETE)
    try:
        tree = _parsed(source)
    except SyntaxError as error:
        if error.msg == "incomplete input":
            return Typed(INCOMPLETE, _next_indent(source))
        return Typed(INVALID)
    except (ValueError, OverflowError, MemoryError, RecursionError):
        return Typed(INVALID)
    last_line = source.rpartition("\n")[2]
    if "\n" in source.strip() and last_line.strip() and hasattr(tree.body[-1], "body"):
        return Typed(INCOMPLETE, _next_indent(source))  # more could belong to the block
    return Typed(COMPLETE)


def _parsed(source: str) -> ast.Module:
    # As `codeop` does, which changes the process's warnings filters meanwhile.
    flags = ast.PyCF_ONLY_AST | _ALLOW_INCOMPLETE_INPUT | _DONT_IMPLY_DEDENT
    tree: ast.Module = compile(source, "<typed>", "exec", flags, dont_inherit=True)
    return tree


def _next_indent(source: str) -> int:
    lines = source.rstrip().split("\n")
    indent = len(lines[-1]) - len(lines[-1].lstrip())
    tokens = _tokens(source)
    depth = sum((t in "([{") - (t in ")]}") for t in tokens if len(t) == 1)
    if depth > 0:
        return indent + STEP if lines[-1].rstrip().endswith(("(", "[", "{")) else indent
    if tokens and tokens[-1] == ":":
        return indent + STEP
    words = lines[-1].split()
    return max(0, indent - STEP) if words and words[0] in _LEAVES else indent


def _tokens(source: str) -> list[str]:
    """Return the tokens as far as there are any, without comments and ends of lines."""
    passed_over = (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT)
    found = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type not in (*passed_over, tokenize.DEDENT, tokenize.ENDMARKER):
                found.append(token.string)
    except (tokenize.TokenError, SyntaxError):
        pass
    return found


def magic_in(
    line: str, magics: Collection[str], is_name: Callable[[str], bool]
) -> list[str] | None:
    """Return the words of a line that begins with a magic word, None where it is Python.

    With `%` in front it always is one; bare where it is no Python, or a single name that
    is not in use (`is_name`).
    """
    found = _MAGIC.match(line)
    if not found or (not found[1] and found[2] not in magics):
        return None
    word, rest = found[2], found[3] or ""
    if not found[1] and not (_is_no_python(line) if rest else not is_name(word)):
        return None
    return [word, rest] if word == "time" and rest else [word, *rest.split()]


def _is_no_python(line: str) -> bool:
    try:
        ast.parse(line.strip())
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return True
    return False


def is_bound(name: str, namespace: Mapping[str, Any]) -> bool:
    """Return whether a word means something to Python; what Python's own prompt adds does not."""
    own = ("exit", "quit", "help")
    return name not in own and (name in namespace or hasattr(builtins, name))
