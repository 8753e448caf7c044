"""The tables of the reload benchmark."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from pathlib import Path

from dependents import dependents
from report import NOTHING, percentile, ratio, table
from saves import Saves
from sites import HOWS, Site, Target

LIMITS = {
    # By site and what is edited: the p50 in milliseconds that ours may take.
    ("small", "mixed"): 15,
    ("django", "mixed"): 30,
    ("heavy", "mixed"): 60,
}
FEW, FEW_LIMIT = 10, 15
"""One file edited again and again where fewer than so many depend on it: p50 in milliseconds."""
SPIKE = 5
"""The worst of all saves stays below so many times the p50."""
FASTER = 10
"""So many times faster than each peer that restarts a process."""


def files_table(site: Site, original: Path) -> str:
    """Return which files are edited and how many modules depend on each."""
    rows = [
        [f"{target.role}: `{target.file}`", str(dependents(original, target.file))]
        for target in site.targets
    ]
    return table(["edited file", "modules that depend on it"], rows)


def saves_table(results: Sequence[Saves], targets: Sequence[Target], ours: str) -> str:
    """Return the table of one site and one way to choose files; `ours` is what is compared with."""
    roles = [target.role for target in targets] if len(targets) > 1 else []
    reference = next((_p50(saves.of()) for saves in results if saves.peer == ours), None)
    heads = [
        *("server", "p50 ms", "p95", "worst", "worst / p50", "first", "to ours", *roles, *HOWS),
        *("missed", "failed, kept connection", "failed, new connections", "reconnects"),
        *("old answers", "PSS MiB"),
    ]
    return table(heads, [_row(saves, roles, reference) for saves in results])


def _row(saves: Saves, roles: Sequence[str], reference: float | None) -> list[str]:
    all_of_them = saves.of()
    p50 = _p50(all_of_them)
    if p50 is None:
        figures = [NOTHING] * 6
    else:
        p95, worst = percentile(all_of_them, 0.95), max(all_of_them)
        figures = [f"{p50:.1f}", f"{p95:.1f}", f"{worst:.1f}", ratio(worst, p50)]
        # The first after the start, when nothing can be known of what will be edited.
        figures += [f"{all_of_them[0]:.1f}", ratio(p50, reference)]
    parts = [saves.of(role=role) for role in roles] + [saves.of(how=how) for how in HOWS]
    return [
        saves.peer,
        *figures,
        *(_rounded(_p50(part)) for part in parts),
        f"{saves.missed} of {saves.missed + len(all_of_them)}",
        told(saves.failed_kept),
        told(saves.failed_new),
        str(saves.reconnects),
        str(saves.old_answers),
        f"{saves.pss / 2**20:.0f}" if saves.pss else NOTHING,
    ]


def told(failures: dict[str, int]) -> str:
    """Return `3 (2 refused, 1 reset)`."""
    if not failures:
        return "0"
    parts = ", ".join(f"{number} {name}" for name, number in sorted(failures.items()))
    return f"{sum(failures.values())} ({parts})"


def verdicts(
    results: Sequence[Saves], ours: str, in_process: str, concerned: dict[str, int]
) -> list[str]:
    """Return what the goals say to one table; `concerned` is the dependents by role."""
    own = next((saves for saves in results if saves.peer == ours and saves.latencies), None)
    if own is None:
        return []
    p50, worst = statistics.median(own.of()), max(own.of())
    limit = LIMITS.get((own.site, own.edited))
    if limit is None and concerned.get(own.edited, FEW) < FEW:
        limit = FEW_LIMIT
    lines = []
    if limit is not None:
        lines.append(_verdict(p50 <= limit, f"p50 {p50:.1f} ms, at most {limit} ms"))
    lines.append(_verdict(worst < SPIKE * p50, f"worst {worst / p50:.1f} p50, below {SPIKE}"))
    clean = not (own.missed or own.failed_kept or own.failed_new or own.reconnects)
    lines.append(_verdict(clean and not own.old_answers, "nothing missed, failed, cut or old"))
    restarting = [
        (statistics.median(saves.of()), saves.peer)
        for saves in results
        if saves.latencies and saves.peer not in (ours, in_process)
    ]
    if restarting:
        least, name = min(restarting)
        text = f"{least / p50:.1f} times faster than the fastest that restarts ({name})"
        lines.append(_verdict(least >= FASTER * p50, f"{text}, at least {FASTER}"))
    return lines


def _verdict(reached: bool, text: str) -> str:
    return f"- {'reached' if reached else 'MISSED'}: {text}"


def _p50(values: Sequence[float]) -> float | None:
    return statistics.median(values) if values else None


def _rounded(value: float | None) -> str:
    return NOTHING if value is None else f"{value:.1f}"
