"""The access log: one line for each request that was answered, refused or cut.

A `Record` is what can be said of a request, a format makes a line of it, and an
`AccessLog` writes that; only the last of them does anything.
"""

from __future__ import annotations

from spawning.access_log.formats import check
from spawning.access_log.record import (
    CLIENT_GONE,
    CUT_BY_APPLICATION,
    CUT_BY_CLIENT,
    CUT_BY_KILL,
    CUT_BY_TIMEOUT,
    Origin,
    Record,
    killed,
    refused,
)
from spawning.access_log.writer import AccessLog, log_killed, open_log

__all__ = [
    "CLIENT_GONE",
    "CUT_BY_APPLICATION",
    "CUT_BY_CLIENT",
    "CUT_BY_KILL",
    "CUT_BY_TIMEOUT",
    "AccessLog",
    "Origin",
    "Record",
    "check",
    "killed",
    "log_killed",
    "open_log",
    "refused",
]
