"""`breakpoint()` under `--backdoor`.

It stops for whoever attaches.  The terminal is used instead, as pdb does by itself, where
there is one worker in the foreground of it and nobody is attached; and before the
application is loaded, when nobody can attach.  PYTHONBREAKPOINT is obeyed.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Hashable
from types import FrameType
from typing import Any

from spawning.devhooks import WorkerView
from spawning.messages import Stop
from spawning_devtools.backdoor.session.debugger import Debugger
from spawning_devtools.backdoor.session.halts import Client, Halt, Halts
from spawning_devtools.backdoor.session.output import SCREEN
from spawning_devtools.backdoor.session.strands import Target

OURS = ("", "pdb.set_trace")
"""Values of PYTHONBREAKPOINT that mean pdb."""


class Breakpoints:
    """Takes `breakpoint()` over."""

    def __init__(
        self,
        view: WorkerView,
        halts: Halts,
        here: Callable[[], tuple[Target, Callable[[], Hashable]]],
        own: Callable[[], tuple[Client, Target] | None],
    ) -> None:
        """`here`: what the caller is to whoever interrupts it, and what tells whether it is it.

        `own`: the session whose statement the caller is.
        """
        self._view = view
        self._halts = halts
        self._here = here
        self._own = own

    def mind(self) -> None:
        """Do so from now on."""
        sys.breakpointhook = self.stop

    def stop(self, *args: Any, **options: Any) -> Any:
        """Stop the calling code, as `breakpoint()`."""
        if os.environ.get("PYTHONBREAKPOINT", "") not in OURS:
            return sys.__breakpointhook__(*args, **options)
        frame = sys._getframe(1)
        if self._view.application is None or self._is_forked() or self._has_terminal():
            import pdb

            pdb.Pdb().set_trace(frame)
        else:
            self._halt_at(frame)
        return None

    def _halt_at(self, frame: FrameType) -> None:
        own = self._own()
        target, me = self._here()
        client = None
        if own is not None:
            client, target = own
        stop = Stop(self._request(me()), frame.f_code.co_filename, frame.f_lineno)
        halt = Halt(stop, target, self._halts, client)
        if client is not None:
            client.debugs(halt)
        Debugger(halt, self._view.debugged, me).halt_at(frame)

    def _request(self, me: Hashable) -> str:
        request = next((c.request for c in self._view.busy() if c.worker == me), None)
        return f"{request.method} {request.target}" if request is not None else ""

    def _is_forked(self) -> bool:
        """Return whether the application has forked this process: nobody can attach to it."""
        view = self._view
        pids = {one.pid for one in view.board.read_all() if one.worker_id == view.worker}
        return bool(pids) and os.getpid() not in pids

    def _has_terminal(self) -> bool:
        if SCREEN.get() is not None or self._halts.clients or self._view.config.processes > 1:
            return False
        try:
            return os.isatty(0) and os.tcgetpgrp(0) == os.getpgrp()
        except OSError:
            return False
