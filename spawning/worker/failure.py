"""Why the application could not be loaded, as a message: where to look first."""

from __future__ import annotations

import importlib
import linecache
import sys
import traceback
from pathlib import Path

# By name, before anything monkey-patches it: the application has failed, nothing else runs.
from select import poll

from spawning.errors import ApplicationNotFound, SpawningError
from spawning.messages import Failed, Frame

_OURS = str(Path(__file__).resolve().parents[1]) + "/"
_IMPORTING = (_OURS, "<frozen importlib", str(Path(importlib.__file__).parent) + "/")
"""Where frames are that only import, of no use to the user: some of importlib's are not frozen."""
_INSTALLED = ("site-packages", "dist-packages")
SAVING = 150
"""Milliseconds that an editor may need to save several files, and we to take notice."""


def let_others_be_saved() -> None:
    """Wait before it is told that a save has broken the application.

    Files that belong together are saved one after the other, and the first alone may not
    work.  With the next one this process is superseded, and ended.
    """
    poll().poll(SAVING)


def describe(error: BaseException, project: str) -> Failed:
    """Return what `error` says, at the last frame that belongs to `project` (a folder)."""
    if isinstance(error, SpawningError):
        found = not isinstance(error, ApplicationNotFound)
        return Failed(found, type(error).__name__, error.message, "", 0, 0, (), error.hint)
    summaries = [
        summary
        for summary in traceback.extract_tb(error.__traceback__)
        if not summary.filename.startswith(_IMPORTING)
    ]
    frames = tuple(
        Frame(
            summary.filename,
            summary.lineno or 0,
            summary.name,
            summary.line or "",
            in_project(summary.filename, project),
        )
        for summary in summaries
    )
    file, line, column = _position(error, summaries, frames)
    message = str(error)
    if isinstance(error, SyntaxError):
        message = error.msg or message
    return Failed(True, type(error).__name__, message, file, line, column, frames, "")


def in_project(file: str, project: str) -> bool:
    """Return whether a source file is the project's own, not an installed package's."""
    parts = Path(file).parts
    return (
        Path(file).is_relative_to(project)
        and not any(folder in parts for folder in _INSTALLED)
        and not file.startswith((sys.prefix + "/lib/", sys.base_prefix + "/lib/"))
    )


def _position(
    error: BaseException, summaries: list[traceback.FrameSummary], frames: tuple[Frame, ...]
) -> tuple[str, int, int]:
    # What was compiled out of a text names no file: `<string>`.
    if isinstance(error, SyntaxError) and error.filename and error.filename[0] != "<":
        return error.filename, error.lineno or 0, error.offset or 0
    for summary, frame in reversed(list(zip(summaries, frames, strict=True))):
        if frame.in_project:
            return frame.file, frame.line, _column(summary)
    return (frames[-1].file, frames[-1].line, 0) if frames else ("", 0, 0)


def _column(summary: traceback.FrameSummary) -> int:
    """Return where in its line a frame is, in characters from 1; 0 where that is not known."""
    before = getattr(summary, "colno", None)  # in bytes of UTF-8; from Python 3.11 on
    line = linecache.getline(summary.filename, summary.lineno or 0)
    if before is None or not line:
        return 0
    return len(line.encode()[:before].decode(errors="replace")) + 1
