"""Where all threads and greenlets of this process are, without stopping any of them."""

from __future__ import annotations

import gc
import os
import sys
import threading
import traceback
from collections.abc import Iterable, Mapping
from types import FrameType
from typing import Any

import spawning
import spawning_devtools

_OURS = tuple(
    os.path.dirname(os.path.abspath(module.__file__ or "")) + os.sep
    for module in (spawning, spawning_devtools)
)
_HUB = f"{os.sep}eventlet{os.sep}hubs{os.sep}"
DEEPEST = 60


def described(
    threads: Mapping[int, FrameType],
    names: Mapping[int, str],
    greenlets: Iterable[tuple[Any, FrameType | None]],
    doing: Mapping[Any, str],
) -> str:
    """Return the stacks as text, those that work on requests first.

    `doing`: by thread or greenlet, the request that it answers.
    """
    found = [
        (doing.get(number, ""), names.get(number, f"thread {number}"), frame)
        for number, frame in threads.items()
    ]
    found += [(doing.get(one, ""), "greenlet", frame) for one, frame in greenlets if frame]
    found.sort(key=lambda one: (not one[0], one[1]))
    described = [_lines(*one) for one in found]
    idle = sum(not lines for lines in described)
    texts = ["\n".join(lines) for lines in described if lines]
    return "\n".join([*texts, f"{idle} of the server's own wait"] if idle else texts)


def _lines(doing: str, name: str, frame: FrameType) -> list[str]:
    """Return what is told of one; nothing where it runs only what is the server's own."""
    stack = list(traceback.walk_stack(frame))[:DEEPEST]
    entries = traceback.StackSummary.extract(iter(stack), lookup_lines=True)
    entries.reverse()
    own = _without_the_server(entries)
    # Greenlets that wait for a request are in eventlet's hub.
    if not doing and all(_HUB in one.filename for one in own):
        return []
    lines = [f"{_short(one.filename)}:{one.lineno} in {one.name}: {one.line}" for one in own]
    return [f"{name}: {doing}" if doing else name, *(f"  {line}" for line in lines)]


def _without_the_server(entries: list[traceback.FrameSummary]) -> list[traceback.FrameSummary]:
    """Return the frames that the application added to the server's."""
    ours = [place for place, one in enumerate(entries) if one.filename.startswith(_OURS)]
    return entries[ours[-1] + 1 if ours else 0 :]


def _short(file: str) -> str:
    folder = os.getcwd() + os.sep
    return file.removeprefix(folder)


def of_threads() -> tuple[dict[int, FrameType], dict[int, str]]:
    """Return the frames of all threads, and their names."""
    names = {one.ident: one.name for one in threading.enumerate() if one.ident is not None}
    return sys._current_frames(), names


def of_greenlets() -> list[tuple[Any, FrameType | None]]:
    """Return the greenlets that wait, each with its frame; nothing where there are none."""
    module = sys.modules.get("greenlet")
    if module is None:
        return []
    kind: Any = module.greenlet
    found = [one for one in gc.get_objects() if issubclass(type(one), kind)]
    return [(one, frame) for one in found if (frame := one.gr_frame) is not None]
