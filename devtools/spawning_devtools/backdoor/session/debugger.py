"""pdb for code that is stopped here and a client that is elsewhere.

Rules:
1. Nothing is traced while the first client is waited for: a trace function belongs to the
   thread, and greenlets share one.
2. Only the code that has stopped is gone through, and what it calls: not other greenlets of
   the thread, nor the server, nor what the server calls.
3. When the request is answered, or the statement is done, nothing is traced any more.
"""

from __future__ import annotations

import bdb
import linecache
import os
import pdb
import sys
from collections.abc import Callable, Hashable, Mapping
from types import FrameType
from typing import Any

import spawning
import spawning_devtools
from spawning.devhooks import Debugged
from spawning_devtools.backdoor.session.halts import Halt
from spawning_devtools.backdoor.session.output import SCREEN, Input, Output
from spawning_devtools.backdoor.session.statements import Statements

AROUND = 5
"""Lines before and after the one that is stopped at."""
_OURS = tuple(
    os.path.dirname(os.path.abspath(module.__file__ or "")) + os.sep
    for module in (spawning, spawning_devtools)
)
_ENDS = frozenset({("spawning.wsgi.handler", "answer"), (Statements.__module__, "run")})
"""What returns when that is over which is debugged: module and function."""
_LOOPS = frozenset({("spawning.http.greenlets", "_tell"), ("spawning.http.threads", "_work_on")})
"""What goes on then, where the server is compiled and nothing nearer has a frame."""
# Others may have wrapped it, to learn of debuggers that read the terminal (`debugging`).
_interaction: Any = getattr(pdb.Pdb.interaction, "__wrapped__", pdb.Pdb.interaction)


