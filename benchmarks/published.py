"""Turns what a benchmark has measured into the figures of the manual and the README.

    python benchmarks/published.py --reload FILE [--note TEXT]
    python benchmarks/published.py --serving FILE [--note TEXT]
    python benchmarks/published.py --redraw

FILE is what `benchmarks/reload.py --json FILE` or `benchmarks/serving.py --json FILE` has
written.  The figures that are shown go to docs/figures/NAME.json, and their picture to
docs/figures/NAME.svg; the manual's tables are made from the same file.  `--note` says what the
figures do not: the machine, for example.  `--redraw` makes the pictures anew.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from pathlib import Path
from typing import Any

from load import CASES
from peers import SERVING
from plots import Bar, Panel, picture
from reload_peers import OURS
from report import percentile
from sites import SITES

FIGURES = Path(__file__).resolve().parent.parent / "docs" / "figures"
IN_TURN = "mixed"
Plain = dict[str, Any]


def arguments() -> argparse.Namespace:
    """Return the options of the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--reload", metavar="FILE", help="what benchmarks/reload.py has written")
    what.add_argument("--serving", metavar="FILE", help="what benchmarks/serving.py has written")
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


def serving_figures(measured: Plain) -> list[Plain]:
    """Return, by case, the requests per CPU-second of each server; idle connections last."""
    shown = []
    for case in CASES:
        of_case = [one for one in measured["measurements"] if one["case"] == case.name]
        servers = [_server(peer.name, of_case) for peer in SERVING]
        if of_case:
            measured_ones = [server for server in servers if server is not None]
            shown.append({"name": case.name, "title": case.title, "servers": measured_ones})
    idle = [
        {"server": one["peer"], "held": one["held"], "median": _kib_each(one)}
        for one in measured["idle"]
        if one["held"]
    ]
    if idle:
        shown.append({"name": "idle", "title": "Idle keep-alive connections", "servers": idle})
    return shown


def _server(name: str, of_case: list[Plain]) -> Plain | None:
    rates = [
        one["requests"] / one["cpu_seconds"]
        for one in of_case
        if one["peer"] == name and one["cpu_seconds"]
    ]
    if not rates:
        return None
    return {
        "server": name,
        "rounds": len(rates),
        "median": round(statistics.median(rates)),
        "least": round(min(rates)),
        "greatest": round(max(rates)),
        "failed": sum(o["broken"] + o["bad_status"] for o in of_case if o["peer"] == name),
    }


def _kib_each(idle: Plain) -> float:
    return round(idle["growth"] / idle["held"] / 1024, 1)


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
    """Return the bars of all cases."""
    panels = []
    for case in figures["panels"]:
        unit = "KiB each" if case["name"] == "idle" else "requests per second of processor time"
        bars = [_serving_bar(server, case["name"] == "idle") for server in case["servers"]]
        panels.append(Panel(case["title"], unit, bars))
    return picture(panels, "What a request costs, by server")


def _serving_bar(server: Plain, is_idle: bool) -> Bar:
    value = server["median"]
    spread = (server["least"], server["greatest"]) if "least" in server else None
    failed = server.get("failed", 0)
    note = _counted(failed, "request", "failed") if failed else ""
    is_ours = server["server"].startswith("spawning")
    shown = f"{value:.1f} KiB" if is_idle else f"{value:,}"
    return Bar(server["server"], value, shown, spread, note, ours=is_ours)


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
    draw(name)


def main() -> int:
    """Publish what the command line names."""
    options = arguments()
    if options.redraw:
        for name in PICTURES:
            if (FIGURES / f"{name}.json").exists():
                draw(name)
        return 0
    measured = json.loads(Path(options.reload or options.serving).read_text())
    if options.reload:
        publish("reload", reload_figures(measured), measured, options.note)
    else:
        publish("serving", serving_figures(measured), measured, options.note)
    return 0


if __name__ == "__main__":
    sys.exit(main())
