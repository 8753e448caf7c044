"""How wide the columns of a table are in a terminal; pure."""

from __future__ import annotations

WIDTH = 72
LEAST = 6
GAP = 4
"""What makeinfo puts between two columns, at least."""


def widths(longest: list[int]) -> list[int]:
    """Return the widths of columns whose longest cells have so many characters."""
    room = WIDTH - GAP * len(longest)
    if sum(longest) <= room:
        return longest
    shares = [max(LEAST, min(length, room * length // sum(longest))) for length in longest]
    # What is narrow stays whole; what is left belongs to the widest.
    short = [min(length, room // len(longest)) for length in longest]
    shares = [max(pair) for pair in zip(shares, short, strict=True)]
    excess = sum(shares) - room
    widest = shares.index(max(shares))
    shares[widest] = max(LEAST, shares[widest] - excess)
    return shares
