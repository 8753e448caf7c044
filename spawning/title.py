"""The only door to setproctitle: what `ps` shows of our processes."""

from __future__ import annotations

import setproctitle


def set_title(text: str) -> None:
    """Show this process as `spawn: TEXT`."""
    setproctitle.setproctitle(f"spawn: {text}")
