"""Bars side by side, as an SVG that is readable on light and on dark ground; pure.

The colours follow the reader's choice by a media query, and the ground is drawn too: a page
whose own choice differs still shows a picture that can be read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

WIDTH = 820
MARGIN = 20
LABELS = 190
NOTES = 210
"""Room to the right of the longest bar, for its figure and what is noted."""
ROW = 24
BAR = 14
HEAD = 46
STYLE = """\
  .ground { fill: #ffffff; stroke: #d8dee4; }
  text { font: 13px system-ui, -apple-system, "Segoe UI", sans-serif; fill: #24292f; }
  .title { font-size: 15px; font-weight: 600; }
  .quiet { fill: #5a636d; }
  .figure { font-variant-numeric: tabular-nums; }
  .bar { fill: #b4bdc8; }
  .ours { fill: #2463d6; }
  .spread { stroke: #30363d; stroke-width: 1.5; }
  @media (prefers-color-scheme: dark) {
    .ground { fill: #15181d; stroke: #363c45; }
    text { fill: #e6e8eb; }
    .quiet { fill: #a2abb6; }
    .bar { fill: #55606d; }
    .ours { fill: #5b93ff; }
    .spread { stroke: #d8dee4; }
  }
"""


@dataclass(frozen=True)
class Bar:
    """One server."""

    label: str
    value: float | None
    """None where there is no figure; the note then says why."""
    shown: str
    spread: tuple[float, float] | None = None
    """The least and the greatest, drawn as a line."""
    note: str = ""
    ours: bool = False


@dataclass(frozen=True)
class Panel:
    """What is compared, on a scale of its own."""

    title: str
    about: str
    bars: Sequence[Bar]

    @property
    def height(self) -> int:
        """Return what it takes of the picture."""
        return HEAD + ROW * len(self.bars) + 14


def picture(panels: Sequence[Panel], about: str) -> str:
    """Return the panels below each other, as a document; `about` is for those who do not see."""
    height = sum(panel.height for panel in panels) + 2 * MARGIN - 10
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        f'width="{WIDTH}" height="{height}" role="img">',
        f"<title>{escape(about)}</title>",
        f"<style>\n{STYLE}</style>",
        f'<rect class="ground" x="0.5" y="0.5" width="{WIDTH - 1}" height="{height - 1}" rx="8"/>',
    ]
    top = MARGIN
    for panel in panels:
        parts += _panel(panel, top)
        top += panel.height
    return "\n".join([*parts, "</svg>", ""])


def _panel(panel: Panel, top: int) -> Iterator[str]:
    yield f'<text class="title" x="{MARGIN}" y="{top + 14}">{escape(panel.title)}</text>'
    yield f'<text class="quiet" x="{MARGIN}" y="{top + 32}">{escape(panel.about)}</text>'
    longest = max((bar.value or 0.0 for bar in panel.bars), default=0.0)
    scale = (WIDTH - 2 * MARGIN - LABELS - NOTES) / longest if longest else 0.0
    for number, bar in enumerate(panel.bars):
        yield from _bar(bar, top + HEAD + ROW * number, scale, longest)


def _bar(bar: Bar, top: int, scale: float, longest: float) -> Iterator[str]:
    start, middle = MARGIN + LABELS, top + BAR / 2
    base = top + BAR - 2
    yield f'<text x="{start - 10}" y="{base}" text-anchor="end">{escape(bar.label)}</text>'
    end = float(start)
    if bar.value is not None:
        length = max(bar.value * scale, 1.5)
        kind = "bar ours" if bar.ours else "bar"
        yield (
            f'<rect class="{kind}" x="{start}" y="{top}" width="{length:.1f}" height="{BAR}" '
            'rx="2"/>'
        )
        end += length
    if bar.spread is not None:
        # What is far beyond the scale would run through the figures.
        least, greatest = (min(value, longest) * scale for value in bar.spread)
        yield (
            f'<line class="spread" x1="{start + least:.1f}" x2="{start + greatest:.1f}" '
            f'y1="{middle}" y2="{middle}"/>'
        )
        end = max(end, start + greatest)
    weight = ' font-weight="600"' if bar.ours else ""
    note = f'<tspan class="quiet" dx="8">{escape(bar.note)}</tspan>' if bar.note else ""
    yield (
        f'<text class="figure" x="{end + 8:.1f}" y="{base}"><tspan{weight}>'
        f"{escape(bar.shown)}</tspan>{note}</text>"
    )
