"""coverage.py in a worker: started, and asked again and again what has run; nothing else.

Rules:
1. Only lines are collected.  coverage.py writes no file, opens none, has no thread, and
   neither warns nor does anything when the process ends.
2. What has run is taken out of its collector under the running threads: a set is copied,
   and what was copied is taken out of it, each in one step of the interpreter.  The set
   itself stays where it is, for frames that run now write into it.
3. No frame of ours is measured, wherever we are installed.
4. It survives `os.fork`: what a process has not taken, its child takes as well.
5. Of the project's configuration, what is about a run of its own is set aside, in memory:
   a server has no end at which a file could be written, and its processes are ours.
6. What it keeps of threads and code that are gone, it lets go of: servers live long.
"""

from __future__ import annotations

import atexit
import os
import sys
from _thread import allocate_lock  # by name, before anything monkey-patches it
from collections.abc import Callable
from types import CodeType, FrameType
from typing import Any, cast

import coverage

import spawning
import spawning_devtools
from spawning_devtools.cover.meter.arcs import Arcs, Unpacking
from spawning_devtools.cover.meter.choice import PYTRACE, SYSMON, Choice, Project
from spawning_devtools.cover.meter.hoard import Hoard
from spawning_devtools.cover.meter.places import OfGreenlets, OfThreads, Place, Places

Taken = dict[str, dict[str, set[Any]]]
"""Lines or arcs, by context, '' where there is none, and by absolute path."""

Consider = Callable[[str, CodeType], None]

MANY_THREADS = 500
MANY_CODES = 20_000
"""So many may be gone before somebody looks for them."""


class Measurement:
    """What runs in this process."""

    def __init__(self, choose: Callable[[Project], Choice], consider: Consider) -> None:
        """`consider` is told each file before its first line is measured, and the code that
        is entered.

        Raises what coverage.py and plugins raise where the project's configuration will not do.
        """
        self._coverage = _Coverage(consider)
        self.choice = choose(self._coverage.project())
        self._labelled: dict[str, Place] = {}
        self._places: Places = OfThreads()
        self._hoard: Hoard | None = None
        self._unpacking: Unpacking | None = None
        self._is_on = False

    def start(self) -> None:
        """Measure what this thread calls from now on, and the threads that it starts."""
        collector = self._coverage.prepare(self.choice)
        if collector.concur_id_func is not None:
            collector.data_lock = allocate_lock()  # there may be native threads as well
            if self.choice.contexts:
                self._places = places = OfGreenlets(collector.concur_id_func, collector.data)
                collector.concur_id_func = places.current
        self._coverage.start()
        self._hoard = self._hoard_of(collector.tracers)
        self._unpacking = Unpacking(collector) if self.choice.branch else None
        self._is_on = True

    def mind_native_threads(self) -> None:
        """Measure the threads that eventlet starts beside greenlets, from now on."""
        native = sys.modules.get("__original_module_threading")
        if native is not None and self._collector.concur_id_func is not None:
            cast(Any, native).settrace(self._collector._installation_trace)

    def stop(self) -> None:
        """Measure no more: what runs while an interpreter ends finds little that still works."""
        self._is_on = False
        self._collector.pause()

    @property
    def can_be_ended(self) -> bool:
        """Whether a debugger may end the measuring of a thread."""
        return self.choice.core != SYSMON

    def resume(self) -> None:
        """Measure what this thread calls, if a debugger has ended that."""
        if self._is_on and sys.gettrace() is None:
            self._collector._start_tracer()

    def take(self) -> Taken:
        """Return what has run since the last call; of lines that are seen once, since then."""
        taken = {"": self._taken_from(self._collector.data)}
        for label, place in list(self._labelled.items()):
            taken[label] = self._taken_from(place)
        return {label: files for label, files in taken.items() if files}

    def let_go(self) -> None:
        """Let go of what is kept of threads and code that are gone.

        Called in a thread that is not measured: with a tracer that is dropped, tracing ends
        in the thread that drops it, as coverage.py has it.
        """
        assert self._hoard is not None
        self._hoard.tidy()

    def see_again(self) -> None:
        """Have lines that were seen seen again when they run again."""
        if self.choice.core == SYSMON:
            cast(Any, sys).monitoring.restart_events()  # which Python 3.10 has not

    def enter(self, label: str) -> Callable[[], None]:
        """Have what is called from now on count as `label`; return what ends that."""
        return self._places.enter(self._labelled.setdefault(label, {}))

    # ------------------------------------------------------------

    @property
    def _collector(self) -> Any:
        return self._coverage._collector

    def _hoard_of(self, tracers: list[Any]) -> Hoard:
        if self.choice.core != SYSMON:
            return Hoard(tracers, MANY_THREADS, lambda tracer: None)
        codes, infos = tracers[0].code_objects, tracers[0].code_infos
        return Hoard(codes, MANY_CODES, lambda code: infos.pop(id(code), None))

    def _taken_from(self, place: Place) -> dict[str, set[Any]] | Arcs:
        taken: dict[str, set[Any]] = {}
        for path, live in place.copy().items():
            if live:
                ran = live.copy()
                live.difference_update(ran)
                taken[path] = ran
        return self._unpacking.unpacked(taken) if self._unpacking and taken else taken


