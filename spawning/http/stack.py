"""The stack of something that runs, as lines for a log."""

from __future__ import annotations

import traceback
from pathlib import Path
from types import FrameType

_OURS = str(Path(__file__).resolve().parents[1]) + "/"


def lines_of(frame: FrameType | None) -> list[str]:
    """Return a line for each frame that the application added to the server's, outermost first."""
    if frame is None:
        return []
    stack = traceback.extract_stack(frame)
    ours = [number for number, entry in enumerate(stack) if entry.filename.startswith(_OURS)]
    return [
        f"{entry.filename}:{entry.lineno} in {entry.name}: {entry.line}"
        for entry in stack[ours[-1] + 1 if ours else 0 :]
    ]
