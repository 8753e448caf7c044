"""What a scenario of robustness.py found: a figure, the bound on it, and whether that holds."""

from __future__ import annotations

from dataclasses import dataclass

from report import NOTHING


@dataclass(frozen=True)
class Finding:
    """One row of the table."""

    what: str
    seen: str
    bound: str = NOTHING
    holds: bool = True


def told(what: str, seen: object) -> Finding:
    """Return a figure that nothing is demanded of."""
    return Finding(what, str(seen))


def exactly(what: str, seen: object, wanted: object) -> Finding:
    """Return a finding that has to be one certain value."""
    return Finding(what, str(seen), str(wanted), seen == wanted)


def at_most(what: str, seen: float, bound: float) -> Finding:
    """Return a figure that has a limit."""
    return Finding(what, f"{seen:,.2f}", f"<= {bound:g}", seen <= bound)


def at_least(what: str, seen: float, bound: float) -> Finding:
    """Return a figure of which there must be enough."""
    return Finding(what, f"{seen:,}", f">= {bound:g}", seen >= bound)
