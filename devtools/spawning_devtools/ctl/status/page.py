"""What the status page of a server tells, where it has one."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any

PATIENCE = 2.0
"""Seconds; it is on this machine."""


def page_of(status: str) -> dict[str, Any] | None:
    """Return `/status.json` of the page at that address; None where it does not answer."""
    if not status.startswith("http://"):
        return None
    request = urllib.request.Request(f"{status}.json")  # noqa: S310 - http, as was just seen
    # Not by way of a proxy that the environment names: the page is here.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=PATIENCE) as answer:
            told = json.load(answer)
    except (OSError, ValueError, urllib.error.HTTPError):
        return None
    return told if isinstance(told, dict) and told.get("format") == 1 else None
