"""Everything that the keeper knows of what runs, for several threads.

Rules:
1. What is heard is written down.  Hearing something twice changes nothing.
2. An order is written down, then given; whoever gives one waits until it is carried out,
   but not for ever.
3. A file is analysed when somebody looks, and not before: `unasked` are those that have
   changed since.
"""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable
from time import monotonic

from spawning.messages import (
    IMPORT,
    REQUEST,
    CoverageAck,
    CoverageLeft,
    CoverageOrder,
    CoverageTold,
    FileLines,
    Message,
)
from spawning_devtools.cover.facts import FileFacts, Snapshot, Version
from spawning_devtools.cover.keeper.changes import Changes
from spawning_devtools.cover.keeper.journal import Journal
from spawning_devtools.cover.keeper.ledger import Ledger
from spawning_devtools.cover.keeper.workers import Worker, Workers

PATIENCE = 2.0
"""Seconds that workers have to carry out an order."""
_GLANCE = 0.1
"""Seconds after which it is seen that one has died meanwhile."""

NOBODY = 0
"""Stands for the worker in what is written down of several ones."""


class Records:
    """The ledger, what has changed in it, and who tells; implements `builds.Lines`."""

    def __init__(
        self,
        journal: Journal,
        workers: Workers,
        order: CoverageOrder,
        send: Callable[[CoverageOrder], None],
    ) -> None:
        """Know what was written down; `order` is how workers measure, `send` changes that."""
        self._news = threading.Condition()
        self._ledger = Ledger()
        self._changes = Changes()
        self._workers = workers
        self._unasked: dict[str, None] = {}
        self._journal = journal
        self._send = send
        self.order = order
        journal.replay(self._learn)
        # The one that is newer: an order is written down first, but memory may be short.
        newest = max(self.order, order, key=lambda one: one.epoch)
        self._learn(dataclasses.replace(newest, paused=order.paused))
        if self.order != order:
            send(self.order)

    # ------------------------------------------------------------ what is heard

    def hear(self, message: Message) -> None:
        """Take what a worker says; raises ValueError where none would say so."""
        if not isinstance(message, CoverageTold | CoverageAck | CoverageLeft):
            raise ValueError(f"nothing that a worker says: {message!r}")
        with self._news:
            written = self._learn(message)
            if written is not None:
                self._write(written)
            self._news.notify_all()

    def show(self, path: str) -> None:
        """What is to be shown of a file has changed, although nothing ran; '': of all."""
        with self._news:
            self._changes.add([path] if path else [])
            self._news.notify_all()

    def _learn(self, message: Message) -> Message | None:
        """Know what a message says; return what of it is to be written down."""
        match message:
            case CoverageTold():
                is_new = message.pid != NOBODY and self._workers.heard(message)
                news = self._ledger.add(message)
                self._have_changed(dict.fromkeys(file.path for file in news))
                return dataclasses.replace(message, files=news) if news or is_new else None
            case CoverageAck() | CoverageLeft():
                return message if self._workers.heard(message) else None
            case CoverageOrder():
                if message.epoch != self._ledger.epoch:
                    self._have_changed(dict.fromkeys(self._ledger.forget(message.epoch)))
                self.order = message
                return message
            case _:
                return None

    def _have_changed(self, paths: dict[str, None]) -> None:
        self._changes.add(paths)
        for path in paths:
            self._unasked.pop(path, None)
        self._unasked.update(paths)

    def _write(self, message: Message) -> None:
        self._journal.append(message)
        if self._journal.has_grown:
            self._journal.rewrite(self._as_messages())

    def _as_messages(self) -> list[Message]:
        written: list[Message] = [self.order]
        written += [CoverageTold(*one, 0, 0, IMPORT, ()) for one in self._workers.living()]
        for facts in self._ledger.snapshot().files:
            for version in facts.versions:
                written += _told(facts.path, version, self._ledger.epoch)
        return written

    # ------------------------------------------------------------ orders

    def reset(self) -> list[Worker]:
        """Forget what requests have run; return the workers that have not heard of it."""
        return self._give(lambda order: dataclasses.replace(order, epoch=order.epoch + 1))

    def pause(self, paused: bool) -> list[Worker]:
        """Drop what requests run, or not; return the workers that have not heard of it."""
        return self._give(lambda order: dataclasses.replace(order, paused=paused))

    def _give(self, change: Callable[[CoverageOrder], CoverageOrder]) -> list[Worker]:
        with self._news:
            order = change(self.order)
            self._write(order)
            self._learn(order)
            self._send(order)
            deadline = monotonic() + PATIENCE
            # The newest order: who has heard of it need not have heard of ours.
            while (behind := self._workers.behind(self.order)) and monotonic() < deadline:
                self._news.wait(_GLANCE)
            return behind

    # ------------------------------------------------------------ what is asked

    @property
    def seq(self) -> int:
        """Grows with each change of what has run."""
        with self._news:
            return self._ledger.seq

    @property
    def has_pairs(self) -> bool | None:
        """Whether workers tell pairs of lines; None where they have told nothing yet."""
        with self._news:
            return self._ledger.has_pairs

    def snapshot(self) -> Snapshot:
        """Return all that has run."""
        with self._news:
            return self._ledger.snapshot()

    def unasked(self) -> list[FileFacts]:
        """Return what has run of the files that changed since this was called last."""
        with self._news:
            facts = [self._ledger.facts(path) for path in self._unasked]
            self._unasked.clear()
            return facts

    def since(self, seq: int) -> tuple[int, list[str]]:
        """Return the number of the last change, and which files have changed after `seq`."""
        with self._news:
            return self._changes.seq, self._changes.since(seq)

    def last_change(self, path: str) -> int:
        """Return the number of the last change of what is shown of a file."""
        with self._news:
            return self._changes.last(path)

    def paths(self) -> list[str]:
        """Return the files of which something ran."""
        with self._news:
            return self._ledger.paths()

    def workers(self) -> list[Worker]:
        """Return the workers that live."""
        with self._news:
            return self._workers.living()

    def wait(self, reached: Callable[[], bool], seconds: float) -> None:
        """Return when `reached`, which is asked at each change, or after so many seconds."""
        deadline = monotonic() + seconds
        # Asked without our lock: it may need one that whoever calls us holds.
        while not reached() and monotonic() < deadline:
            with self._news:
                self._news.wait(_GLANCE)


def _told(path: str, version: Version, epoch: int) -> list[Message]:
    """Return what would have to be told for this to be known."""
    parts = [(IMPORT, version.imports, ""), (REQUEST, version.requests, "")]
    parts += [(REQUEST, lines, label) for label, lines in version.contexts.items()]
    return [
        CoverageTold(
            NOBODY, NOBODY, 0, epoch, phase, (FileLines(path, version.digest, (*lines,), label),)
        )
        for phase, lines, label in parts
        if lines or phase == IMPORT
    ]
