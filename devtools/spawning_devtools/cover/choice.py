"""Which core of coverage.py measures: the fastest of those that are right; pure.

coverage.py has three.  `sysmon` costs nothing once a line has run, and lines are all
that it tells before Python 3.14; it knows neither contexts nor plugins that trace other
files than Python's.  `ctrace` is right always, for a quarter of the speed or more.
`pytrace` is the same in Python, where there is no C extension.
"""

from __future__ import annotations

import dataclasses

SYSMON = "sysmon"
CTRACE = "ctrace"
PYTRACE = "pytrace"

_LINES_SINCE = (3, 12)
_BRANCHES_SINCE = (3, 14)


@dataclasses.dataclass(frozen=True, slots=True)
class Choice:
    """How it is measured."""

    core: str
    concurrency: tuple[str, ...]
    """As coverage.py's option has it."""
    reason: str
    """Why so: for people."""
    branch: bool = False
    contexts: bool = False


def choose(
    python: tuple[int, int],
    threads: int,
    branch: bool,
    contexts: bool,
    file_tracers: bool,
    wanted: str | None,
    has_ctrace: bool,
) -> Choice:
    """Return how to measure.

    `threads`: of each worker, 0 for greenlets.  `file_tracers`: whether a plugin traces
    files.  `wanted`: the core that the project asks for.  `has_ctrace`: whether coverage.py
    has its C extension here.
    """
    obstacle = _what_sysmon_lacks(python, branch, contexts, file_tracers)
    tracer = CTRACE if has_ctrace else PYTRACE
    refused = {
        SYSMON: obstacle,
        CTRACE: "" if has_ctrace else "coverage.py has no C extension here",
        PYTRACE: "it cannot trace the files of plugins" if file_tracers else "",
    }
    if wanted in refused and not refused[wanted]:
        core, why = str(wanted), "as the project asks for"
    elif obstacle:
        core, why = tracer, f"sysmon cannot be used, {obstacle}"
        if not has_ctrace:
            why = f"coverage.py has no C extension here, and {why}"
    else:
        core = SYSMON
        without = "" if python >= _BRANCHES_SINCE else " without branches"
        why = f"the fastest core that is right on Python {python[0]}.{python[1]}{without}"
    if wanted and wanted != core:
        no = refused.get(wanted, "coverage.py has no such core")
        why += f"; the project asks for {wanted}, but {no}"
    return Choice(core, _concurrency(core, threads), f"{core}: {why}", branch, contexts)


def _what_sysmon_lacks(
    python: tuple[int, int], branch: bool, contexts: bool, file_tracers: bool
) -> str:
    """Return why sysmon would not be right, '' where it is."""
    if python < _LINES_SINCE:
        return "it needs Python 3.12"
    if branch and python < _BRANCHES_SINCE:
        return "it cannot measure branches before Python 3.14"
    if contexts:
        return "it cannot tell requests apart"
    return "it cannot trace the files of plugins" if file_tracers else ""


def _concurrency(core: str, threads: int) -> tuple[str, ...]:
    # sysmon's events are the same in every greenlet, and coverage.py refuses it with that word.
    # What eventlet makes of threads are greenlets: with "thread" as well, each of them would
    # put a tracer of its own in the place of the one that knows the others' frames.
    return ("thread",) if threads or core == SYSMON else ("greenlet",)
