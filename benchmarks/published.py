"""Turns what a benchmark has measured into the figures of the manual and the README.

    python benchmarks/published.py --reload FILE [--note TEXT]
    python benchmarks/published.py --serving FILE [--note TEXT]
    python benchmarks/published.py --steady FILE [--note TEXT]
    python benchmarks/published.py --redraw

FILE is what `benchmarks/NAME.py --json FILE` has written.  The figures that are shown go to
docs/figures/NAME.json, and their picture to docs/figures/NAME.svg; the manual's tables are made
from the same file.  `--note` says what the figures do not: the machine, for example.  `--redraw`
makes the pictures anew.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from plots import Bar, Panel, picture
from reload_peers import OURS
from report import percentile
from serving_panels import panels as serving_figures
from serving_panels import steady_panel, told
from sites import SITES

FIGURES = Path(__file__).resolve().parent.parent / "docs" / "figures"
IN_TURN = "mixed"
DRAWN = ("varied", "headers", "echo", "overhead", "idle")
"""Panels of serving that are drawn; the manual's tables have all."""
Plain = dict[str, Any]


def arguments() -> argparse.Namespace:
    """Return the options of the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--reload", metavar="FILE", help="what benchmarks/reload.py has written")
    what.add_argument("--serving", metavar="FILE", help="what benchmarks/serving.py has written")
    what.add_argument("--steady", metavar="FILE", help="what benchmarks/steady.py has written")
    what.add_argument("--redraw", action="store_true", help="only make the pictures anew")
    parser.add_argument("--note", default="", metavar="TEXT", help="of the machine, for example")
    return parser.parse_args()


def reload_figures(measured: Plain) -> list[Plain]:
    """Return, by site, what is shown of each server where files were saved in turn."""
    shown = []
    for site in SITES:
        servers = [
            _reloader(one)
            for one in measured["figures"]
            if one["site"] == site.name and one["edited"] == IN_TURN
        ]
        if servers:
            shown.append({"name": site.name, "title": site.title, "servers": servers})
    return shown


def _reloader(saves: Plain) -> Plain:
    times = [latency["milliseconds"] for latency in saves["latencies"]]
    failed = sum(saves["failed_kept"].values()) + sum(saves["failed_new"].values())
    return {
        "server": saves["peer"],
        "saves": len(times) + saves["missed"],
        "p50": round(statistics.median(times), 1) if times else None,
        "p95": round(percentile(times, 0.95), 1) if times else None,
        "worst": round(max(times), 1) if times else None,
        "missed": saves["missed"],
        "failed": failed,
        "reconnects": saves["reconnects"],
        "old": saves["old_answers"],
        "trouble": saves["trouble"].partition("\n")[0],
    }


def reload_picture(figures: Plain) -> str:
    """Return the bars of all sites."""
    panels = [
        Panel(
            site["title"],
            f"from a save to the first answer of new code: median, and the worst of {_of(site)}",
            [_reload_bar(server) for server in site["servers"]],
        )
        for site in figures["panels"]
    ]
    return picture(panels, "How soon after a save the new code answers, by server")


def _of(site: Plain) -> str:
    own = max((s["saves"] for s in site["servers"] if s["server"] == OURS), default=0)
    others = max((s["saves"] for s in site["servers"] if s["server"] != OURS), default=own)
    return f"{own} saves" + (f" (others: {others})" if others != own else "")


def _counted(number: int, what: str, happened: str) -> str:
    return f"{number:,} {what}{'s' * (number != 1)} {happened}"


def _reload_bar(server: Plain) -> Bar:
    p50, notes = server["p50"], []
    if server["failed"]:
        notes.append(_counted(server["failed"], "request", "failed"))
    if server["missed"]:
        notes.append(_counted(server["missed"], "save", "missed"))
    return Bar(
        server["server"],
        p50,
        "-" if p50 is None else f"{p50:,.0f} ms",
        None if p50 is None else (p50, server["worst"]),
        ", ".join(notes) or ("does not serve it" if p50 is None else ""),
        ours=server["server"] == OURS,
    )


def serving_picture(figures: Plain) -> str:
    """Return the bars of what says most; the tables have the rest."""
    panels = [
        Panel(panel["title"], panel["about"], list(_serving_bars(panel)))
        for panel in figures["panels"]
        if panel["name"] in DRAWN
    ]
    return picture(panels, "What a request costs, by server")


def _serving_bars(panel: Plain) -> Iterator[Bar]:
    key = panel["bar"]
    form = next(form for column, _, form in panel["columns"] if column == key)
    for server in panel["servers"]:
        value = server[key]
        failed = server.get("failed", 0)
        note = _counted(failed, "request", "failed") if failed else ""
        if value is None:
            note = "does not hold them"
        spread = (server["least"], server["greatest"]) if "least" in server else None
        is_ours = server["server"].startswith("spawning")
        yield Bar(server["server"], value, told(value, form), spread, note, ours=is_ours)


SHOWN: dict[str, Callable[[Plain], list[Plain]]] = {
    "reload": reload_figures,
    "serving": serving_figures,
    "steady": lambda measured: [steady_panel(measured)],
}
PICTURES = {"reload": reload_picture, "serving": serving_picture}


def draw(name: str) -> None:
    """Make a picture from its figures."""
    figures = json.loads((FIGURES / f"{name}.json").read_text())
    (FIGURES / f"{name}.svg").write_text(PICTURES[name](figures))


def publish(name: str, panels: list[Plain], measured: Plain, note: str) -> None:
    """Write figures, and their picture."""
    FIGURES.mkdir(exist_ok=True)
    content = {"versions": measured["versions"], "note": note, "panels": panels}
    (FIGURES / f"{name}.json").write_text(json.dumps(content, indent=1) + "\n")
    if name in PICTURES:
        draw(name)


def main() -> int:
    """Publish what the command line names."""
    options = arguments()
    if options.redraw:
        for name in PICTURES:
            if (FIGURES / f"{name}.json").exists():
                draw(name)
        return 0
    for name, shown in SHOWN.items():
        path = getattr(options, name)
        if path:
            measured = json.loads(Path(path).read_text())
            publish(name, shown(measured), measured, options.note)
    return 0


if __name__ == "__main__":
    sys.exit(main())
