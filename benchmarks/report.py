"""Tables in Markdown, and the words in which figures are told."""

from __future__ import annotations

import json
import statistics
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

from peers import DISTRIBUTIONS

NOTHING = "-"


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table; every column but the first holds figures."""
    columns = list(zip(heads, *rows, strict=True))
    widths = [max(map(len, column)) for column in columns]

    def line(cells: Sequence[str]) -> str:
        first, *figures = (cell.rjust(width) for cell, width in zip(cells, widths, strict=True))
        return "| " + " | ".join([first.strip().ljust(widths[0]), *figures]) + " |"

    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    return "\n".join([line(heads), line(rule), *map(line, rows)])


def median_and_spread(values: Sequence[float]) -> str:
    """Return `median (lowest to highest)`, rounded to whole numbers."""
    if not values:
        return NOTHING
    middle = f"{statistics.median(values):,.0f}"
    if len(values) == 1:
        return middle
    return f"{middle} ({min(values):,.0f} to {max(values):,.0f})"


def ratio(value: float | None, reference: float | None) -> str:
    """Return how many times `reference` goes into `value`."""
    return f"{value / reference:.2f}" if value and reference else NOTHING


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest of `values` that is not exceeded by `share` of them."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def versions() -> str:
    """Return the names and versions of what was measured, in one line."""
    parts = []
    for name in DISTRIBUTIONS:
        try:
            parts.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            continue
    return ", ".join(parts)


def write_json(path: str, content: dict[str, Any]) -> None:
    """Write the raw figures, or nothing where no path was given."""
    if path:
        Path(path).write_text(json.dumps(content, indent=2) + "\n")
