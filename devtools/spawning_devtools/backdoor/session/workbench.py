"""Where the statements of one session run: namespace, strand, and what is around each of them."""

from __future__ import annotations

import time
from collections.abc import Callable
from time import monotonic
from typing import Any

from spawning.devhooks import WorkerView
from spawning_devtools.backdoor.session.frameworks import Framework, framework_of
from spawning_devtools.backdoor.session.magics import Magics, Server
from spawning_devtools.backdoor.session.output import SCREEN
from spawning_devtools.backdoor.session.showing import WIDTH, traceback_of
from spawning_devtools.backdoor.session.sources import Sources
from spawning_devtools.backdoor.session.statements import Exit, Leave, Statements
from spawning_devtools.backdoor.session.strands import Job, Strand, Target
from spawning_devtools.backdoor.session.talk import Talk


class Workbench:
    """Runs statements; implements `output.Screen` for them."""

    def __init__(
        self, view: WorkerView, strand: Strand, talk: Talk, magics: Magics, sources: Sources
    ) -> None:
        self._view = view
        self._strand = strand
        self._talk = talk
        self._framework: Framework = framework_of(view.application)
        self._submitted = self._finished = 0
        self._struck = 0
        """The statement that was interrupted, by its number; it may not have begun."""
        self.width = WIDTH
        namespace = {
            "__name__": "__console__",
            "__doc__": None,
            **({"app": view.application} if view.worker else {}),
            "config": view.config,
            "server": Server(view, magics),
            "exit": Exit(),
            "quit": Exit(),
            **view.names,
        }
        self._statements = Statements(
            namespace, sources, self._framework.around, lambda: self.width
        )

    @property
    def target(self) -> Target:
        """The statement that runs, for who interrupts it."""
        return self._strand.target

    @property
    def runs(self) -> bool:
        """Whether a statement runs, or is to run."""
        return self._submitted > self._finished

    @property
    def began(self) -> int:
        """Which statement runs, or ran last."""
        return self._finished

    @property
    def namespace(self) -> dict[str, Any]:
        """The names."""
        return self._statements.namespace

    @property
    def names(self) -> list[str]:
        """Those that a client is told of."""
        return sorted(name for name in list(self.namespace) if not name.startswith("_"))

    # ------------------------------------------------------------ jobs

    def prepare(self, after: Callable[[], None]) -> None:
        """Add what the framework's own shell has: that may run what the application wrote."""

        def body() -> bool:
            try:
                self.namespace.update(self._framework.names())
            except Exception as error:
                self.write(traceback_of(error), "traceback")
            return True

        self._submit(body, lambda is_well, leaves: after())

    def run(self, source: str, after: Callable[[bool, bool], None]) -> None:
        """Run a source; `after` is told whether it went well, and whether it asks to leave."""
        self._submit(lambda: self._statements.run(source, self), after)

    def time(self, source: str, after: Callable[[bool, bool], None]) -> None:
        """Run a source, and say how long it took."""

        def body() -> bool:
            began, used = monotonic(), time.thread_time()
            is_well = self._statements.run(source, self)
            took, used = monotonic() - began, time.thread_time() - used
            self.write(f"{_seconds(took)}, of which {_seconds(used)} computing\n", "result")
            return is_well

        self._submit(body, after)

    def _submit(self, body: Callable[[], bool], after: Callable[[bool, bool], None]) -> None:
        leaves: list[bool] = []

        def within() -> bool:
            SCREEN.set(self)
            if self._struck == number:
                self.write("KeyboardInterrupt\n", "traceback")
                return False
            try:
                return body()
            except Leave:
                leaves.append(True)
                return True

        def finished(is_well: bool) -> None:
            self._finished += 1
            after(is_well, bool(leaves))

        self._submitted += 1
        number = self._submitted
        self._strand.submit(Job(within, finished))

    def interrupt(self) -> bool:
        """Interrupt the statement that runs, or is about to; return whether there is one."""
        finished = self._finished  # read once: the strand counts on
        if self._submitted > finished:
            self._struck = finished + 1
        return self.target.strike()

    def close(self, goodbye: Callable[[], None]) -> None:
        """End; `goodbye` is called when nothing runs any more."""

        def last() -> None:
            try:
                self._framework.goodbye()
            finally:
                self._statements.forget()
                goodbye()

        self._strand.close(last)

    # ------------------------------------------------------------ the screen of what runs

    def write(self, text: str, stream: str) -> None:
        """Show a text."""
        self._talk.write_for(self.target, text, stream)

    def ask(self, prompt: str) -> str:
        """Return a line of the client's."""
        return self._talk.ask_for(self.target, prompt)

    def display(self, value: Any) -> None:
        """Show the value of an expression."""
        self._statements.display(value, self)


def _seconds(seconds: float) -> str:
    for unit, factor in (("s", 1.0), ("ms", 1e3), ("µs", 1e6)):
        if seconds * factor >= 1 or unit == "µs":
            return f"{seconds * factor:.3g} {unit}"
    raise AssertionError
