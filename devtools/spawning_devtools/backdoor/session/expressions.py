"""What stands before the cursor: which expression, and what is being typed of what; pure.

    app.conf        an attribute of `app`
    d["na           a key of `d`
    from x.y imp    the name of a module
    f(a, b.c(       the call of `b.c`, in whose first argument the cursor is

Calls are never followed: what they return is not known without making them.
"""

from __future__ import annotations

import ast
import dataclasses
import io
import re
import tokenize
from typing import Any

_NAME = re.compile(r"[^\W\d]\w*\Z|\Z")
_KEY = re.compile(r"\[\s*(?P<typed>[rRbB]?(?P<quote>[\"'])(?:[^\"'\\]|\\.)*|\d*)\Z")
_IMPORT = re.compile(
    r"(?:^|[;:])\s*(?:import\s+(?:[\w.]+(?:\s+as\s+\w+)?\s*,\s*)*|from\s+)([\w.]*)\Z"
)
_FROM = re.compile(r"(?:^|[;:])\s*from\s+([\w.]+)\s+import\s+\(?\s*(?:[^()]*,\s*)?(\w*)\Z")
_FROM_WORD = re.compile(r"(?:^|[;:])\s*from\s+[\w.]+\s+(\w*)\Z")
_CLOSING = {")": "(", "]": "[", "}": "{"}
LONGEST = 20_000
"""Characters before the cursor that are looked at."""


@dataclasses.dataclass(frozen=True, slots=True)
class Path:
    """A name, and how to go on from it."""

    name: str
    steps: tuple[tuple[str, Any], ...] = ()
    """`("attribute", name)` or `("item", key)`."""


@dataclasses.dataclass(frozen=True, slots=True)
class Place:
    """What is being typed."""

    what: str
    """`name`, `attribute`, `key`, `module`, `import`, `import word`, or `nothing`."""
    typed: str = ""
    of: Path | None = None
    """The object whose attribute or key it is."""
    module: str = ""
    """The module that something is imported from."""


@dataclasses.dataclass(frozen=True, slots=True)
class Call:
    """A call that is being typed."""

    of: Path
    index: int
    """Of the argument: of the positional ones, from 0."""
    keyword: str = ""
    """The name of the argument, where it is given by name."""


def before(source: str, line: int, column: int) -> str:
    """Return what stands before the cursor, its end at most."""
    lines = source.split("\n")
    text = "\n".join([*lines[:line], lines[line][:column] if line < len(lines) else ""])
    return text[-LONGEST:]


def place_in(text: str) -> Place:
    """Return what is being typed at the end of a text."""
    last = text.rpartition("\n")[2]
    if found := _FROM.search(last):
        return Place("import", found[2], module=found[1])
    if found := _IMPORT.search(last):
        return Place("module", found[1])
    if found := _FROM_WORD.search(last):
        return Place("import word", found[1])
    if (found := _KEY.search(last)) and (path := _path_before(text, len(found[0]))):
        return Place("key", found["typed"], path)
    if _tokens(text) is None or _is_number(text):
        return Place("nothing")  # within a string, a comment, a number
    found = _NAME.search(text)
    assert found is not None
    typed = found[0]
    head = text[: len(text) - len(typed)].rstrip(" \t")
    if not head.endswith("."):
        return Place("name", typed)
    path = _path_before(head, 1)
    return Place("attribute", typed, path) if path is not None else Place("nothing")


def _is_number(text: str) -> bool:
    return bool(re.search(r"(?:^|[^\w.])\d[\w.]*\Z", text))


def _path_before(text: str, size: int) -> Path | None:
    """Return the expression that ends before the last `size` characters."""
    tokens = _tokens(text[:-size])
    return _path(_last_primary(tokens)) if tokens else None


def call_in(text: str) -> Call | None:
    """Return the innermost call whose arguments the cursor is in; None where it is in none."""
    tokens = _tokens(text)
    if tokens is None:
        tokens = _tokens(_closed(text)) or []
    depth, place = 0, len(tokens) - 1
    while place >= 0:
        piece = tokens[place]
        depth += (piece in _CLOSING) - (piece in _CLOSING.values())
        if depth < 0:
            path = _path(_last_primary(tokens[:place])) if piece == "(" else None
            if path is not None:
                return _argument(path, tokens[place + 1 :])
            depth = 0
        place -= 1
    return None


def _closed(text: str) -> str:
    """Return a text without the string that it ends in."""
    last = max(text.rfind('"'), text.rfind("'"))
    return text[:last] + '""' if last >= 0 else text


def _argument(path: Path, tokens: list[str]) -> Call:
    depth, index, start = 0, 0, 0
    for place, piece in enumerate(tokens):
        depth += (piece in _CLOSING.values()) - (piece in _CLOSING)
        if piece == "," and not depth:
            index, start = index + 1, place + 1
    own = tokens[start:]
    keyword = own[0] if len(own) > 1 and own[1] == "=" else ""
    return Call(path, index, keyword)


def _tokens(text: str) -> list[str] | None:
    """Return the tokens; None where the text ends within a string or a comment."""
    found: list[str] = []
    wanted = (tokenize.NAME, tokenize.NUMBER, tokenize.STRING, tokenize.OP)
    is_comment = False
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.ERRORTOKEN and token.string in "\"'":
                return None
            if token.type == tokenize.NEWLINE and token.string:
                found.append("\n")
            elif token.type in wanted:
                found.append(token.string)
            if token.type in (*wanted, tokenize.COMMENT):
                is_comment = token.type == tokenize.COMMENT
            elif token.string:
                is_comment = False
    except tokenize.TokenError as error:
        if "string" in str(error):
            return None
    except SyntaxError:
        pass  # of an indentation: what came before it is known
    return None if is_comment else found


def _last_primary(tokens: list[str]) -> list[str]:
    """Return the tokens of the names, attributes and subscripts at the end."""
    start = len(tokens)
    while start > 0:
        piece = tokens[start - 1]
        if piece == "]":
            opening = _opening(tokens, start - 1)
            if opening < 1:
                return []
            start = opening
        elif _NAME.fullmatch(piece) and piece:
            start -= 1
            if start == 0 or tokens[start - 1] != ".":
                return tokens[start:]
            start -= 1
        else:
            return []  # a call, a number, an operator
    return []


def _opening(tokens: list[str], closing: int) -> int:
    depth = 0
    for place in range(closing, -1, -1):
        depth += (tokens[place] in _CLOSING) - (tokens[place] in _CLOSING.values())
        if not depth:
            return place
    return -1


def _path(tokens: list[str]) -> Path | None:
    try:
        node: ast.expr = ast.parse("".join(tokens), mode="eval").body
    except (SyntaxError, ValueError, RecursionError):
        return None
    steps: list[tuple[str, Any]] = []
    while not isinstance(node, ast.Name):
        if isinstance(node, ast.Attribute):
            steps.append(("attribute", node.attr))
        elif isinstance(node, ast.Subscript):
            try:
                steps.append(("item", ast.literal_eval(node.slice)))
            except ValueError:
                return None
        else:
            return None
        node = node.value
    return Path(node.id, tuple(reversed(steps)))
