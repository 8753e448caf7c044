"""Looking after the statement that runs: what `clock` decides is done here."""

from __future__ import annotations

import os
from collections.abc import Callable
from time import monotonic

from spawning.devhooks import WorkerView
from spawning_devtools.backdoor.session import clock
from spawning_devtools.backdoor.session.strands import Target
from spawning_devtools.backdoor.session.workbench import Workbench


class Watch:
    """One session's; called in the link's thread."""

    def __init__(self, bench: Workbench, view: WorkerView, say: Callable[..., None]) -> None:
        self._bench = bench
        self._has_hub = view.config.threads == 0 and view.worker > 0
        self._call_soon = view.call_soon
        self._say = say
        self._asked = self._turned = self._struck = 0.0
        self._said = 0
        self._struck_at = -1
        """The statement that was interrupted."""

    def is_struck(self) -> None:
        """The statement was interrupted."""
        self._struck, self._struck_at = monotonic(), self._bench.began

    def look(self, now: float) -> float | None:
        """Say what is to be said; return when to look again, None where that is never."""
        bench = self._bench
        if self._struck_at != bench.began:
            self._struck = 0.0
        target = bench.target
        facts = clock.Facts(bench.runs, target.hogs, self._asked, self._turned, self._struck)
        looked = clock.look(facts, self._has_hub, self._said, now)
        if looked.ask:
            self._asked, self._said = now, 0
            self._call_soon(self._has_turned)
        if looked.blocks:
            self._said = looked.blocks
            self._say("blocks", seconds=looked.blocks)
        if looked.stuck:
            self._struck = 0.0
            where = where_it_is(target)
            self._say("text", text="it waits outside of Python, and is interrupted as soon as it is"
                      f" back{f': at {where}' if where else ''}")  # fmt: skip
        return looked.again

    def _has_turned(self) -> None:
        """The hub has turned; called by it."""
        self._asked, self._turned = 0.0, monotonic()


def where_it_is(target: Target) -> str:
    """Return where what runs is, for people; '' where it is not known."""
    frame = target.frame()
    if frame is None:
        return ""
    file = frame.f_code.co_filename.removeprefix(os.getcwd() + os.sep)
    return f"{file}:{frame.f_lineno} in {frame.f_code.co_name}"
