"""Coloured text for a terminal, without a library: for what is printed, and not moved."""

from __future__ import annotations

import os

from spawning_devtools.ctl.rendering import Fragments

_CODES = {
    "class:head": "1",
    "class:good": "32",
    "class:notice": "33",
    "class:error": "31;1",
    "class:held": "35",
    "class:starting": "36",
    "class:dim": "90",
}


def painted(fragments: Fragments, is_terminal: bool) -> str:
    """Return the text, with colours where a terminal shows it that may (https://no-color.org)."""
    if not is_terminal or os.environ.get("NO_COLOR"):
        return "".join(text for _, text in fragments)
    return "".join(
        f"\x1b[{_CODES[style]}m{text}\x1b[0m" if style in _CODES else text
        for style, text in fragments
    )
