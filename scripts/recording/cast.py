"""Recordings as asciinema keeps them: https://docs.asciinema.org/manual/asciicast/v2/"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

LONGEST_PAUSE = 2.5
"""Seconds for which nothing happens, at most, when a recording is shown."""


@dataclass(frozen=True)
class Cast:
    """What a terminal was sent, with the seconds since the beginning."""

    title: str
    size: tuple[int, int]
    """Columns and lines."""
    events: Sequence[tuple[float, bytes]]

    def hastened(self) -> Iterator[tuple[float, bytes]]:
        """Yield the events without long pauses, the first at 0."""
        before, moment = None, 0.0
        for at, data in self.events:
            moment += min(at - before, LONGEST_PAUSE) if before is not None else 0.0
            before = at
            yield moment, data


def write(path: Path, cast: Cast) -> None:
    """Write a recording."""
    columns, lines = cast.size
    head = {"version": 2, "width": columns, "height": lines, "title": cast.title}
    rows: list[object] = [head]
    rows += [[round(at, 4), "o", data.decode(errors="replace")] for at, data in cast.events]
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))


def read(path: Path) -> Cast:
    """Return a recording."""
    head, *rows = [json.loads(line) for line in path.read_text().splitlines()]
    events = [(float(at), text.encode()) for at, kind, text in rows if kind == "o"]
    return Cast(head["title"], (head["width"], head["height"]), events)
