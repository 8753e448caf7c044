"""A process beside the workers, and its end."""

from __future__ import annotations

import os
from collections.abc import Iterable

import pytest

from serving import PATIENCE
from spawning.controller.audience import Fact
from spawning.controller.companion import Brief, Companion
from spawning.controller.switchboard import Switchboard
from spawning.messages import Message
from spawning.streams import Streams

pytestmark = pytest.mark.slow


class Nothing:
    """A memory of nothing."""

    def learn(self, fact: Fact) -> Message | None:
        return None

    def recall(self) -> Iterable[Message]:
        return ()


@pytest.mark.parametrize("patience", [0.0, PATIENCE])
@pytest.mark.parametrize("is_buried", [True, False])
def test_one_that_has_ended_can_be_ended(patience: float, is_buried: bool) -> None:
    brief = Brief(
        name="it",
        arguments=["-c", "raise SystemExit(7)"],
        memory=Nothing(),
        hear=lambda _message: None,
        patience=patience,
    )
    switchboard = Switchboard()
    companion = Companion(brief, switchboard, Streams())
    assert companion.process is None
    companion.keep_up(0.0)
    process = companion.process
    assert process is not None
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    if is_buried:  # by whoever looks after all children
        assert process.poll() == 7
    companion.end()
    assert companion.process is None
    assert process.poll() == 7
    switchboard.close()
