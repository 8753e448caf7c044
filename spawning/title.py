"""The only door to setproctitle: what `ps` shows of our processes."""

from __future__ import annotations

import setproctitle

PREFIX = "spawn: "
CONTROLLER = PREFIX + "controller"


def set_title(text: str) -> None:
    """Show this process as `spawn: TEXT`."""
    setproctitle.setproctitle(PREFIX + text)
