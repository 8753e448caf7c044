"""What the keeper answers: `/_coverage` and all that is below and beside it, as WSGI."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from spawning.http.peers import Peers
from spawning_devtools.cover import guard
from spawning_devtools.cover.answers import Start, say

VISITOR = "spawning.coverage.visitor"
"""Where an environ has who asks."""


class Site:
    """Answers from what the keeper knows at that moment."""

    def __init__(self, allowed: Peers) -> None:
        self._allowed = allowed

    def __call__(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        """Answer one request."""
        refused = guard.refusal(environ[VISITOR], environ, self._allowed)
        if refused:
            return say(start, "403 Forbidden", refused)
        return say(start, "200 OK", "Coverage is being measured.")
