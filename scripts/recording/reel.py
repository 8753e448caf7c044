"""What a terminal showed, as an SVG that moves: frames of cells in, a document out; pure.

Each line of the terminal is a strip of all that it ever showed, one below the other, behind a
window that is one line high; one CSS animation a line moves the strip.  So a picture grows with
what changed, not with its length, needs no script, and plays wherever an image may stand.
Where nothing may move it shows how it ended.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

COLUMN = 8.4
LINE = 19
MARGIN = 16
GROUND, EDGE, INK = "#14171c", "#343b45", "#dde2e8"
COLOURS = {
    "black": "#14171c",
    "red": "#ff8078",
    "green": "#7ee787",
    "brown": "#e8b84a",
    "blue": "#80bdff",
    "magenta": "#d6adff",
    "cyan": "#76dfe8",
    "white": "#dde2e8",
    "brightblack": "#8d96a0",
    "brightred": "#ffa198",
    "brightgreen": "#a0f2a8",
    "brightbrown": "#f5d382",
    "brightblue": "#a8d3ff",
    "brightmagenta": "#e6ccff",
    "brightcyan": "#a8f0f5",
    "brightwhite": "#ffffff",
}
GROUNDS = {**COLOURS, "brightblack": "#3c4551"}
"""Behind characters, so that they can be read."""
FONT = 'ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace'


@dataclass(frozen=True)
class Look:
    """How a character is drawn; colours as the terminal names them, or as six hex digits."""

    ink: str = "default"
    ground: str = "default"
    bold: bool = False


@dataclass(frozen=True)
class Run:
    """Characters of one look, from a column on."""

    column: int
    text: str
    look: Look


Row = tuple[Run, ...]


@dataclass(frozen=True)
class Frame:
    """All rows, from a moment on, in seconds."""

    at: float
    rows: tuple[Row, ...]


def animation(frames: Sequence[Frame], columns: int, seconds: float, about: str) -> str:
    """Return the document; `seconds` is when it begins anew, `about` is for those who do not see.

    The first frame begins at 0.
    """
    lines = len(frames[0].rows)
    width, height = round(columns * COLUMN + 2 * MARGIN), lines * LINE + 2 * MARGIN
    classes: dict[str, str] = {}
    rules: list[str] = []
    strips: list[str] = []
    for number in range(lines):
        shown = _changes([(frame.at, frame.rows[number]) for frame in frames])
        if any(row for _, row in shown):
            strips += _strip(number, shown, columns, classes)
            rules += _rules(number, shown, seconds)
    looks = [f".{name}{{{rule}}}" for rule, name in classes.items()]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
            f'width="{width}" height="{height}" role="img">',
            f"<title>{escape(about)}</title>",
            f"<style>text{{font:14px {FONT};fill:{INK}}}",
            f"g{{animation:{seconds:g}s step-end infinite}}",
            *looks,
            *rules,
            "@media (prefers-reduced-motion:reduce){g{animation:none}}</style>",
            f'<rect x="0.5" y="0.5" width="{width - 1}" height="{height - 1}" rx="8" '
            f'fill="{GROUND}" stroke="{EDGE}"/>',
            *strips,
            "</svg>",
            "",
        ]
    )


def _changes(rows: Sequence[tuple[float, Row]]) -> list[tuple[float, Row]]:
    """Return when a line changed, and what it then showed."""
    changed: list[tuple[float, Row]] = []
    for at, row in rows:
        if not changed or changed[-1][1] != row:
            changed.append((at, row))
    return changed


def _places(shown: Sequence[tuple[float, Row]]) -> dict[Row, int]:
    """Return the place in the strip of each different row."""
    return {row: place for place, row in enumerate(dict.fromkeys(row for _, row in shown))}


def _strip(
    number: int, shown: Sequence[tuple[float, Row]], columns: int, classes: dict[str, str]
) -> Iterator[str]:
    width = columns * COLUMN
    yield (
        f'<svg x="{MARGIN}" y="{MARGIN + number * LINE}" width="{width:.1f}" height="{LINE}">'
        f'<g id="l{number}">'
    )
    for row, place in _places(shown).items():
        for run in row:
            yield from _drawn(run, place * LINE, classes)
    yield "</g></svg>"


def _drawn(run: Run, top: int, classes: dict[str, str]) -> Iterator[str]:
    left, width = run.column * COLUMN, len(run.text) * COLUMN
    if run.look.ground != "default":
        fill = _class(classes, f"fill:{colour(run.look.ground, GROUND, GROUNDS)}")
        yield f'<rect class="{fill}" x="{left:.1f}" y="{top}" width="{width:.1f}" height="{LINE}"/>'
    text = run.text.strip()
    if not text:
        return
    left += (len(run.text) - len(run.text.lstrip())) * COLUMN
    rule = f"fill:{colour(run.look.ink, INK)}" + (";font-weight:bold" if run.look.bold else "")
    # The length, so that columns stand below each other whatever the font.
    yield (
        f'<text class="{_class(classes, rule)}" x="{left:.1f}" y="{top + 14}" '
        f'textLength="{len(text) * COLUMN:.1f}">{_kept(text)}</text>'
    )


def _kept(text: str) -> str:
    # Of several blanks a browser shows one.
    return escape(text).replace("  ", "\N{NO-BREAK SPACE} ")


def _class(classes: dict[str, str], rule: str) -> str:
    return classes.setdefault(rule, f"c{len(classes)}")


def colour(name: str, default: str, known: Mapping[str, str] = COLOURS) -> str:
    """Return a colour as CSS has it."""
    if name == "default":
        return default
    return known.get(name, f"#{name}")


def _rules(number: int, shown: Sequence[tuple[float, Row]], seconds: float) -> Iterator[str]:
    places = _places(shown)
    last = places[shown[-1][1]]
    if len(shown) > 1:
        steps = "".join(
            f"{100 * at / seconds:.2f}%{{transform:translateY({-LINE * places[row]}px)}}"
            for at, row in shown
        )
        yield f"@keyframes k{number}{{{steps}}}"
    yield f"#l{number}{{transform:translateY({-LINE * last}px);animation-name:k{number}}}"
