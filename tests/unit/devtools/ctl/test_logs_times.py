"""What users type for the ends of a range of time, and what stands in logs."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from spawning_devtools.ctl.logs.times import moment_of, parse, within

NOW = 1795525115.0  # 2026-11-24 12:58:35 UTC, a Tuesday
MIDNIGHT = NOW - 12 * 3600 - 58 * 60 - 35


@pytest.fixture(autouse=True)
def _zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Have the machine in Greenwich."""
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


TYPED = {
    "-1hour": NOW - 3600,
    "-1hours": NOW - 3600,
    "1hour": NOW - 3600,
    "1 hour ago": NOW - 3600,
    "-2h": NOW - 7200,
    "-3hrs": NOW - 3 * 3600,
    "-30minutes": NOW - 1800,
    "-30min": NOW - 1800,
    "-30m": NOW - 1800,
    "-90s": NOW - 90,
    "-90 seconds": NOW - 90,
    "-90sec": NOW - 90,
    "-1d": NOW - 86400,
    "-2days": NOW - 2 * 86400,
    "-1w": NOW - 7 * 86400,
    "-2weeks": NOW - 14 * 86400,
    "-1h30m": NOW - 5400,
    "-1.5HOURS": NOW - 5400,
    "now": NOW,
    "today": MIDNIGHT,
    "yesterday": MIDNIGHT - 86400,
    "12:58": NOW - 35,
    "2:03:04": MIDNIGHT + 2 * 3600 + 3 * 60 + 4,
    "2026-11-24": MIDNIGHT,
    "2026-11-24 12:58": NOW - 35,
    "2026-11-24T12:58:35": NOW,
    "2026-11-24T14:28:35+01:30": NOW,
    "2026-11-24T12:58:35Z": NOW,
    "24/Nov/2026 12:58:35": NOW,
    "24/Nov/2026:11:28:35 -0130": NOW,
}


@pytest.mark.parametrize(("text", "moment"), TYPED.items())
def test_what_users_type(text: str, moment: float) -> None:
    assert parse(text, NOW) == moment


@pytest.mark.parametrize(
    ("text", "clause"),
    [
        ("", "it is a span before now such as -1hour"),
        ("soon", "it is a span before now such as -1hour"),
        ("-1", "it is a span"),
        ("-1month", "there is no unit 'month'"),
        ("25:00", "it is a span"),
        ("2026-13-01", "it is a span"),
        ("24/Nox/2026:11:28:35 -0130", "it is a span"),
    ],
)
def test_what_cannot_be_a_time(text: str, clause: str) -> None:
    with pytest.raises(ValueError, match=clause):
        parse(text, NOW)


LOGGED = ["24/Nov/2026 12:58:35", "24/Nov/2026:13:58:35 +0100", "2026-11-24T12:58:35.999+00:00"]


@pytest.mark.parametrize("text", LOGGED)
def test_what_stands_in_logs(text: str) -> None:
    assert int(moment_of(text)) == NOW


@pytest.mark.parametrize(
    ("earliest", "latest", "is_in"),
    [
        (None, None, True),
        (NOW, NOW, True),
        (NOW + 1, None, False),
        (None, NOW - 1, False),
        (NOW - 1, NOW + 1, True),
    ],
)
def test_both_ends_belong_to_a_range(
    earliest: float | None, latest: float | None, is_in: bool
) -> None:
    assert within(earliest, latest)(b"24/Nov/2026 12:58:35") is is_in


def test_a_time_that_cannot_be_read_is_in_no_range() -> None:
    assert not within(None, None)(b"\xff")
