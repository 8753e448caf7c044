"""A time as the forms of the log write it, in the zone of this machine; each second made once."""

from __future__ import annotations

import functools
import time

# Not %b: the months of a log are English whatever the locale.
_MONTHS = tuple("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split())


@functools.lru_cache(maxsize=4)
def plain(second: int) -> str:
    """Return `24/Nov/2026 12:58:35`, the form of 0.9.7."""
    at = time.localtime(second)
    return f"{_date(at)} {_clock(at)}"


@functools.lru_cache(maxsize=4)
def common(second: int) -> str:
    """Return `24/Nov/2026:12:58:35 +0100`, that of the Common Log Format."""
    at = time.localtime(second)
    return f"{_date(at)}:{_clock(at)} {_offset(at, '')}"


def iso(moment: float) -> str:
    """Return `2026-11-24T12:58:35.123+01:00`, ISO 8601 with milliseconds."""
    second = int(moment)
    before, after = _iso_halves(second)
    return f"{before}.{int((moment - second) * 1000):03}{after}"


@functools.lru_cache(maxsize=4)
def _iso_halves(second: int) -> tuple[str, str]:
    at = time.localtime(second)
    return (
        f"{at.tm_year:04}-{at.tm_mon:02}-{at.tm_mday:02}T{_clock(at)}",
        _offset(at, ":"),
    )


def _date(at: time.struct_time) -> str:
    return f"{at.tm_mday:02}/{_MONTHS[at.tm_mon - 1]}/{at.tm_year:04}"


def _clock(at: time.struct_time) -> str:
    return f"{at.tm_hour:02}:{at.tm_min:02}:{at.tm_sec:02}"


def _offset(at: time.struct_time, colon: str) -> str:
    minutes = at.tm_gmtoff // 60
    hours, minutes = divmod(abs(minutes), 60)
    return f"{'-' if at.tm_gmtoff < 0 else '+'}{hours:02}{colon}{minutes:02}"
