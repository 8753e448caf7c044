"""The line below what is typed: the signature of the call, or where the session is; pure."""

from __future__ import annotations

import keyword
import re
from collections.abc import Sequence

from spawning_devtools.ctl.attach.indentation import code_of, open_bracket
from spawning_devtools.ctl.attach.where import Where
from spawning_devtools.ctl.attach.wire import Said
from spawning_devtools.ctl.rendering import Fragments, clean, fitted, width_of

KEYS = (("help", "all keys"), ("Ctrl-D", "leave"), ("Ctrl-R", "search"))
PDB_KEYS = (
    ("n", "next"), ("s", "step"), ("c", "continue"), ("u d", "frames"), ("l", "source"),
)  # fmt: skip
_CALLEE = re.compile(r"(\w+|[\])])[ \t]*\Z")


def call_at(before: str) -> str | None:
    """Return what a signature depends on: the source up to the bracket, and the commas since.

    None where the cursor is in no call.
    """
    code = code_of(before)
    place = open_bracket(code)
    if place is None or code[place] != "(":
        return None
    callee = _CALLEE.search(code[:place])
    if not callee or keyword.iskeyword(callee[1]):
        return None
    return before[: place + 1] + _commas(code[place + 1 :]) + _keyword(code[place + 1 :])


def _commas(code: str) -> str:
    depth = commas = 0
    for letter in code:
        depth += (letter in "([{") - (letter in ")]}")
        commas += letter == "," and not depth
    return "," * commas


def _keyword(code: str) -> str:
    """Return the name of the argument that is being typed, where it has one."""
    name, equals, _ = code.rpartition(",")[2].partition("=")
    return name.strip() if equals and name.strip().isidentifier() else ""


def signature(said: Said | None) -> Fragments:
    """Return a signature as it is shown; the argument that is typed stands out."""
    text = clean(str(said.get("text") or "")) if said else ""
    if not said or not text:
        return []
    parts = _parts(text)
    index = said.get("index")
    if parts is None or not isinstance(index, int) or not 0 <= index < len(parts[1]):
        return [("", f" {text} ")]
    head, arguments, tail = parts
    fragments: Fragments = [("", f" {head}")]
    for number, argument in enumerate(arguments):
        style = "class:bottom-toolbar.argument" if number == index else ""
        fragments += [("", ", " if number else ""), (style, argument)]
    return [*fragments, ("", f"{tail} ")]


def _parts(text: str) -> tuple[str, list[str], str] | None:
    """Return what stands before the arguments, the arguments, and the rest."""
    begin = text.find("(")
    if begin < 0:
        return None
    depth, arguments, start = 0, [], begin + 1
    code = code_of(text)
    for place in range(begin, len(code)):
        letter = code[place]
        depth += (letter in "([{") - (letter in ")]}")
        if (letter == "," and depth == 1) or (letter == ")" and not depth):
            arguments.append(text[start:place].strip())
            start = place + 1
        if letter == ")" and not depth:
            return text[: begin + 1], [one for one in arguments if one], text[place:]
    return None


def standing(where: Where, width: int, keys_to_show: Sequence[tuple[str, str]] = KEYS) -> Fragments:
    """Return where the session is, and some keys as far as there is room."""
    place = where.sentence()
    told = [one for one in (where.application, place) if one]
    left = " " + "  ·  ".join(told)
    keys: Fragments = []
    room = width - width_of(left) - 1
    for key, about in keys_to_show:
        room -= len(key) + len(about) + 4
        if room < 0:
            break
        keys += [("class:bottom-toolbar.key", f"  {key}"), ("", f" {about} ")]
    taken = width_of(left) + sum(width_of(text) for _, text in keys)
    if not keys:
        return [("", fitted(left, width))]
    return [("", left + " " * max(0, width - taken)), *keys]
