"""What measures in one worker which lines run; implements `devhooks.Meter`.

The main thread starts it, says when the import is over, and passes orders on.  A thread of
its own looks now and then, and tells.  Whoever looks takes what has run out of the
measurement, and has it wait, in order with everything else that happens: under a lock, and
for no longer than it takes to copy that.  The thread alone finds out what of it is news,
reads files and makes packets.
"""

from __future__ import annotations

import contextlib
import os
import sys
from _thread import allocate_lock  # by name, before anything monkey-patches it
from collections import deque
from collections.abc import Callable, Iterator
from functools import partial
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
from spawning_devtools.cover.meter import contexts
from spawning_devtools.cover.meter.configuration import choose_for, usable
from spawning_devtools.cover.meter.measuring import Measurement, Taken, Unmeasured
from spawning_devtools.cover.meter.packets import packets
from spawning_devtools.cover.meter.resuming import resuming
from spawning_devtools.cover.meter.seen import Seen, Story
from spawning_devtools.cover.meter.sources import Sources
from spawning_devtools.cover.meter.teller import Teller


class Meter:
    """The lines that run in this process."""

    def __init__(self, config: Config, boot: Boot) -> None:
        self._config = config
        self._boot = boot
        self._sources = Sources()
        self._seen = Seen(self._sources.lines_at_import)
        self._lock = allocate_lock()
        self._order = CoverageOrder()
        self._waiting: deque[Callable[[], Iterator[bytes]]] = deque()
        self._teller: Teller | None = None
        self._is_imported = False
        self._started_in = 0
        self._measurement: Measurement | Unmeasured = Unmeasured()

    # ------------------------------------------------------------ what the worker calls

    def start(self) -> None:
        """Measure from now on: before the application's first import, and before any fork."""
        self._started_in = os.getpid()
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
            self._order = boot.order
            self._seen.obey(boot.order)
        self._teller = Teller(boot.coverage[1], self._gather)

    def import_is_over(self) -> None:
        """Tell what ran; what runs from now on, requests have run."""
        assert self._teller is not None
        with self._lock:
            self._look()
            self._waiting.append(self._begin_requests)
            self._is_imported = True
            self._measurement.mind_native_threads()
            self._measurement.see_again()
        # Who has saved a file waits for the first answer of a process that was forked: nothing
        # is to run beside it yet.
        self._teller.start(at_once=os.getpid() == self._started_in)

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
            self._waiting.append(partial(self._obey, order))
            before, self._order = self._order, order
            if order.epoch != before.epoch or (before.paused and not order.paused):
                self._measurement.see_again()
        self._teller.ring()

    def end(self) -> None:
        """Tell what has not been told, where the import came to an end; measure no more."""
        if self._teller is not None and self._is_imported:
            with self._lock:
                self._look()
                self._waiting.append(self._leave)
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
        """Have what has run wait to be told; with the lock."""
        self._waiting.append(partial(self._tell, self._measurement.take()))

    # ------------------------------------------------------------ in the thread

    def _gather(self) -> Iterator[bytes]:
        """Look, and return the packets of everything that waits to be told."""
        self._measurement.let_go()
        with self._lock:
            self._look()
        while self._waiting:
            yield from self._waiting.popleft()()

    def _tell(self, taken: Taken) -> Iterator[bytes]:
        boot, me, epoch = self._boot, os.getpid(), self._seen.epoch
        for story in self._seen.news(taken):
            head = CoverageTold(boot.worker_id, me, boot.generation, epoch, story.phase, ())
            yield from packets(head, self._files(story))

    def _files(self, story: Story) -> Iterator[FileLines]:
        """Return the lines of those files of which it is known what source ran."""
        for path, context, lines in story.files:
            digest = self._sources.digest(path)
            if digest is not None:
                yield FileLines(path, digest, tuple(sorted(lines)), context)

    def _begin_requests(self) -> Iterator[bytes]:
        self._seen.import_is_over()
        yield self._acknowledgement()

    def _obey(self, order: CoverageOrder) -> Iterator[bytes]:
        self._seen.obey(order)
        yield self._acknowledgement()

    def _acknowledgement(self) -> bytes:
        boot, seen = self._boot, self._seen
        return encode(
            CoverageAck(boot.worker_id, os.getpid(), boot.generation, seen.epoch, seen.is_paused)
        )

    def _leave(self) -> Iterator[bytes]:
        yield encode(CoverageLeft(self._boot.worker_id, os.getpid()))
