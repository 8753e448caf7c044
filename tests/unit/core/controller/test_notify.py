"""What systemd is told, as text; and what becomes of it when nobody listens."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import Any

import pytest

from spawning.controller.notify import (
    RETRY,
    Condition,
    Notifier,
    Phase,
    condition_of,
    from_environment,
    sender,
    text_of,
)
from spawning.controller.policy import Stopping
from unit.core.situations import NOW, situation

# (workers, what else is known, phase, status)
CONDITIONS: list[tuple[str, dict[str, Any], Phase, str]] = [
    ("", {"pending": 1}, Phase.STARTING, "generation 1 is starting"),
    ("1R", {"pending": 1}, Phase.STARTING, "generation 1 is starting"),
    ("", {}, Phase.STARTING, "nothing serves"),
    ("1S 1S", {"serving": 1}, Phase.SERVING, "generation 1 serves with 2 workers"),
    ("1S 1R", {"serving": 1}, Phase.SERVING, "generation 1 serves with 1 worker"),
    (
        "1S 2T",
        {"serving": 1, "pending": 2},
        Phase.RELOADING,
        "generation 2 is starting; generation 1 serves with 1 worker",
    ),
    (
        "1S",
        {"serving": 1, "outdated": True},
        Phase.SERVING,
        "the last reload failed; generation 1 serves with 1 worker",
    ),
    (
        "1S 1D",
        {"serving": 1, "stopping": Stopping.GRACEFULLY},
        Phase.STOPPING,
        "stopping; 2 workers left",
    ),
]


@pytest.mark.parametrize(("workers", "known", "phase", "status"), CONDITIONS)
def test_a_situation_has_a_phase_and_a_status(
    workers: str, known: dict[str, Any], phase: Phase, status: str
) -> None:
    condition = condition_of(situation(workers, **known))
    assert condition.phase is phase
    assert condition.status == status


STARTING = Condition(Phase.STARTING, 1, "a")
SERVING = Condition(Phase.SERVING, 0, "b")
MORE = Condition(Phase.SERVING, 0, "c")
RELOADING = Condition(Phase.RELOADING, 2, "d")
AGAIN = Condition(Phase.RELOADING, 3, "e")
STOPPING = Condition(Phase.STOPPING, 0, "f")


@pytest.mark.parametrize(
    ("before", "after", "text"),
    [
        (None, STARTING, "STATUS=a"),
        (STARTING, SERVING, "STATUS=b\nREADY=1\nMAINPID=7"),
        (SERVING, SERVING, ""),
        (SERVING, MORE, "STATUS=c"),
        (MORE, RELOADING, "STATUS=d\nRELOADING=1\nMONOTONIC_USEC=1500000"),
        (RELOADING, AGAIN, "STATUS=e\nRELOADING=1\nMONOTONIC_USEC=1500000"),
        (AGAIN, SERVING, "STATUS=b\nREADY=1\nMAINPID=7"),
        (RELOADING, STOPPING, "STATUS=f\nSTOPPING=1"),
        (STARTING, STOPPING, "STATUS=f\nSTOPPING=1"),
    ],
)
def test_a_change_is_told(before: Condition | None, after: Condition, text: str) -> None:
    assert text_of(before, after, 1.5, 7) == text


class Wire:
    """Collects what is sent, as long as it takes anything."""

    def __init__(self) -> None:
        self.takes = True
        self.texts: list[str] = []

    def send(self, text: str) -> bool:
        """Take a text, or not."""
        if self.takes:
            self.texts.append(text)
        return self.takes


def test_what_could_not_be_sent_is_sent_again() -> None:
    wire = Wire()
    notifier = Notifier(wire.send)
    notifier.follow(situation(pending=1), NOW)
    wire.takes = False
    serves = situation("1S 1S", serving=1)
    notifier.follow(serves, NOW + 1)
    assert notifier.wake_at == NOW + 1 + RETRY
    wire.takes = True
    notifier.follow(serves, NOW + 2)
    assert notifier.wake_at is None
    assert wire.texts[-1].splitlines()[1:] == ["READY=1", f"MAINPID={os.getpid()}"]
    notifier.follow(serves, NOW + 3)
    assert len(wire.texts) == 2


def test_beats_come_at_their_time() -> None:
    wire = Wire()
    notifier = Notifier(wire.send, beat_every=5.0)
    serves = situation("1S 1S", serving=1)
    notifier.follow(serves, NOW)
    assert wire.texts[0].endswith("\nWATCHDOG=1")
    assert notifier.wake_at == NOW + 5
    notifier.follow(serves, NOW + 4.9)
    assert len(wire.texts) == 1
    notifier.follow(serves, NOW + 5)
    assert wire.texts[1:] == ["WATCHDOG=1"]
    assert notifier.wake_at == NOW + 10


def test_whoever_waits_is_told_once() -> None:
    told: list[bool] = []
    notifier = Notifier(served=lambda: told.append(True))
    notifier.follow(situation(pending=1), NOW)
    assert told == []
    for _ in range(2):
        notifier.follow(situation("1S", serving=1), NOW)
    notifier.follow(situation("1S 2T", serving=1, pending=2), NOW)
    assert told == [True]


@pytest.mark.parametrize("prefix", ["/", "@"])
def test_a_full_receiver_blocks_nobody(
    prefix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"@spawning-{tmp_path}" if prefix == "@" else str(tmp_path / "s")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as receiver:
        receiver.bind(name.replace("@", "\0"))
        send = sender(name)
        sent = 0
        while send("READY=1"):
            sent += 1
        assert sent > 0
        assert receiver.recv(100) == b"READY=1"
        assert send("READY=1")


@pytest.mark.parametrize(
    ("environ", "every"),
    [
        ({"NOTIFY_SOCKET": "/x", "WATCHDOG_USEC": "3000000"}, 1.5),
        ({"NOTIFY_SOCKET": "/x", "WATCHDOG_USEC": "3000000", "WATCHDOG_PID": "7"}, 1.5),
        ({"NOTIFY_SOCKET": "/x", "WATCHDOG_USEC": "3000000", "WATCHDOG_PID": "8"}, None),
        ({"NOTIFY_SOCKET": "/x", "WATCHDOG_USEC": "0"}, None),
        ({"NOTIFY_SOCKET": "/x", "WATCHDOG_USEC": "soon"}, None),
        ({"NOTIFY_SOCKET": "/x"}, None),
        ({"WATCHDOG_USEC": "3000000"}, None),
    ],
)
def test_the_environment_says_how_often(environ: dict[str, str], every: float | None) -> None:
    left = {**environ, "PATH": "/bin"}
    assert from_environment(left, 7)[1] == every
    assert left == {"PATH": "/bin"}
