"""Which core of coverage.py measures: the fastest of those that are right; pure.

coverage.py has three.  `sysmon` costs next to nothing once a line has run, and lines are
all that it tells before Python 3.14; it knows neither contexts nor plugins that trace
other files than Python's.  `ctrace` is right always, for a quarter of the speed or more.
`pytrace` is the same in Python, where there is no C extension; it confuses greenlets.
"""

from __future__ import annotations

import dataclasses

from spawning.errors import UsageError

SYSMON = "sysmon"
CTRACE = "ctrace"
PYTRACE = "pytrace"

_LINES_SINCE = (3, 12)
_BRANCHES_SINCE = (3, 14)


@dataclasses.dataclass(frozen=True, slots=True)
class Project:
    """What a project asks of coverage.py, and has of it."""

    branch: bool = False
    wanted: str | None = None
    """The core."""
    file_tracers: bool = False
    """Whether it has plugins that trace files which are no Python."""
    has_ctrace: bool = True
    """Whether the coverage.py that is installed has its C extension."""


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
    """Whether it is measured which requests run a line."""


def choose(project: Project, python: tuple[int, int], threads: int, contexts: bool) -> Choice:
    """Return how to measure.

    `threads`: of each worker, 0 for greenlets.  Raises UsageError where no core would be right.
    """
    obstacles = {
        SYSMON: _against_sysmon(project, python, contexts),
        CTRACE: "" if project.has_ctrace else "coverage.py has no C extension here",
        PYTRACE: _against_pytrace(project, threads),
    }
    right = [core for core, obstacle in obstacles.items() if not obstacle]
    if not right:
        raise UsageError(
            "--coverage cannot measure this: "
            + "; ".join(f"{core}: {obstacle}" for core, obstacle in obstacles.items()),
            "install coverage.py with its C extension",
        )
    wanted = project.wanted
    core = wanted if wanted in right else right[0]
    if core == wanted:
        why = "as the project asks for"
    else:
        why = _praise(core, project, python, obstacles)
        if wanted:
            no = obstacles.get(wanted, "coverage.py has no such core")
            asked = f"the project asks for {wanted}, but {no}"
            why = asked if no in why else f"{why}; {asked}"
    return Choice(core, _concurrency(core, threads), f"{core}: {why}", project.branch, contexts)


def _against_sysmon(project: Project, python: tuple[int, int], contexts: bool) -> str:
    """Return why sysmon would not be right, '' where it is."""
    if python < _LINES_SINCE:
        return "sysmon needs Python 3.12"
    if project.branch and python < _BRANCHES_SINCE:
        return "sysmon cannot measure branches before Python 3.14"
    if contexts:
        return "sysmon cannot tell requests apart"
    return "sysmon cannot trace the files of plugins" if project.file_tracers else ""


def _against_pytrace(project: Project, threads: int) -> str:
    if project.file_tracers:
        return "pytrace cannot trace the files of plugins"
    return "" if threads else "pytrace cannot measure greenlets"


def _praise(core: str, project: Project, python: tuple[int, int], obstacles: dict[str, str]) -> str:
    """Return why this one is the best of those that are right."""
    if core == SYSMON:
        limit = "" if project.branch or python >= _BRANCHES_SINCE else " without branches"
        return f"the fastest core that is right on Python {python[0]}.{python[1]}{limit}"
    return ", and ".join(
        obstacles[other] for other in (SYSMON, CTRACE) if other != core and obstacles[other]
    )


def _concurrency(core: str, threads: int) -> tuple[str, ...]:
    # sysmon's events are the same in every greenlet, and coverage.py refuses it with that word.
    # Elsewhere "thread" beside it would be wrong: what eventlet makes of threads are greenlets,
    # and each would put a tracer of its own in the place of the one that knows all frames.
    # "eventlet" would mean the same as "greenlet", but imports eventlet, which warns.
    return ("thread",) if threads or core == SYSMON else ("greenlet",)
