"""From the bytes that a terminal was sent to what it shows; the only door to pyte."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

import pyte
from reel import Frame, Look, Row, Run


class Emulation:
    """A terminal of so many columns and lines."""

    def __init__(self, columns: int, lines: int) -> None:
        self._screen = pyte.Screen(columns, lines)
        self._stream = pyte.ByteStream(self._screen)

    def feed(self, data: bytes) -> None:
        """Take what a program has written."""
        self._stream.feed(data)

    @property
    def text(self) -> str:
        """What is shown, without looks."""
        return "\n".join(line.rstrip() for line in self._screen.display)

    def rows(self) -> tuple[Row, ...]:
        """Return what is shown, the cursor included."""
        return tuple(self._row(line) for line in range(self._screen.lines))

    def _row(self, line: int) -> Row:
        cells = [(x, *self._cell(x, line)) for x in range(self._screen.columns)]
        runs = []
        for look, group in groupby(cells, key=lambda cell: cell[2]):
            members = list(group)
            text = "".join(character for _, character, _ in members)
            if text.strip() or look.ground != "default":
                runs.append(Run(members[0][0], text, look))
        return tuple(runs)

    def _cell(self, x: int, line: int) -> tuple[str, Look]:
        cell = self._screen.buffer[line][x]
        cursor = self._screen.cursor
        ink, ground = cell.fg, cell.bg
        if cell.reverse != (cursor.x == x and cursor.y == line and not cursor.hidden):
            ink = ground if ground != "default" else "black"
            ground = cell.fg if cell.fg != "default" else "white"
        return cell.data or " ", Look(ink, ground, cell.bold)


def frames(
    events: Iterable[tuple[float, bytes]], size: tuple[int, int], least: float
) -> Iterator[Frame]:
    """Yield what was shown; what changed again within `least` seconds is left out."""
    screen = Emulation(*size)
    shown: Frame | None = None
    for at, data in events:
        if shown is not None and at - shown.at >= least:
            yield shown
            shown = None
        screen.feed(data)
        shown = Frame(at if shown is None else shown.at, screen.rows())
    if shown is not None:
        yield shown
