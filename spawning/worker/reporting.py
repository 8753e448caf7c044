"""Telling the controller what was imported, when that costs nobody time.

A worker that was executed tells it before it is ready.  One that was forked from a
snapshot is waited for: it notes then what its start has imported, and tells it at the
loop's first tick.  To tell some hundred modules takes milliseconds of the interpreter's
lock, which the first requests would wait for.
"""

from __future__ import annotations

from collections.abc import Callable

from spawning.devhooks import WorkerHooks
from spawning.messages import Graph


class Reporter:
    """Tells what `hooks` have observed."""

    def __init__(self, send: Callable[[Graph], None]) -> None:
        self._send = send
        self._hooks: WorkerHooks | None = None
        self._later: Callable[[Callable[[], None]], None] | None = None
        """Of the loop, from the moment at which the start is over."""
        self._call_soon: Callable[[Callable[[], None]], None] | None = None
        self._is_due = False

    def observe(self, hooks: WorkerHooks) -> None:
        """Have them observe imports from now on."""
        self._hooks = hooks
        hooks.before_import(self._hear_news)

    def start_is_over(self, call_soon: Callable[[Callable[[], None]], None]) -> None:
        """What was imported so far belongs to the start; `call_soon`: of the loop."""
        if self._hooks is None:
            return
        if self._hooks.is_warm:
            self._hooks.note()
        else:
            self.tell()
        self._later = call_soon

    def tick(self) -> None:
        """Tell what has not been told; from now on, news are told as they come."""
        self.tell()
        self._call_soon = self._later

    def tell(self) -> None:
        """Tell what has not been told."""
        self._is_due = False
        while self._hooks is not None and (graph := self._hooks.report()) is not None:
            self._send(graph)

    def _hear_news(self) -> None:
        """More was imported, in whatever thread."""
        if self._call_soon is not None and not self._is_due:
            self._is_due = True
            self._call_soon(self.tell)
