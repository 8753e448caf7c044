"""The data that reports are made from: whose it is, and what it says of contexts."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from typing import Any

import coverage
import pytest

import spawning_devtools
from spawning_devtools.cover.facts import FileFacts, Setup, Version
from spawning_devtools.cover.reports import datafile
from spawning_devtools.cover.reports.analysis import Counter
from unit.devtools.cover.reports.reported import Covered, printed

CONTEXTS: list[tuple[str, dict[str, Sequence[int]], dict[int, set[str]]]] = [
    ("", {}, {1: {"import"}, 2: {"import", "request"}, 3: {"request"}}),
    (
        "",
        {"GET /": (2,), "GET /a": (2, 3)},
        {1: {"import"}, 2: {"import", "GET /", "GET /a"}, 3: {"GET /a"}},
    ),
    ("", {"GET /": (2,)}, {1: {"import"}, 2: {"import", "GET /"}, 3: {"request"}}),
    ("[run]\ncontext = x\n", {}, {1: {"x|import"}, 2: {"x|import", "x|request"}, 3: {"x|request"}}),
    ("[report]\ncontexts = .\n", {}, {1: {""}, 2: {""}, 3: {""}}),
]


@pytest.mark.parametrize(("configured", "contexts", "found"), CONTEXTS)
def test_data_that_can_be_combined(
    project: Covered, configured: str, contexts: dict[str, Any], found: dict[int, set[str]]
) -> None:
    project.write(".coveragerc", configured)
    facts = project.facts("views.py", (1, 2), (2, 3), contexts)
    to, _ = printed(project, "data", [facts], contexts=bool(contexts))
    tests = coverage.CoverageData(project.path(".coverage"))
    tests.add_lines({facts.path: [25]})
    tests.write()
    tests.close(force=True)
    cov = coverage.Coverage(data_file=project.path(".coverage"))
    cov.load()
    cov.combine([str(to)], keep=True)
    data = cov.get_data()
    lines = data.contexts_by_lineno(facts.path)
    assert {line: set(lines[line]) for line in lines if line != 25} == found
    assert 25 in lines
    data.close(force=True)


def test_data_with_branches(project: Covered) -> None:
    path = project.path("data")
    facts = project.facts("views.py", [(-1, 1)], [(1, 3)])
    setup = Setup(str(project.folder), branch=True)
    datafile.write(path, datafile.opened(setup), setup, [facts])
    data = coverage.CoverageData(path)
    data.read()
    assert set(data.arcs(facts.path) or ()) == {(-1, 1), (1, 3)}
    data.close(force=True)


PLUGIN = """\
import coverage

class Tracer(coverage.CoveragePlugin):
    def file_reporter(self, path):
        return Reporter(path)

    def find_executable_files(self, folder):
        return [folder + "/other.tmpl"]

class Reporter(coverage.FileReporter):
    def lines(self):
        return {1, 2, 3}

def coverage_init(registry, options):
    registry.add_file_tracer(Tracer())
"""


def test_files_of_plugins(project: Covered) -> None:
    project.write("explaining.py", PLUGIN)
    project.write(".coveragerc", "[run]\nplugins = explaining\nsource = .\n")
    project.write("page.tmpl", "a\nb\nc\n")
    project.write("other.tmpl", "a\nb\nc\n")
    facts = project.facts("page.tmpl", (), (1, 3))
    to, _ = printed(project, "json", [facts])
    found = json.loads(to.read_text())["files"]
    assert found["page.tmpl"]["missing_lines"] == [2]
    assert found["other.tmpl"]["missing_lines"] == [1, 2, 3]
    numbers = Counter(Setup(str(project.folder))).numbers(facts)
    assert (numbers.requests, numbers.missing) == ((1, 3), (2,))


def test_ours_is_in_no_report(project: Covered) -> None:
    folder = os.path.dirname(os.path.abspath(spawning_devtools.__file__))
    project.write(".coveragerc", f"[run]\nsource = {folder}\n")
    cov = datafile.opened(Setup(str(project.folder)))
    assert list(datafile.never_ran(cov, [])) == []


def test_versions_that_are_not_on_disk_are_no_facts() -> None:
    facts = FileFacts("/a", (Version("one"), Version("two", (1,))))
    assert facts.of("two") == Version("two", (1,))
    assert facts.of("three") is None
