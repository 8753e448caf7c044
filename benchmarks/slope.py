"""A straight line through points, by least squares; pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

WARM_UP = 1 / 6
"""What does not count of a time: its beginning."""


@dataclass(frozen=True)
class Line:
    """`error` is the standard error of the slope."""

    start: float
    slope: float
    error: float


def fitted(points: Sequence[tuple[float, float]]) -> Line | None:
    """Return the line through `points`, or None where fewer than three stand apart."""
    count = len(points)
    if count < 3:
        return None
    mean_x = sum(x for x, _ in points) / count
    mean_y = sum(y for _, y in points) / count
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    if not spread:
        return None
    slope = sum((x - mean_x) * (y - mean_y) for x, y in points) / spread
    start = mean_y - slope * mean_x
    rest = sum((y - start - slope * x) ** 2 for x, y in points)
    return Line(start, slope, math.sqrt(rest / (count - 2) / spread))
