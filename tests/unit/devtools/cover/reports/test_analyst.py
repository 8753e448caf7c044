"""Who asks the process that counts: it is never waited for, and may die."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from serving import PATIENCE
from spawning_devtools.cover import niced
from spawning_devtools.cover.facts import FileFacts, Numbers, Setup
from spawning_devtools.cover.reports.analyst import Analyst
from unit.devtools.cover.reports.reported import GREETED, IMPORTED, VIEWS, Covered


class Asked(Analyst):
    """An analyst, and what it says has changed."""

    def __init__(self, setup: Setup, start: Callable[[], Any] | None = None) -> None:
        self.changes: queue.Queue[str] = queue.Queue()
        self.unsettled: list[str] = []
        super().__init__(setup, self._hear, start)

    def _hear(self, path: str) -> None:
        if self.is_pending(path):
            self.unsettled.append(path)
        self.changes.put(path)

    def answer(self, facts: FileFacts) -> Numbers:
        """Return what it says when it has been asked."""
        self.ask(facts)
        return self.next(facts.path)

    def next(self, path: str) -> Numbers:
        """Return what it says next of a file."""
        while self.changes.get(timeout=PATIENCE) != path:
            pass
        numbers = self.result(path)
        assert numbers is not None
        return numbers


@pytest.fixture
def analyst(project: Covered) -> Iterator[Asked]:
    with Asked(Setup(str(project.folder))) as one:
        yield one


@pytest.mark.slow
def test_a_process_counts_and_sees_what_changes_on_disk(project: Covered, analyst: Asked) -> None:
    project.write(".coveragerc", "[run]\nsource = .\n")
    never = str(project.write("never.py", "a = 1\n"))
    facts = project.facts("views.py", IMPORTED, GREETED)
    assert analyst.answer(facts).requests == (10, 11)
    assert analyst.next(never).missing == (1,)
    assert analyst.never_ran() == {never}
    project.write("views.py", "\n" + VIEWS)
    analyst.look()
    assert analyst.next(facts.path).is_stale
    os.unlink(never)
    analyst.look()
    while analyst.result(never) is not None:
        analyst.changes.get(timeout=PATIENCE)
    assert analyst.never_ran() == frozenset()


@pytest.mark.slow
def test_a_process_that_is_killed_is_started_anew(project: Covered, analyst: Asked) -> None:
    facts = project.facts("views.py", IMPORTED)
    first = analyst.answer(facts)
    process = analyst._process
    assert process is not None
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    other = str(project.write("other.py", "a = 1\n"))
    assert analyst.answer(FileFacts(other)).missing == (1,)
    assert analyst.next(facts.path) == first, "it is asked again, for what was noticed is lost"


DYING = """
print('{"is_new": 0, "named": [], "problem": ""}', flush=True)
input()
raise SystemExit(5)
"""


@pytest.mark.slow
def test_a_file_that_kills_is_left_alone(project: Covered) -> None:
    starts = []

    def start() -> Any:
        starts.append(1)
        return python(DYING)

    with Asked(Setup(str(project.folder)), start) as analyst:
        facts = project.facts("views.py", IMPORTED)
        assert analyst.answer(facts).problem == "Its analysis ended with exit code 5."
        analyst.ask(facts)
        while analyst.is_pending(facts.path):
            assert analyst.changes.get(timeout=PATIENCE) == facts.path
        other = project.write("other.py", "a = 1\n")
        assert analyst.answer(FileFacts(str(other))).problem
        assert analyst.result(facts.path) is not None
        assert analyst.unsettled == [], "who is told would not be told again"
    assert len(starts) == 4, "each is tried twice"


@pytest.mark.slow
def test_a_process_that_does_not_start_is_said(project: Covered) -> None:
    with Asked(Setup(str(project.folder)), lambda: python("raise SystemExit(3)")) as analyst:
        facts = project.facts("views.py", IMPORTED)
        analyst.ask(facts)
        assert analyst.changes.get(timeout=PATIENCE) == ""
        assert analyst.problem == "The analysis cannot be started: it ended with exit code 3."
        assert analyst.is_pending(facts.path)
        assert analyst.result(facts.path) is None


def python(program: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )


@pytest.mark.slow
def test_it_yields_to_others_and_ends_with_who_started_it(project: Covered) -> None:
    process = niced.start("reports.analysis", {"setup": {"folder": str(project.folder)}})
    assert process.stdin is not None
    assert process.stdout is not None
    with process.stdout, process.stdin:
        process.stdout.readline()
        assert os.getpriority(os.PRIO_PROCESS, process.pid) == niced.NICENESS
        os.kill(process.pid, signal.SIGINT)
        process.stdin.write(b'{"look": true}\n')
        process.stdin.flush()
        assert process.stdout.readline(), "a terminal's signal is none of its business"
        process.stdin.close()
        assert process.wait(PATIENCE) == 0
