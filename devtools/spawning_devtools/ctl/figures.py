"""Numbers as people read them: pure."""

from __future__ import annotations

_SIZES = "BKMGT"
_UNITS = ((86400, "d"), (3600, "h"), (60, "m"))


def size(count: int) -> str:
    """Return a number of bytes in at most five characters: `45M`, `1.2G`; `-` for none."""
    if count <= 0:
        return "-"
    amount, unit = float(count), 0
    while amount >= 999.5 and unit < len(_SIZES) - 1:
        amount, unit = amount / 1024, unit + 1
    return (
        f"{amount:.1f}{_SIZES[unit]}"
        if unit > 1 and amount < 9.95
        else f"{amount:.0f}{_SIZES[unit]}"
    )


def count(number: float) -> str:
    """Return a number in at most six characters: `812`, `12,345`, `1.2M`."""
    if number < 99_999.5:
        return f"{number:,.0f}"
    for unit in "kMG":
        number /= 1000
        if number < 999.5 or unit == "G":
            break
    return f"{number:.{1 if number < 9.95 else 0}f}{unit}"


def duration(seconds: float) -> str:
    """Return a duration in at most seven characters: `4.2s`, `51s`, `3h20m`, `12d4h`."""
    if seconds < 9.95:
        return f"{max(0.0, seconds):.1f}s"
    if seconds < 60:
        return f"{seconds:.0f}s"
    whole = int(seconds)
    for place, (length, unit) in enumerate(_UNITS):
        if whole >= length:
            rest = whole % length
            if place + 1 < len(_UNITS):
                smaller, name = _UNITS[place + 1]
                return f"{whole // length}{unit}{rest // smaller}{name}"
            return f"{whole // length}{unit}{rest}s"
    return f"{whole}s"
