"""Ends of a range of time, as users type them and as logs write them; pure."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable

_UNITS = {
    "second": 1,
    "sec": 1,
    "s": 1,
    "minute": 60,
    "min": 60,
    "m": 60,
    "hour": 3600,
    "hr": 3600,
    "h": 3600,
    "day": 86400,
    "d": 86400,
    "week": 604800,
    "w": 604800,
}
_AMOUNT = re.compile(r"\s*([0-9]+(?:\.[0-9]+)?)\s*([a-z]+)", re.ASCII | re.IGNORECASE)
_SPAN = re.compile(rf"-?((?:{_AMOUNT.pattern})+)\s*(?:ago)?", re.ASCII | re.IGNORECASE)
_CLOCK = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?", re.ASCII)
_LOGGED = re.compile(
    r"([0-9]{2})/([A-Z][a-z]{2})/([0-9]{4})[ :]([0-9]{2}):([0-9]{2}):([0-9]{2})"
    r"(?: ([+-])([0-9]{2})([0-9]{2}))?",
    re.ASCII,
)
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
WAYS = (
    "it is a span before now such as -1hour, -30min or -2days, or a time such as 2026-11-24,"
    " '2026-11-24 12:58' or 12:58"
)


def parse(text: str, now: float) -> float:
    """Return the moment, in seconds since the epoch, that a user means.

    Raises ValueError with a clause that says what would be right.  A time without a
    zone is one of this machine.
    """
    text = text.strip()
    span = _SPAN.fullmatch(text)
    if span is not None:
        return now - sum(_seconds(*amount) for amount in _AMOUNT.findall(span[1]))
    today = datetime.datetime.fromtimestamp(now).replace(hour=0, minute=0, second=0, microsecond=0)
    if text in ("now", "today", "yesterday"):
        days = datetime.timedelta(days=text == "yesterday")
        return now if text == "now" else (today - days).timestamp()
    clock = _CLOCK.fullmatch(text)
    try:
        if clock is not None:
            hour, minute, second = (int(number or 0) for number in clock.groups())
            return today.replace(hour=hour, minute=minute, second=second).timestamp()
        return moment_of(text)
    except ValueError:
        raise ValueError(WAYS) from None


def _seconds(number: str, unit: str) -> float:
    lower = unit.lower()
    size = _UNITS.get(lower) or _UNITS.get(lower.removesuffix("s"))
    if size is None:
        raise ValueError(f"there is no unit '{unit}'; {WAYS}")
    return float(number) * size


def moment_of(text: str) -> float:
    """Return the moment that a log, or a user, has written out; raises ValueError."""
    logged = _LOGGED.fullmatch(text)
    if logged is None:
        # Before Python 3.11 `Z` is not understood.
        iso = f"{text[:-1]}+00:00" if text.endswith("Z") else text
        return datetime.datetime.fromisoformat(iso).timestamp()
    day, month, year, hour, minute, second, sign, hours, minutes = logged.groups()
    zone = None
    if sign:
        offset = datetime.timedelta(hours=int(hours), minutes=int(minutes))
        zone = datetime.timezone(-offset if sign == "-" else offset)
    date = (int(year), _MONTHS.index(month) + 1, int(day))
    return datetime.datetime(*date, int(hour), int(minute), int(second), 0, zone).timestamp()


def within(earliest: float | None, latest: float | None) -> Callable[[bytes], bool]:
    """Return what tells whether a logged time is in the range, both ends included.

    A time that cannot be read is not.
    """
    low = float("-inf") if earliest is None else earliest
    high = float("inf") if latest is None else latest

    def is_within(logged: bytes) -> bool:
        try:
            return low <= moment_of(logged.decode("ascii", "replace")) <= high
        except ValueError:
            return False

    return is_within
