"""Which core of coverage.py measures, and what is said of it."""

from __future__ import annotations

import dataclasses

import pytest

from spawning.errors import UsageError
from spawning_devtools.cover.meter.choice import Choice, Project, choose

LINES, BRANCHES = Project(), Project(branch=True)
PLUGINS = Project(file_tracers=True)


def chosen(
    project: Project = LINES,
    python: tuple[int, int] = (3, 13),
    threads: int = 4,
    contexts: bool = False,
    has_ctrace: bool = True,
) -> Choice:
    return choose(dataclasses.replace(project, has_ctrace=has_ctrace), python, threads, contexts)


CASES = [
    (chosen(python=(3, 10)), "ctrace", "sysmon needs Python 3.12"),
    (chosen(python=(3, 11)), "ctrace", "sysmon needs Python 3.12"),
    (
        chosen(python=(3, 12)),
        "sysmon",
        "the fastest core that is right on Python 3.12 without branches",
    ),
    (
        chosen(python=(3, 13)),
        "sysmon",
        "the fastest core that is right on Python 3.13 without branches",
    ),
    (chosen(python=(3, 14)), "sysmon", "the fastest core that is right on Python 3.14"),
    (chosen(BRANCHES), "ctrace", "sysmon cannot measure branches before Python 3.14"),
    (chosen(BRANCHES, (3, 14)), "sysmon", "the fastest core that is right on Python 3.14"),
    (chosen(contexts=True), "ctrace", "sysmon cannot tell requests apart"),
    (chosen(PLUGINS, (3, 14)), "ctrace", "sysmon cannot trace the files of plugins"),
    (
        chosen(python=(3, 11), has_ctrace=False),
        "pytrace",
        "sysmon needs Python 3.12, and coverage.py has no C extension here",
    ),
    (
        chosen(has_ctrace=False),
        "sysmon",
        "the fastest core that is right on Python 3.13 without branches",
    ),
    (chosen(Project(wanted="ctrace")), "ctrace", "as the project asks for"),
    (chosen(Project(wanted="pytrace")), "pytrace", "as the project asks for"),
    (chosen(Project(wanted="sysmon")), "sysmon", "as the project asks for"),
    (
        chosen(Project(wanted="sysmon"), (3, 11)),
        "ctrace",
        "the project asks for sysmon, but sysmon needs Python 3.12",
    ),
    (
        chosen(Project(wanted="ctrace"), has_ctrace=False),
        "sysmon",
        "the fastest core that is right on Python 3.13 without branches; "
        "the project asks for ctrace, but coverage.py has no C extension here",
    ),
    (
        chosen(Project(wanted="pytrace"), threads=0),
        "sysmon",
        "the fastest core that is right on Python 3.13 without branches; "
        "the project asks for pytrace, but pytrace cannot measure greenlets",
    ),
    (
        chosen(Project(wanted="perl")),
        "sysmon",
        "the fastest core that is right on Python 3.13 without branches; "
        "the project asks for perl, but coverage.py has no such core",
    ),
]


@pytest.mark.parametrize(("choice", "core", "why"), CASES)
def test_core(choice: Choice, core: str, why: str) -> None:
    assert choice.core == core
    assert choice.reason == f"{core}: {why}"


@pytest.mark.parametrize(
    ("choice", "concurrency"),
    [
        (chosen(), "thread"),
        (chosen(threads=0), "thread"),
        (chosen(threads=1, python=(3, 11)), "thread"),
        (chosen(threads=0, python=(3, 11)), "greenlet"),
        (chosen(BRANCHES, threads=0), "greenlet"),
        (chosen(Project(wanted="pytrace")), "thread"),
    ],
)
def test_concurrency(choice: Choice, concurrency: str) -> None:
    assert choice.concurrency == (concurrency,)


def test_what_is_asked_for_is_chosen() -> None:
    assert (chosen().branch, chosen().contexts) == (False, False)
    assert (chosen(BRANCHES).branch, chosen(contexts=True).contexts) == (True, True)


@pytest.mark.parametrize(("project", "threads"), [(LINES, 0), (PLUGINS, 4)])
def test_where_no_core_is_right_it_is_said(project: Project, threads: int) -> None:
    with pytest.raises(UsageError, match="C extension"):
        chosen(project, (3, 11), threads, has_ctrace=False)
