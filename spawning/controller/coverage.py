"""What is measured of the lines that run: what the processes share, and who keeps it.

The controller makes it and looks at none of it: lines go from the workers to the keeper,
connections that ask for them too, and orders come back by way of the controller.
"""

from __future__ import annotations

import dataclasses
import os
import socket
from collections.abc import Callable, Sequence

from spawning import log, sockets
from spawning.config import Config
from spawning.controller.audience import Fact
from spawning.controller.companion import Brief
from spawning.devhooks import DevHooks
from spawning.http.handoff import make_pair
from spawning.messages import CoverageBoot, CoverageOrder, Message

NOT_MEASURED = (-1, -1)
PATIENCE = 10.0
"""Seconds in which the keeper removes its files; it gives way to all others while it does."""


class Coverage:
    """What outlives the processes."""

    def __init__(self) -> None:
        self.arrivals, self._departures = make_pair()
        """Connections that ask for coverage."""
        self.heard, self._told = make_pair()
        """What workers tell."""
        self.journal = os.memfd_create("spawning-coverage")
        self.order = CoverageOrder()

    @property
    def descriptors(self) -> tuple[int, int]:
        """Return those of the workers (see `Boot.coverage`)."""
        return self._departures.fileno(), self._told.fileno()

    def close(self) -> None:
        """Give it all up."""
        for sock in (self.arrivals, self._departures, self.heard, self._told):
            sock.close()
        os.close(self.journal)


class _Memory:
    """What the keeper is told: how to live, and how is measured now."""

    def __init__(self, boot: CoverageBoot, coverage: Coverage) -> None:
        self._boot = boot
        self._coverage = coverage

    def learn(self, _fact: Fact) -> None:
        """Nothing that happens concerns it."""

    def recall(self) -> list[CoverageBoot]:
        """Return what a new one has to be told."""
        return [dataclasses.replace(self._boot, order=self._coverage.order)]


def brief(
    config: Config,
    hooks: DevHooks,
    listeners: Sequence[socket.socket],
    coverage: Coverage,
    tell_workers: Callable[[Message], None],
    how: str,
) -> Brief:
    """Return what makes a companion the keeper of the lines that ran; `how` they are measured."""
    where = " ".join(f"{url}/_coverage" for url in sockets.urls_of(listeners))
    log.say(f"coverage on {where} ({how})")
    descriptors = coverage.arrivals.fileno(), coverage.heard.fileno(), coverage.journal
    boot = CoverageBoot(
        dataclasses.asdict(config),
        os.getcwd(),
        *descriptors,
        tuple((*sockets.name_and_port(s), s.family == socket.AF_UNIX) for s in listeners),
        os.getpid(),
        coverage.order,
    )

    def hear(message: Message) -> None:
        if isinstance(message, CoverageOrder):
            coverage.order = message
            tell_workers(message)

    return Brief(
        name="the keeper of the coverage",
        arguments=hooks.keeper_arguments(config),
        inherited=descriptors,
        memory=_Memory(boot, coverage),
        hear=hear,
        patience=PATIENCE,
    )