class Unmeasured:
    """Stands for a measurement in a process that cannot have one."""

    def start(self) -> None:
        """Measure nothing."""

    mind_native_threads = stop = let_go = see_again = resume = start
    can_be_ended = False

    def take(self) -> Taken:
        """Return nothing."""
        return {}

    def enter(self, _label: str) -> Callable[[], None]:
        """Do nothing, twice."""
        return self.start


class Configured(coverage.Coverage):
    """coverage.py as the project in the current folder configures it; it never warns."""

    def __init__(self) -> None:
        self.complaints: list[str] = []
        super().__init__(data_file=None)
        _set_aside(self.config)

    def project(self) -> Project:
        """Return what the project asks for; loads its plugins, which may change it."""
        self._init()
        _set_aside(self.config)  # from what plugins have put there
        # Contexts are ours: a plugin's would be of the process, where several threads serve.
        self._plugins.context_switchers = []
        config = self.config
        wanted = PYTRACE if config.timid else config.core
        return Project(
            branch=bool(config.branch),
            wanted=wanted,
            file_tracers=bool(self._plugins.file_tracers),
            has_ctrace=_has_ctrace(),
        )

    def prepare(self, choice: Choice) -> Any:
        """Make the collector, and return it."""
        self.config.core = choice.core
        self.config.branch = choice.branch
        self.config.concurrency = list(choice.concurrency)
        self.config.timid = False
        self._inited_for_start = True
        self._init_for_start()
        atexit.unregister(self._atexit)
        return self._collector

    def complain(self, choice: Choice) -> None:
        """Note what else coverage.py would warn of when it starts."""
        self.prepare(choice)
        assert self._inorout is not None
        self._inorout.warn_conflicting_settings()

    def _warn(self, msg: str, slug: str | None = None, once: bool = False) -> None:
        """Keep it: each worker would say so, after each save."""
        if slug not in self.config.disable_warnings:
            self.complaints.append(msg)


def _set_aside(config: Any) -> None:
    config.data_file = ".coverage"  # a folder for another would be made
    config.debug = []
    config.debug_file = None
    config.concurrency = []
    config.parallel = config.sigterm = False
    config.patch = []
    config.context = config.dynamic_context = None
    config.relative_files = False  # reports make paths relative, and need to know the folder


class _Coverage(Configured):
    """coverage.py, which tells what it considers, and leaves us out."""

    def __init__(self, consider: Consider) -> None:
        super().__init__()
        self._consider = consider

    def _should_trace(self, filename: str, frame: FrameType) -> Any:
        decision = super()._should_trace(filename, frame)
        if decision.trace and _is_ours(decision.source_filename):
            decision.trace = False
        if decision.trace and not decision.has_dynamic_filename:
            self._consider(cast(str, decision.source_filename), frame.f_code)
        return decision

    def _check_include_omit_etc(self, filename: str, frame: FrameType) -> bool:
        """Asked of files that only a plugin knows: templates."""
        is_in = super()._check_include_omit_etc(filename, frame)
        if is_in:
            self._consider(filename, frame.f_code)
        return is_in


def _has_ctrace() -> bool:
    try:
        import coverage.tracer
    except ImportError:
        return False
    return bool(coverage.tracer)


def _folders(*files: str | None) -> tuple[str, ...]:
    return tuple(os.path.dirname(os.path.realpath(file)) + os.sep for file in files if file)


_OURS = _folders(spawning.__file__, spawning_devtools.__file__)


def _is_ours(path: str | None) -> bool:
    return path is not None and path.startswith(_OURS)  # links are resolved in it
