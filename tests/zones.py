"""The machine in another time zone, for the length of a test."""

from __future__ import annotations

import time

import pytest

from spawning.access_log import moment


def move_to(zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have this process in `zone`, a value of TZ."""
    monkeypatch.setenv("TZ", zone)
    _notice()


def move_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have this process where it was."""
    monkeypatch.undo()
    _notice()


def _notice() -> None:
    time.tzset()
    # A machine does not move, so the log remembers the last seconds as it has written them.
    for made in (moment.plain, moment.common, moment._iso_halves):
        made.cache_clear()
