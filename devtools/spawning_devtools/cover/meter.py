"""What measures in one worker which lines run; implements `devhooks.Meter`.

The main thread starts it, says when the import is over, and passes orders on.  A thread of
its own looks now and then and tells (`teller`).  Both take from the measurement and write
into the record under one lock, never for longer than it takes to copy what is new: files
are read, and packets made, by the thread alone and outside of the lock.
"""

from __future__ import annotations

import os
import sys
from _thread import allocate_lock
from collections import deque
from collections.abc import Iterator
from types import CodeType, FrameType
from typing import Any

from spawning.config import Config
from spawning.messages import (
    Boot,
    CoverageAck,
    CoverageLeft,
    CoverageOrder,
    CoverageTold,
    FileLines,
    encode,
)
from spawning_devtools.cover import configuration, contexts
from spawning_devtools.cover.choice import Choice, choose
from spawning_devtools.cover.measuring import Measurement, has_ctrace
from spawning_devtools.cover.packets import packets
from spawning_devtools.cover.record import Record, Story
from spawning_devtools.cover.sources import Sources, lines_outside_functions
from spawning_devtools.cover.teller import Teller

_NONE: frozenset[int] = frozenset()


def choice_of(config: Config) -> Choice:
    """Return how the project in the current folder is measured.

    Raises UsageError where its configuration cannot be read.
    """
    project = configuration.read()
    return choose(
        sys.version_info[:2],
        config.threads,
        project.branch,
        config.coverage_contexts,
        project.file_tracers,
        project.wanted,
        has_ctrace(),
    )


class Meter:
    """The lines that run in this process."""

    def __init__(self, config: Config, boot: Boot) -> None:
        self._config = config
        self._boot = boot
        self._sources = Sources()
        self._late: dict[str, CodeType] = {}
        self._outside: dict[str, frozenset[int]] = {}
        self._is_imported = False
        self._record = Record(self._runs_at_import)
        self._lock = allocate_lock()
        self._waiting: deque[Story | CoverageAck | CoverageLeft] = deque()
        self._measurement: Measurement | None = None
        self._teller: Teller | None = None

    # ------------------------------------------------------------ what the worker calls

    def start(self) -> None:
        """Measure from now on: before the application's first import, and before any fork."""
        self._measurement = Measurement(choice_of(self._config), self._consider)
        self._measurement.start()

    def begin(self, boot: Boot) -> None:
        """This process is a worker now."""
        self._boot = boot
        if boot.order is not None:
            self._record.epoch, self._record.is_paused = boot.order.epoch, boot.order.paused
        self._teller = Teller(boot.coverage[1], self._gather)

    def import_is_over(self) -> None:
        """Tell what ran; what runs from now on, requests have run."""
        assert self._measurement is not None
        assert self._teller is not None
        with self._lock:
            self._look()
            self._record.import_is_over()
            self._is_imported = True
            self._measurement.see_again()
            self._acknowledge()
        self._teller.start()

    def around(self, application: Any) -> Any:
        """Return the application, whose requests are told apart where that is asked for."""
        if not self._config.coverage_contexts:
            return application
        assert self._measurement is not None
        return contexts.labelling(application, self._measurement.label)

    def hear(self, order: CoverageOrder) -> None:
        """Measure as the order says, and acknowledge it."""
        assert self._measurement is not None
        assert self._teller is not None
        record = self._record
        with self._lock:
            self._look()  # under the order that was: told as of before, or dropped
            if order.epoch != record.epoch:
                record.forget(order.epoch)
            record.is_paused = order.paused
            self._measurement.see_again()
            self._acknowledge()
        self._teller.ring()

    def end(self) -> None:
        """Tell what has not been told; the worker ends."""
        if self._teller is None or not self._is_imported:
            return
        with self._lock:
            self._look()
            self._waiting.append(CoverageLeft(self._boot.worker_id, os.getpid()))
        self._teller.finish()

    # ------------------------------------------------------------ parts

    def _consider(self, path: str, frame: FrameType) -> None:
        """A file is about to be measured for the first time."""
        self._sources.note(path)
        if self._is_imported and frame.f_code.co_name == "<module>":
            self._late[path] = frame.f_code

    def _runs_at_import(self, path: str) -> frozenset[int]:
        code = self._late.pop(path, None)
        if code is not None:
            self._outside[path] = lines_outside_functions(code)
        return self._outside.get(path, _NONE)

    def _look(self) -> None:
        """Note what is new, to be told; with the lock."""
        assert self._measurement is not None
        self._waiting.extend(self._record.news(self._measurement.take()))

    def _acknowledge(self) -> None:
        boot, record = self._boot, self._record
        self._waiting.append(
            CoverageAck(
                boot.worker_id, os.getpid(), boot.generation, record.epoch, record.is_paused
            )
        )

    def _gather(self) -> Iterator[bytes]:
        """Look, and return the packets of everything that waits to be told; in the thread."""
        with self._lock:
            self._look()
        while self._waiting:
            message = self._waiting.popleft()
            if isinstance(message, Story):
                yield from self._packets(message)
            else:
                yield encode(message)

    def _packets(self, story: Story) -> Iterator[bytes]:
        boot = self._boot
        head = CoverageTold(
            boot.worker_id, os.getpid(), boot.generation, story.epoch, story.phase, ()
        )
        return packets(head, self._known(story))

    def _known(self, story: Story) -> Iterator[FileLines]:
        """Return the lines of those files whose source is known."""
        for path, context, lines in story.files:
            digest = self._sources.digest(path)
            if digest is not None:
                yield FileLines(path, digest, tuple(sorted(lines)), context)
