"""What was found, as text, JSON or CSV; pure."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
from collections.abc import Callable, Mapping, Sequence

from spawning_devtools.ctl.logs.scan import Findings, Key
from spawning_devtools.ctl.logs.tally import Total

NUMBERS = ("count", "mean", "p50", "p90", "p99", "max", "seconds", "bytes")
"""What is said of each group, durations in seconds; `seconds` is their sum."""
_SHOWN = ("count", "mean", "p50", "p90", "p99", "max", "bytes")
_DURATIONS = ("mean", "p50", "p90", "p99", "max", "seconds")

Number = float | int | None


@dataclasses.dataclass(frozen=True, slots=True)
class Group:
    """The requests that have something in common."""

    key: Key
    numbers: Mapping[str, Number]


def group(key: Key, total: Total) -> Group:
    """Return what is said of a group."""
    seconds = total.seconds
    return Group(
        key,
        {
            "count": total.count,
            "mean": seconds / total.timed if total.timed else None,
            "p50": total.percentile(50),
            "p90": total.percentile(90),
            "p99": total.percentile(99),
            "max": total.percentile(100),
            "seconds": seconds if total.timed else None,
            "bytes": total.size,
        },
    )


def arranged(found: Findings, by: Sequence[str], sort: str) -> list[Group]:
    """Return the groups: the greatest number first, or in the order of a column's text."""
    groups = [group(key, total) for key, total in found.totals.items()]
    groups.sort(key=lambda one: one.key)
    if sort in by:
        groups.sort(key=lambda one: one.key[by.index(sort)])
    else:
        groups.sort(key=lambda one: -1.0 if (n := one.numbers[sort]) is None else n, reverse=True)
    return groups


def as_text(groups: Sequence[Group], by: Sequence[str], left_out: int) -> str:
    """Return a table, durations in milliseconds; what has any length stands last."""
    heads = [f"{name} ms" if name in _DURATIONS else name for name in _SHOWN]
    table = [heads, *([_shown(name, one.numbers[name]) for name in _SHOWN] for one in groups)]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    keys = [by, *(one.key for one in groups)]
    lines = [
        "  ".join([*map(str.rjust, row, widths), *map(_printable, key)])
        for row, key in zip(table, keys, strict=True)
    ]
    if left_out:
        lines.append(f"and {left_out:,} more; --limit 0 shows all")
    return "\n".join(lines) + "\n"


def _shown(name: str, number: Number) -> str:
    if number is None:
        return "-"
    if name in _DURATIONS:
        return f"{number * 1000:,.1f}"
    return _size(number) if name == "bytes" else f"{number:,}"


def _size(number: float) -> str:
    for unit in ("B", "kB", "MB", "GB"):
        if number < 1000:
            return f"{number:.0f} {unit}" if unit == "B" else f"{number:.1f} {unit}"
        number /= 1000
    return f"{number:,.1f} TB"


def _printable(text: str) -> str:
    # Clients have written it, and a terminal obeys what it is shown.
    return text if text.isprintable() else repr(text)[1:-1]


def as_json(groups: Sequence[Group], by: Sequence[str], found: Findings) -> str:
    """Return an object: requests, lines that could not be read, groups."""
    said = {
        "requests": sum(total.count for total in found.totals.values()),
        "unread": found.unread,
        "groups": [_named(one, by) for one in groups],
    }
    return json.dumps(said, indent=1) + "\n"


def as_csv(groups: Sequence[Group], by: Sequence[str]) -> str:
    """Return a line of names, and one for each group."""
    text = io.StringIO()
    writer = csv.DictWriter(text, [*by, *NUMBERS], lineterminator="\n")
    writer.writeheader()
    writer.writerows(_named(one, by) for one in groups)
    return text.getvalue()


def _named(one: Group, by: Sequence[str]) -> dict[str, str | Number]:
    numbers = {
        name: round(number, 6) if isinstance(number, float) else number
        for name, number in one.numbers.items()
    }
    return {**dict(zip(by, one.key, strict=True)), **numbers}


def complaint(found: Findings) -> str:
    """Return a sentence about the lines that could not be read, empty where there are none."""
    if not found.unread:
        return ""
    lines = "1 line is" if found.unread == 1 else f"{found.unread:,} lines are"
    which = "" if found.unread == 1 else "one of them: "
    return f"{lines} of no form that is known, and not counted; {which}{found.example!a}"


FORMATS: Mapping[str, Callable[[Sequence[Group], Sequence[str], int, Findings], str]] = {
    "text": lambda groups, by, left_out, _: as_text(groups, by, left_out),
    "json": lambda groups, by, _, found: as_json(groups, by, found),
    "csv": lambda groups, by, _left_out, _found: as_csv(groups, by),
}
