"""What a page is told: the news, and the source code around a failure; for JSON."""

from __future__ import annotations

import os
import tokenize
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from spawning.messages import Failed, Frame, News

AROUND = 4
"""Lines of source before and after the one that is meant."""
LONGEST_LINE = 400
SECRET = {
    "type": "",
    "message": "The new code does not start. The terminal says why; so does this page, when it"
    " is asked for by way of localhost.",
}


def news(newest: News, seen: int) -> dict[str, Any]:
    """Return what a page has to do that knows the news up to the version `seen`."""
    stale = newest.content > seen
    missed = bool(newest.styles) and newest.version > seen + 1
    names = [os.path.basename(file) for file in newest.styles] if newest.version > seen else []
    return {"version": newest.version, "reload": stale or missed, "styles": names}


def failure(failed: Failed, folder: str, editor_url: str) -> dict[str, Any]:
    """Return what is to know of a failure; `folder` is where the server was started."""
    place = failed.file, failed.line
    own = [one for one in failed.frames if one.in_project and (one.file, one.line) != place]
    return {
        "type": failed.type,
        "message": "; ".join(filter(None, (failed.message, failed.hint))),
        "place": _place(failed.file, failed.line, failed.column, folder),
        "editor": _link(editor_url, failed.file, failed.line, failed.column),
        "column": failed.column,
        "source": _excerpt(failed.file, failed.line),
        "frames": [_frame(frame, folder, editor_url) for frame in reversed(own)],
    }


def _frame(frame: Frame, folder: str, editor_url: str) -> dict[str, Any]:
    return {
        "place": _place(frame.file, frame.line, 0, folder),
        "function": "" if frame.function == "<module>" else frame.function,
        "source": frame.source[:LONGEST_LINE],
        "editor": _link(editor_url, frame.file, frame.line, 0),
    }


def _place(file: str, line: int, column: int, folder: str) -> str:
    shown = os.path.relpath(file, folder) if file.startswith(f"{folder}{os.sep}") else file
    return ":".join([shown, *(str(number) for number in (line, column) if number)])


def _link(pattern: str, file: str, line: int, column: int) -> str:
    """Return the address that opens an editor, '' where there is no file to open."""
    if not file:
        return ""
    values = {"path": quote(os.path.abspath(file)), "line": line or 1, "column": column or 1}
    for name, value in values.items():
        pattern = pattern.replace(f"{{{name}}}", str(value))
    return pattern


def _excerpt(file: str, line: int) -> list[dict[str, Any]]:
    first = max(1, line - AROUND)
    return [
        {"line": number, "text": text[:LONGEST_LINE], "meant": number == line}
        for number, text in enumerate(_lines(file)[first - 1 : line + AROUND], first)
    ]


def _lines(file: str) -> Sequence[str]:
    try:
        with tokenize.open(file) as source:
            return source.read().splitlines()
    except (OSError, SyntaxError, UnicodeDecodeError, ValueError):
        return ()
