"""The prompt inside a worker, or inside the controller; see `sessions`."""

from __future__ import annotations

from spawning_devtools.backdoor.session.sessions import Sessions

__all__ = ["Sessions"]
