"""Tables, and text that does a terminal no harm; pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

Fragments = list[tuple[str, str]]
"""Pieces of text, each after the classes that it is shown in."""

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
"""All but tab and line feed: what could be an order to the terminal."""
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_ORDER = re.compile(
    r"""\x1b\[[0-?]*[ -/]*[@-~]                    # a control sequence
    |\x1b[\]PX^_][^\x07\x1b\n]*(?:\x07|\x1b\\)?  # a string: the title, the clipboard
    |\x1b[ -/]*[0-~]?                             # another character set, a reset
    |[\x00-\x08\x0b-\x1f\x7f-\x9f]""",
    re.VERBOSE,
)
"""A sequence of ECMA-48, or a character that is one by itself."""


def clean(text: str) -> str:
    """Return the text with its control characters shown as what they are."""
    return _CONTROL.sub(lambda found: repr(found[0])[1:-1], text.replace("\r\n", "\n"))


def coloured_only(text: str) -> str:
    """Return the text with no order to the terminal left in it but those for colours."""
    return _ORDER.sub(lambda found: found[0] if _COLOUR.fullmatch(found[0]) else "", text)


def width_of(text: str) -> int:
    """Return how many columns a text takes."""
    if text.isascii():
        return len(text)
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in text)
    thin = sum(unicodedata.combining(letter) > 0 for letter in text)
    return len(text) + wide - thin


def fitted(text: str, width: int) -> str:
    """Return the text in no more than so many columns; `…` says that it was longer."""
    if width_of(text) <= width:
        return text
    while text and width_of(text) > width - 1:
        text = text[:-1]
    return text + "…" if width > 0 else ""


def table(columns: Sequence[str], rows: Iterable[Sequence[Any]], width: int) -> Fragments:
    """Return a table; numbers stand to the right, and only the last column is cut to fit."""
    texts = [[_cell(value) for value in row] for row in rows]
    is_number = [
        bool(texts) and all(_is_number(row[place]) for row in texts if place < len(row))
        for place in range(len(columns))
    ]
    widths = [
        max([width_of(head), *(width_of(row[place]) for row in texts if place < len(row))])
        for place, head in enumerate(columns)
    ]
    fragments: Fragments = []
    for number, row in enumerate([list(columns), *texts]):
        cells = [
            _padded(text, widths[place], is_number[place])
            for place, text in enumerate(row[: len(columns)])
        ]
        line = fitted("  ".join(cells).rstrip(), width)
        fragments.append(("class:head" if not number else "", line + "\n"))
    return fragments


def _cell(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    return " ".join(clean(str(value)).split())


def _is_number(text: str) -> bool:
    return text == "-" or text[:1].isdigit() or (text[:1] == "-" and text[1:2].isdigit())


def _padded(text: str, width: int, right: bool) -> str:
    blanks = " " * (width - width_of(text))
    return blanks + text if right else text + blanks


def lines_on_screen(text: str, width: int) -> int:
    """Return how many lines of a terminal a text takes."""
    return sum(max(1, -(-width_of(line) // max(1, width))) for line in text.splitlines())
