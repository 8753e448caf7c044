"""What serving.py shows of its figures, on the terminal and in the manual: pure.

A panel is plain data: `columns` are [key, head, format] of what `servers` say, `bar` is the key
of the figure that is drawn, or empty; where a figure has a spread it is `least` and `greatest`.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence
from typing import Any

from cases import CASES, FLASK, MANY, Case
from goals import Figures, Goal, goals, overheads, per_cpu_second, ratios
from report import NOTHING, table
from serving_peers import GUNICORN, SERVING
from slope import WARM_UP

Plain = dict[str, Any]
Column = list[str]
UNKNOWN = "not measured"
BY_GUNICORN = "to gunicorn"
"""gthread."""
MIB, KIB = 1024 * 1024, 1024
COST: list[Column] = [
    ["median", "median", ",.0f"],
    ["least", "least", ",.0f"],
    ["greatest", "most", ",.0f"],
    ["by", BY_GUNICORN, ".2f"],
    ["per_second", "a second", ",.0f"],
    ["p50", "p50 ms", ",.1f"],
    ["p99", "p99 ms", ",.1f"],
    ["failed", "failed", ",d"],
]


def panels(measured: Plain) -> list[Plain]:
    """Return all that there are figures for, the goals last."""
    shown = [_case(case, measured["measurements"]) for case in CASES]
    shown += [_overhead(measured), _turns(measured), _memory(measured), _idle(measured)]
    return [panel for panel in [*shown, _goals(measured)] if panel["servers"]]


def as_table(panel: Plain) -> str:
    """Return a panel as a table in Markdown."""
    columns = panel["columns"]
    rows = [
        [server["server"], *(told(server.get(key), form) for key, _, form in columns)]
        for server in panel["servers"]
    ]
    return table([panel.get("head", "server"), *(head for _, head, _ in columns)], rows)


def told(figure: float | str | None, form: str) -> str:
    """Return a figure in words."""
    if figure is None or isinstance(figure, str):
        return figure or NOTHING
    return format(figure, form)


def _case(case: Case, measurements: Sequence[Plain]) -> Plain:
    reference = per_cpu_second(measurements, GUNICORN.name, case.name)
    servers = []
    for peer in SERVING:
        own = [one for one in measurements if (one["peer"], one["case"]) == (peer.name, case.name)]
        own = [one for one in own if one["requests"]]
        if not own:
            continue
        rates = per_cpu_second(measurements, peer.name, case.name)
        servers.append(
            {
                "server": peer.name,
                **(_spread(rates) if rates else {}),
                "by": _median(ratios(rates, reference)),
                "per_second": _median([one["requests"] / one["seconds"] for one in own]),
                "p50": _median([1000 * one["p50"] for one in own]),
                "p99": _median([1000 * one["p99"] for one in own]),
                "failed": sum(one["broken"] + one["bad_status"] for one in own),
            }
        )
    about = "requests per second of processor time"
    return _panel(case.name, case.title, about, COST, servers, bar="median")


def _overhead(measured: Plain) -> Plain:
    reference = overheads(measured, GUNICORN.name)
    servers = []
    for peer in SERVING:
        seconds = overheads(measured, peer.name)
        if seconds:
            own = {"server": peer.name, **_spread(_times(seconds, 1e6), digits=1)}
            servers.append({**own, "by": _median(ratios(seconds, reference))})
    alone = statistics.median(measured["alone"]) * 1e6 if measured["alone"] else 0
    about = (
        f"processor time of a request, in µs, beside the {alone:.0f} µs of the page; less is better"
    )
    columns: list[Column] = [
        ["median", "median", ",.1f"],
        ["least", "least", ",.1f"],
        ["greatest", "most", ",.1f"],
        ["by", BY_GUNICORN, ".2f"],
    ]
    return _panel(
        "overhead", f"{FLASK.title}: the server's part", about, columns, servers, "median"
    )


def _turns(measured: Plain) -> Plain:
    servers = []
    for name, own in _by_peer(measured["turns"]):
        shares = {one["round"]: one["longest"] / one["median"] for one in own}
        servers.append(
            {
                "server": name,
                **_spread(shares, digits=1),
                "wait": _median([1000 * one["median"] for one in own]),
                "longest": _median([1000 * one["longest"] for one in own]),
                "fewest": _median([one["fewest"] / max(1, one["most"]) for one in own]),
            }
        )
    columns: list[Column] = [
        ["median", "longest wait, in medians", ",.1f"],
        ["least", "least", ",.1f"],
        ["greatest", "most", ",.1f"],
        ["wait", "median wait ms", ",.1f"],
        ["longest", "longest ms", ",.1f"],
        ["fewest", "least served by most", ".2f"],
    ]
    about = "the longest wait of any client against the median of all waits; less is better"
    return _panel("turns", f"Turns of {MANY} clients", about, columns, servers, bar="median")


def _memory(measured: Plain) -> Plain:
    servers = [
        {"server": name, **_spread({one["round"]: one["pss"] / MIB for one in own}, digits=1)}
        for name, own in _by_peer(measured["weights"])
    ]
    columns = [["median", "MiB", ",.1f"], ["least", "least", ",.1f"], ["greatest", "most", ",.1f"]]
    about = "MiB of all processes after the load, shared pages in parts; less is better"
    return _panel("memory", "Memory", about, columns, servers, bar="median")


def _idle(measured: Plain) -> Plain:
    servers = [
        {
            "server": one["peer"],
            "held": one["held"],
            "median": round(one["growth"] / one["held"] / KIB, 1) if one["held"] else None,
            "trouble": one["trouble"],
        }
        for one in measured["idle"]
    ]
    asked = max((one["asked"] for one in measured["idle"]), default=0)
    columns = [["held", "connections held", ",d"], ["median", "KiB each", ",.1f"]]
    title = f"{asked:,} idle keep-alive connections"
    return _panel(
        "idle",
        title,
        "memory of each; less is better",
        [*columns, ["trouble", "trouble", ""]],
        servers,
        "median",
    )


def steady_panel(measured: Plain) -> Plain:
    """Return what steady.py has seen."""
    servers = []
    for one in measured["servers"]:
        line, minutes = one["lines"].get("own"), one["samples"][-1]["minute"]
        samples = [s for s in one["samples"] if s["minute"] >= WARM_UP * minutes]
        requests = sum(one["load"].get("answered", {}).values())
        hours = minutes / 60
        servers.append(
            {
                "server": one["name"],
                "requests": requests,
                "failed": sum(one["load"].get("failed", {}).values()),
                "minutes": round(minutes),
                "warm": round(samples[0]["own"] / KIB, 2),
                "end": round(samples[-1]["own"] / KIB, 2),
                "growth": f"{line['slope']:+,.0f} ± {2 * line['error']:,.0f}" if line else None,
                "each": round(line["slope"] * KIB * hours / requests, 3)
                if line and requests
                else None,
                "flat": one["flat"],
            }
        )
    columns: list[Column] = [
        ["minutes", "minutes", ",d"],
        ["requests", "requests", ",d"],
        ["failed", "failed", ",d"],
        ["warm", "MiB when warm", ",.2f"],
        ["end", "MiB at the end", ",.2f"],
        ["growth", "KiB an hour", ""],
        ["each", "bytes a request", "+,.3f"],
        ["flat", "flat", ""],
    ]
    return _panel("steady", "Memory under load", "pages of no file", columns, servers)


def _goals(measured: Plain) -> Plain:
    columns: list[Column] = [
        ["asked", "asked", ""],
        ["median", "measured", ".2f"],
        ["least", "least", ".2f"],
        ["greatest", "most", ".2f"],
        ["holds", "reached", ""],
        ["interpreted", "interpreted", ".2f"],
    ]
    made = [_goal(goal) for goal in goals(measured)]
    panel = _panel("goals", "What the engine is to reach, and what it reaches", "", columns, made)
    return {**panel, "head": "goal"}


def _goal(goal: Goal) -> Plain:
    spread = _spread(dict(enumerate(goal.ratios)), digits=3) if goal.ratios else {}
    words = {None: UNKNOWN, True: "yes", False: "no"}
    told = {"asked": goal.wording, **spread, "holds": words[goal.holds]}
    return {"server": goal.text, **told, "interpreted": _median(goal.interpreted)}


def _panel(
    name: str, title: str, about: str, columns: list[Column], servers: list[Plain], bar: str = ""
) -> Plain:
    whole = {"name": name, "title": title, "about": about, "bar": bar}
    return {**whole, "columns": columns, "servers": servers}


def _by_peer(figures: Sequence[Plain]) -> Iterator[tuple[str, list[Plain]]]:
    for peer in SERVING:
        own = [one for one in figures if one["peer"] == peer.name]
        if own:
            yield peer.name, own


def _times(figures: Figures, factor: float) -> Figures:
    return {number: factor * figure for number, figure in figures.items()}


def _median(figures: Sequence[float]) -> float | None:
    return round(statistics.median(figures), 3) if figures else None


def _spread(figures: Figures, digits: int = 0) -> Plain:
    values = list(figures.values())
    three = {"median": statistics.median(values), "least": min(values), "greatest": max(values)}
    return {"rounds": len(values), **{key: round(v, digits) for key, v in three.items()}}
