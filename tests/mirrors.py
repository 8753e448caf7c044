"""What a worker's process is like, as `mirror_site` tells it, to be compared."""

from __future__ import annotations

import json
from typing import Any

INHERENT = {
    "streams": (
        "spawning_devtools.snapshots.held.HeldOutput",
        "_io.FileIO",
        "the raw stream has to hold what is printed while nobody is to see it",
    )
}
"""By what is reported: what stands there in a warm worker, and in a cold one, and why."""


def lines_of(report: Any) -> list[str]:
    """Return a report as lines."""
    return json.dumps(report, indent=1, sort_keys=True).splitlines()


def explained(line: str) -> str:
    """Return a line of a warm worker's report as a cold one would say it."""
    for is_warm, is_cold, _why in INHERENT.values():
        line = line.replace(is_warm, is_cold)
    return line
