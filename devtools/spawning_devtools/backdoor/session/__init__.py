"""The prompt inside a worker, or inside the controller; see `sessions`."""

from __future__ import annotations

from spawning_devtools.backdoor.session.sessions import Sessions
from spawning_devtools.backdoor.session.view import Arrival, Stop, WorkerView

__all__ = ["Arrival", "Sessions", "Stop", "WorkerView"]
