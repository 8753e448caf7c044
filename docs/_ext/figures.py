"""Tables of the figures that were measured, from what `benchmarks/published.py` has written."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent.parent / "figures"


def reload_tables() -> str:
    """Return how soon a save was answered, a table for each site."""
    return _tables("reload", _reload_table)


def serving_tables() -> str:
    """Return what a request costs, a table for each kind of it."""
    return _tables("serving", _serving_table)


def steady_tables() -> str:
    """Return what a server weighs after a long time of load."""
    return _tables("steady", _serving_table)


def _tables(name: str, table: Callable[[dict[str, Any]], str]) -> str:
    content = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    measured = " ".join(filter(None, [content["note"], f"Measured: {content['versions']}."]))
    return "\n\n".join([*(table(panel) for panel in content["panels"]), measured])


def _reload_table(panel: dict[str, Any]) -> str:
    heads = ("server", "saves", "p50 ms", "p95", "worst", "missed", "failed", "reconnects")
    keys = ("saves", "p50", "p95", "worst", "missed", "failed", "reconnects")
    rows = [[s["server"], *(_shown(s[key]) for key in keys)] for s in panel["servers"]]
    return _table(panel["title"], heads, rows)


def _serving_table(panel: dict[str, Any]) -> str:
    columns = panel["columns"]
    heads = (panel.get("head", "server"), *(head for _, head, _ in columns))
    rows = [
        [one["server"], *(_formatted(one.get(key), form) for key, _, form in columns)]
        for one in panel["servers"]
    ]
    about = panel["about"]
    return _table(panel["title"] + (f": {about}" if about else ""), heads, rows)


def _formatted(figure: float | str | None, form: str) -> str:
    if figure is None or isinstance(figure, str):
        return figure or "-"
    return format(figure, form)


def _shown(figure: float | None) -> str:
    if figure is None:
        return "-"
    return f"{figure:,.1f}" if isinstance(figure, float) else f"{figure:,}"


def _table(title: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    rule = ["---", *["--:"] * (len(heads) - 1)]
    lines = [f"| {' | '.join(cells)} |" for cells in (heads, rule, *rows)]
    return "\n".join([f"**{title}**", "", *lines])
