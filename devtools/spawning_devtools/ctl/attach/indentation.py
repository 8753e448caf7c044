"""Where the next line begins, and whether there is a next line; pure.

The statement is judged by the Python that runs here.  Where the worker has another
one, what is no Python here is sent all the same: the worker knows.
"""

from __future__ import annotations

import ast
import codeop
import re
import warnings

from spawning_devtools.ctl.attach.colouring import coloured

STEP = 4
_OPENING, _CLOSING = "([{", ")]}"
_LEAVES = re.compile(r"\s*(?:return|raise|pass|break|continue)\b")
_OUTDENTED = re.compile(r"(\s+)(?:else|elif\b.*|except\b.*|finally)\s*$")


def is_whole(source: str) -> bool:
    """Return whether Enter at the end of the source runs it.

    What can never become Python is whole: the worker says what is wrong with it.  A block of
    several lines ends with an empty one.
    """
    if not source.strip():
        return True
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            if codeop.compile_command(source, "<typed>", "exec") is None:
                return False
            last = ast.parse(source).body[-1:]
        except (SyntaxError, ValueError, OverflowError, MemoryError, RecursionError):
            return True
    is_block = bool(last) and hasattr(last[0], "body")
    has_ended = not source.rpartition("\n")[2].strip()
    return has_ended or not is_block or "\n" not in source.strip()


def next_indent(before: str) -> str:
    """Return what the next line begins with, after the text before the cursor."""
    code = code_of(before)
    depth = open_bracket(code)
    if depth is not None:
        return " " * (_indent_of(code, depth) + STEP)
    line = _statement_begin(code)
    indent = len(line) - len(line.lstrip())
    if code.rstrip(" \t").endswith(":"):
        return " " * (indent + STEP)
    if _LEAVES.match(line):
        return " " * max(0, indent - STEP)
    return " " * indent


def outdented(before: str) -> str | None:
    """Return the line before the cursor as it is when a `:` makes it `else:`, `except X:`.

    None where it stays: it is no such line, or was brought out already.
    """
    *earlier, line = before.split("\n")
    found = _OUTDENTED.match(line)
    if not found or not earlier:
        return None
    indent = len(found[1])
    above = next((one for one in reversed(earlier) if one.strip()), "")
    level = len(above) - len(above.lstrip())
    if indent < STEP or level != indent or above.rstrip().endswith(":"):
        return None
    return line[STEP:]


def fewer_blanks(line_before: str) -> int:
    """Return how many characters Backspace takes in the blanks that a line begins with."""
    if not line_before or line_before.strip(" "):
        return 1
    return (len(line_before) - 1) % STEP + 1


def code_of(source: str) -> str:
    """Return the source with its strings and comments blotted out, as long as before."""
    kept = []
    for colour, text in coloured(source):
        if colour in ("class:string", "class:comment"):
            blot = "x" if colour == "class:string" else " "
            text = re.sub(r"[^\n]", blot, text)
        kept.append(text)
    return "".join(kept)


def open_bracket(code: str) -> int | None:
    """Return where the innermost bracket is that is not closed."""
    opened: list[int] = []
    for place, letter in enumerate(code):
        if letter in _OPENING:
            opened.append(place)
        elif letter in _CLOSING and opened:
            opened.pop()
    return opened[-1] if opened else None


def _indent_of(code: str, place: int) -> int:
    line = code[code.rfind("\n", 0, place) + 1 :]
    return len(line) - len(line.lstrip(" "))


def _statement_begin(code: str) -> str:
    """Return the line in which the statement began that ends the code: a call may have many."""
    depth = 0
    for place in range(len(code) - 1, -1, -1):
        letter = code[place]
        depth += (letter in _CLOSING) - (letter in _OPENING)
        if letter == "\n" and depth <= 0:
            return code[place + 1 :]
    return code
