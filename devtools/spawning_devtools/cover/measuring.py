"""coverage.py in a worker: started, and asked again and again what has run; nothing else.

Rules:
1. Only lines are collected.  coverage.py writes no file, opens none, has no thread, and
   neither warns nor ends anything: what it needs of the project's configuration it reads,
   and what of it is about a run of its own is set aside.
2. What has run is taken out of its collector under the running threads: sets are copied
   and what was copied is taken out of them, each in one step of the interpreter.  The
   sets themselves stay where they are, for frames that run now write into them.
3. No frame of ours is measured, wherever we are installed.
4. It survives `os.fork`: what a process has not taken, its child takes as well.
"""

from __future__ import annotations

import atexit
import os
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any, cast

import coverage

import spawning
import spawning_devtools
from spawning_devtools.cover.choice import SYSMON, Choice

Line = int
Arc = tuple[int, int]
Ran = set[Line] | set[Arc]
Taken = dict[str, dict[str, Ran]]
"""By context, '' where there is none, and by absolute path."""

Consider = Callable[[str, FrameType], None]

_NUMBER = 0xFFFFFFF
_SECOND = 28
_FIRST_IS_NEGATIVE = 1 << 56
_SECOND_IS_NEGATIVE = 1 << 57


class Measurement:
    """What runs in this process."""

    def __init__(self, choice: Choice, consider: Consider) -> None:
        """`consider` is told each file that is measured before its first line is.

        Raises coverage.py's exceptions where the project's configuration is not valid.
        """
        self._choice = choice
        self._coverage = _Coverage(consider)
        self._labelled: dict[str, dict[str, set[Any]]] = {}
        _set_aside(self._coverage.config, choice)

    def start(self) -> None:
        """Measure what this thread calls from now on, and the threads that it starts."""
        self._coverage.start()
        atexit.unregister(self._coverage._atexit)

    def take(self) -> Taken:
        """Return what has run since the last call, or since it was seen again."""
        taken = {"": self._take_from(self._collector.data)}
        for label, data in list(self._labelled.items()):
            taken[label] = self._take_from(data)
        return {label: files for label, files in taken.items() if files}

    def see_again(self) -> None:
        """Have lines that were seen seen again when they run again."""
        if self._choice.core == SYSMON:
            sys.monitoring.restart_events()

    def label(self, name: str) -> Callable[[], Callable[[], None]]:
        """Return what has this thread's calls count as the request's `name`.

        It returns what makes them count as before.
        """
        data = self._labelled.setdefault(name, {})

        def begin() -> Callable[[], None]:
            tracer: Any = sys.gettrace()
            if not hasattr(tracer, "data"):
                return _nothing
            before, tracer.data = tracer.data, data

            def end() -> None:
                tracer.data = before

            return end

        return begin

    @property
    def _collector(self) -> Any:
        return self._coverage._collector

    def _take_from(self, data: dict[str, set[Any]]) -> dict[str, Ran]:
        taken: dict[str, Ran] = {}
        for path, live in data.copy().items():
            if live:
                ran = live.copy()
                live.difference_update(ran)
                taken[path] = {_unpacked(arc) for arc in ran} if self._packs_arcs else ran
        return taken

    @property
    def _packs_arcs(self) -> bool:
        return bool(self._choice.branch and self._collector.core.packed_arcs)


class _Coverage(coverage.Coverage):
    """coverage.py, which tells what it considers, leaves us out, and never warns."""

    def __init__(self, consider: Consider) -> None:
        super().__init__(data_file=None)
        self._consider = consider

    def _init(self) -> None:
        super()._init()
        # Contexts are ours: theirs are of the process, where several threads serve.
        self._plugins.context_switchers = []

    def _should_trace(self, filename: str, frame: FrameType) -> Any:
        decision = super()._should_trace(filename, frame)
        if decision.trace and _is_ours(decision.source_filename):
            decision.trace = False
        if decision.trace and not decision.has_dynamic_filename:
            self._consider(cast(str, decision.source_filename), frame)
        return decision

    def _warn(self, msg: str, slug: str | None = None, once: bool = False) -> None:
        """Say nothing: each worker would, at each save."""


def _set_aside(config: Any, choice: Choice) -> None:
    """Set what is ours, in memory."""
    config.branch = choice.branch
    config.core = choice.core
    config.concurrency = list(choice.concurrency)
    config.timid = False
    config.data_file = ".coverage"  # a folder for another would be made
    config.debug = []
    config.debug_file = None
    config.parallel = config.sigterm = False
    config.patch = []
    config.context = config.dynamic_context = None
    config.relative_files = False  # reports make paths relative


def _folders(*files: str | None) -> tuple[str, ...]:
    return tuple(os.path.dirname(os.path.realpath(file)) + os.sep for file in files if file)


_OURS = _folders(spawning.__file__, spawning_devtools.__file__)


def _is_ours(path: str | None) -> bool:
    return path is not None and os.path.realpath(path).startswith(_OURS)


def _unpacked(packed: int) -> Arc:
    first, second = packed & _NUMBER, packed >> _SECOND & _NUMBER
    return (
        -first if packed & _FIRST_IS_NEGATIVE else first,
        -second if packed & _SECOND_IS_NEGATIVE else second,
    )


def _nothing() -> None:
    """There is nothing to undo."""


def has_ctrace() -> bool:
    """Return whether coverage.py has its C extension here."""
    try:
        import coverage.tracer
    except ImportError:
        return False
    return bool(coverage.tracer)
