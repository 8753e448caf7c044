"""What a companion has to know that is told all that concerns processes."""

from __future__ import annotations

import dataclasses

from spawning import chronicle
from spawning.controller.audience import Fact
from spawning.messages import DoorBoot, Graph, Message, Refresh, Snapshots, StatusBoot


class Retold:
    """The chronicle, which is told whole to a new process; implements `companion.Memory`."""

    def __init__(self, boot: StatusBoot | DoorBoot) -> None:
        self._boot = boot
        self._chronicle = boot.chronicle

    def learn(self, fact: Fact) -> Message | None:
        """Return what the companion is told of a fact: all that concerns processes."""
        if isinstance(fact, (Graph, Refresh, Snapshots)):
            return None
        self._chronicle = chronicle.extended(self._chronicle, fact)
        return fact

    def recall(self) -> list[Message]:
        """Return what a new process has to be told."""
        return [dataclasses.replace(self._boot, chronicle=self._chronicle)]