class Debugger(pdb.Pdb):
    """Debugs what `halt` stands for."""

    def __init__(self, halt: Halt, debugged: Debugged, me: Callable[[], Hashable]) -> None:
        super().__init__(
            stdin=Input(sys.stdin),  # type: ignore[arg-type]
            stdout=Output(sys.stdout, "stdout"),  # type: ignore[arg-type]
            nosigint=True,
            readrc=False,
        )
        self._halt = halt
        self._debugged = debugged
        self._me = me
        self._here = me()
        self._shows_around = False
        halt.scope = self._names
        halt.arrived = self._show_again

    def halt_at(self, frame: FrameType) -> None:
        """Stop the calling code, which is in `frame`; raises BdbQuit where that is asked for."""
        self.reset()
        self._follow(frame)
        self.set_step()
        self.interaction(frame, None)
        _take_over_names(frame)
        if self.quitting:
            raise bdb.BdbQuit
        if not self._halt.is_over:
            sys.settrace(self.trace_dispatch)

    def _follow(self, frame: FrameType) -> None:
        """Trace the frames of the application's, and the end of what they work for."""
        outer: FrameType | None = frame
        while outer is not None and not _is_ours(outer):
            outer.f_trace = self.trace_dispatch
            self.botframe = outer
            outer = outer.f_back
        while outer is not None and _place(outer) not in _ENDS | _LOOPS:
            outer = outer.f_back
        end = outer or self.botframe
        assert end is not None
        end.f_trace = self._watch_end

    def interaction(self, *args: Any) -> None:
        """Ask the client what to do."""
        self._debugged.stops("pdb", self._answered)
        token = SCREEN.set(self._halt)
        try:
            client = self._halt.await_client()
            self._shows_around = client is not self._halt.shown_to
            self._halt.shown_to = client
            _interaction(self, *args)
        finally:
            SCREEN.reset(token)
            self._halt.settle()
            is_stepping = self._is_stepping()
            self._debugged.goes_on(is_stepping)
            if not is_stepping:
                self._halt.finish()

    def trace_dispatch(self, frame: FrameType, event: str, arg: Any) -> Any:
        """Follow what is debugged, and nothing else."""
        if self._me() != self._here:
            return None
        if self._halt.is_over:
            sys.settrace(None)
            return None
        if event == "call" and not self._is_called_by_application(frame):
            return None
        return super().trace_dispatch(frame, event, arg)

    def stop_here(self, frame: FrameType) -> bool:
        """Return whether to stop in a frame that is traced; from 3.13 on a caller of ours is."""
        return not _is_ours(frame) and super().stop_here(frame)

    def _is_called_by_application(self, frame: FrameType) -> bool:
        """Return whether a frame is not the server's, and was not called by one that is."""
        outer: FrameType | None = frame
        while outer is not None and not _is_ours(outer):
            if outer.f_trace is not None:
                return True
            outer = outer.f_back
        return outer is None

    def _watch_end(self, frame: FrameType, event: str, _arg: Any) -> Any:
        """Stop when that is over which is debugged."""
        if event == "return" or _place(frame) in _LOOPS:
            self._end()
        return self._watch_end

    def _end(self) -> None:
        sys.settrace(None)
        self.clear_all_breaks()
        if not self._halt.is_over:
            self._debugged.goes_on(False)
            self._halt.finish()

    def _answered(self) -> None:
        """The request that was stopped is over; called from any thread."""
        if self._halt.stop.request:
            self._halt.finish()

    def _is_stepping(self) -> bool:
        """Return whether it will stop again by itself."""
        # bdb continues by stopping in the outermost frame only, at no line.
        continues = self.stopframe is self.botframe and self.stoplineno == -1
        return not self.quitting and (bool(self.breaks) or not continues)

    # ------------------------------------------------------------ what is shown

    def print_stack_entry(self, frame_lineno: Any, prompt_prefix: str = "\n-> ") -> None:
        """Show where it has stopped; with the source around where the client sees it first."""
        if not self._shows_around:
            super().print_stack_entry(frame_lineno, prompt_prefix)
            return
        self._shows_around = False
        frame, line = frame_lineno
        self.message(around(frame, line))

    def message(self, *args: Any, **options: Any) -> None:
        """Show a text; also that which comes before the client is asked."""
        token = SCREEN.set(self._halt)
        try:
            super().message(*args, **options)
        finally:
            SCREEN.reset(token)

    def _show_again(self) -> None:
        self._shows_around = True
        if self.stack:
            self.print_stack_entry(self.stack[self.curindex])

    def _names(self) -> Mapping[str, Any]:
        frame = self.curframe
        if frame is None:
            return {}
        # Not the frame's own, which would forget what was assigned here (before Python 3.13).
        names = getattr(self, "curframe_locals", None)
        return {**frame.f_globals, **(names if names is not None else frame.f_locals)}


def _place(frame: FrameType) -> tuple[str, str]:
    """Return the module and the function of a frame."""
    return str(frame.f_globals.get("__name__")), frame.f_code.co_name


def _is_ours(frame: FrameType) -> bool:
    return frame.f_code.co_filename.startswith(_OURS)


def _take_over_names(frame: FrameType) -> None:
    """Give a frame the local names that were assigned from outside of a trace function."""
    if sys.version_info >= (3, 13):
        return
    import ctypes  # here, because few frames are assigned to

    ctypes.pythonapi.PyFrame_LocalsToFast(ctypes.py_object(frame), ctypes.c_int(0))


def around(frame: FrameType, line: int) -> str:
    """Return where a frame is, and its source around a line."""
    code = frame.f_code
    file = code.co_filename.removeprefix(os.getcwd() + os.sep)
    lines = linecache.getlines(code.co_filename, frame.f_globals)
    first = max(1, line - AROUND)
    shown = [f"> {file}({line}){code.co_name}()"]
    for number, text in enumerate(lines[first - 1 : line + AROUND], first):
        mark = "->" if number == line else "  "
        shown.append(f"{number:4d} {mark} {text.rstrip()}".rstrip())
    return "\n".join(shown)
