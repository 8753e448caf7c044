"""What measures in one worker which lines run; implements `devhooks.Meter`.

The main thread starts it, says when the import is over, and passes orders on.  A thread of
its own looks now and then, and tells.  Whoever looks takes from the measurement, sorts out
what is new, and has it wait to be told, all under one lock and for no longer than it takes
to copy that.  Files are read and packets made by the thread, outside of the lock.
"""

from __future__ import annotations

import contextlib
import os
import sys
from _thread import allocate_lock  # by name, before anything monkey-patches it
from collections import deque
from collections.abc import Iterator
from types import CodeType
from typing import Any

from spawning import log
from spawning.config import Config
from spawning.errors import UsageError
from spawning.messages import (
    Boot,
    CoverageAck,
    CoverageLeft,
    CoverageOrder,
    CoverageTold,
    FileLines,
    encode,
)
from spawning_devtools.cover import contexts
from spawning_devtools.cover.configuration import choice_of, choose_for, usable
from spawning_devtools.cover.measuring import Measurement, Unmeasured
from spawning_devtools.cover.packets import packets
from spawning_devtools.cover.resuming import resuming
from spawning_devtools.cover.seen import Seen, Story
from spawning_devtools.cover.sources import Sources
from spawning_devtools.cover.teller import Teller

__all__ = ["Meter", "choice_of"]


class Meter:
    """The lines that run in this process."""

    def __init__(self, config: Config, boot: Boot) -> None:
        self._config = config
        self._boot = boot
        self._sources = Sources()
        self._seen = Seen(self._sources.lines_at_import)
        self._lock = allocate_lock()
        self._waiting: deque[Story | CoverageAck | CoverageLeft] = deque()
        self._teller: Teller | None = None
        self._is_imported = False
        self._measurement: Measurement | Unmeasured = Unmeasured()

    # ------------------------------------------------------------ what the worker calls

    def start(self) -> None:
        """Measure from now on: before the application's first import, and before any fork."""
        try:
            with self._search_path(), usable():
                measurement = Measurement(
                    lambda project: choose_for(self._config, project), self._consider
                )
                measurement.start()
        except UsageError as error:
            # It was in order when the server was started: let it serve.
            log.say(f"a worker is not measured: {error}")
        else:
            self._measurement = measurement

    def begin(self, boot: Boot) -> None:
        """This process is a worker now."""
        self._boot = boot
        if boot.order is not None:
            self._seen.obey(boot.order.epoch, boot.order.paused)
        self._teller = Teller(boot.coverage[1], self._gather)

    def import_is_over(self) -> None:
        """Tell what ran; what runs from now on, requests have run."""
        assert self._teller is not None
        with self._lock:
            self._look()
            self._seen.import_is_over()
            self._is_imported = True
            self._measurement.mind_native_threads()
            self._measurement.see_again()
            self._acknowledge()
        self._teller.start()

    def around(self, application: Any) -> Any:
        """Return the application, whose requests are told apart where that is asked for."""
        if self._config.coverage_contexts:
            application = contexts.labelling(application, self._measurement.enter)
        if self._measurement.can_be_ended:
            application = resuming(application, self._measurement.resume)
        return application

    def hear(self, order: CoverageOrder) -> None:
        """Measure as the order says, and acknowledge it."""
        assert self._teller is not None
        with self._lock:
            self._look()  # as of before the order: what is told belongs to that
            if self._seen.obey(order.epoch, order.paused):
                self._measurement.see_again()
            self._acknowledge()
        self._teller.ring()

    def end(self) -> None:
        """Tell what has not been told, where the import came to an end; measure no more."""
        if self._teller is not None and self._is_imported:
            with self._lock:
                self._look()
                self._waiting.append(CoverageLeft(self._boot.worker_id, os.getpid()))
            self._teller.finish()
        self._measurement.stop()

    # ------------------------------------------------------------ parts

    @contextlib.contextmanager
    def _search_path(self) -> Iterator[None]:
        """Have coverage.py find what is the project's: plugins, and packages that it names."""
        ours = list(sys.path)
        sys.path[:] = self._boot.sys_path or ours
        try:
            yield
        finally:
            sys.path[:] = ours

    def _consider(self, path: str, code: CodeType) -> None:
        """A file is about to be measured for the first time."""
        self._sources.note(path, code if self._is_imported else None)
        if self._teller is None:
            # In a snapshot, which has the time: those that are forked from it need not.
            self._sources.digest(path)

    def _look(self) -> None:
        """Have what is new wait to be told; with the lock."""
        self._waiting.extend(self._seen.news(self._measurement.take()))

    def _acknowledge(self) -> None:
        boot, seen = self._boot, self._seen
        self._waiting.append(
            CoverageAck(boot.worker_id, os.getpid(), boot.generation, seen.epoch, seen.is_paused)
        )

    # ------------------------------------------------------------ in the thread

    def _gather(self) -> Iterator[bytes]:
        """Look, and return the packets of everything that waits to be told."""
        self._measurement.let_go()
        with self._lock:
            self._look()
        while self._waiting:
            message = self._waiting.popleft()
            if isinstance(message, Story):
                yield from self._packets(message)
            else:
                yield encode(message)

    def _packets(self, story: Story) -> Iterator[bytes]:
        boot, me = self._boot, os.getpid()
        head = CoverageTold(boot.worker_id, me, boot.generation, story.epoch, story.phase, ())
        return packets(head, self._files(story))

    def _files(self, story: Story) -> Iterator[FileLines]:
        """Return the lines of those files of which it is known what source ran."""
        for path, context, lines in story.files:
            digest = self._sources.digest(path)
            if digest is not None:
                yield FileLines(path, digest, tuple(sorted(lines)), context)
