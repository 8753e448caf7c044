"""`spawnctl attach -c CODE`, and Python from a pipe: one statement, its output, an exit code."""

from __future__ import annotations

import asyncio
import signal
import sys

from spawning.errors import SpawningError
from spawning_devtools.ctl.attach.dial import Dial
from spawning_devtools.ctl.attach.screen import Screen
from spawning_devtools.ctl.attach.session import Session, Show, State
from spawning_devtools.ctl.attach.talk import Talk
from spawning_devtools.ctl.attach.wire import Said
from spawning_devtools.ctl.rendering import coloured_only

FAILED = 1


async def run(dial: Dial, source: str) -> int:
    """Run Python there; return 0 if it raised nothing.  Raises SpawningError."""
    script = Script(source)
    talk = Talk(await dial(False), script.hear)
    script.talk = talk
    asyncio.get_running_loop().add_signal_handler(signal.SIGINT, lambda: talk.tell("interrupt"))
    listening = asyncio.ensure_future(talk.listen())
    over = asyncio.ensure_future(script.over.wait())
    await asyncio.wait({listening, over}, return_when=asyncio.FIRST_COMPLETED)
    for task in (listening, over):
        task.cancel()
    await asyncio.gather(listening, over, return_exceptions=True)
    script.end()
    return 0 if script.ok else FAILED


class Script:
    """One statement, from the greeting to its end."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._screen = Screen()
        self._session = Session()
        self._has_begun = False
        self.talk: Talk | None = None
        self.over = asyncio.Event()

    @property
    def ok(self) -> bool:
        """Whether nothing was raised."""
        return self._session.ok

    def hear(self, said: Said) -> None:
        """Take what was said."""
        for shown in self._session.hear(said):
            self._show(shown)
        state = self._session.state
        if self._session.refused or (self._has_begun and state is State.IDLE):
            self.over.set()
        elif state is State.IDLE and self.talk is not None:
            self._has_begun = True
            self._session.runs(self.talk.tell("run", source=self._source), self._source)
        elif state is State.ASKED and self.talk is not None:
            # There is nobody to ask: `input()` finds the end of a file.
            self._session.answered()
            self.talk.tell("input", text=None)

    def _show(self, shown: Show) -> None:
        if shown.how == "out":
            text, stream = shown.what
            if stream in ("stderr", "traceback"):
                is_seen = sys.stderr.isatty()
                print(coloured_only(text) if is_seen else text, end="", file=sys.stderr)
            else:
                self._screen.out(text, stream)
        elif shown.how in ("notice", "error"):
            print(f"spawnctl: {shown.what[0]}", file=sys.stderr)

    def end(self) -> None:
        """Show what is left to be shown; raises SpawningError where nothing was run."""
        self._screen.end_line()
        if self._session.refused:
            raise SpawningError(self._session.refused)
        if not self.over.is_set():
            raise SpawningError("the line to the server has ended", "the statement may go on")
