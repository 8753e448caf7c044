"""What is said of the lines of a file, and what it depends on."""

from __future__ import annotations

import dataclasses
import json
import os
from typing import Any

import pytest

from spawning_devtools.cover.facts import FileFacts, Numbers, Setup, Version, numbers_from_json
from spawning_devtools.cover.reports.analysis import Counter
from unit.devtools.cover.reports.reported import GREETED, IMPORTED, VIEWS, Covered

BRANCHES = "def f(a, b):\n    if a:\n        b += 1\n    for _ in b:\n        b = 2\n    return b\n"
LAMBDAS = (
    "x = [\n    lambda: 1,\n]\n\n\ndef f(): return 1\n\n\ndef g():\n    class A:\n        y = 1\n"
)


def counted(project: Covered, facts: FileFacts, **setup: Any) -> Numbers:
    return Counter(Setup(str(project.folder), **setup)).numbers(facts)


def test_a_file(project: Covered) -> None:
    numbers = counted(project, project.facts("views.py", IMPORTED, GREETED))
    assert numbers == Numbers(
        path=project.path("views.py"),
        name="views.py",
        digest=numbers.digest,
        statements=(3, 8, 10, 11, 15, 18, 19, 21, 22),
        requests=(10, 11),
        imports=(3, 8, 18, 19, 21),
        missing=(15, 22),
        excluded=(25, 26),
    )
    assert numbers.covered == (7, 9)
    assert numbers_from_json(json.loads(json.dumps(dataclasses.asdict(numbers)))) == numbers


REQUESTED: list[tuple[str, set[int], set[int], tuple[int, ...], tuple[int, ...]]] = [
    ("lines that both ran are of requests", {10}, {10}, (10,), ()),
    ("what a function runs at import is so", {10}, set(), (), (10,)),
    ("outside of functions all is import, whenever it runs", set(), {3, 18, 19}, (), (3, 18, 19)),
    ("the rest of a statement is the statement", set(), {13, 5}, (11,), (3,)),
]


@pytest.mark.parametrize(
    ("imports", "requests", "requested", "imported"),
    [case[1:] for case in REQUESTED],
    ids=[case[0] for case in REQUESTED],
)
def test_requests_and_imports(
    project: Covered,
    imports: set[int],
    requests: set[int],
    requested: tuple[int, ...],
    imported: tuple[int, ...],
) -> None:
    numbers = counted(project, project.facts("views.py", imports, requests))
    assert (numbers.requests, numbers.imports) == (requested, imported)


def test_functions_in_a_line_and_classes_in_functions(project: Covered) -> None:
    project.write("odd.py", LAMBDAS)
    numbers = counted(project, project.facts("odd.py", (1, 2, 6, 9), (2, 6, 10, 11)))
    assert (numbers.requests, numbers.imports) == ((6, 10, 11), (1, 9))


def test_branches(project: Covered) -> None:
    project.write("branches.py", BRANCHES)
    ran = [(-1, 2), (2, 3), (3, 4), (4, 6), (6, -1)]
    facts = project.facts("branches.py", [(-1, 1), (1, -1)], ran)
    numbers = counted(project, facts, branch=True)
    assert numbers.requests == (2, 3, 4, 6)
    assert numbers.missing == (5,)
    assert (numbers.branches, numbers.partial_branches, numbers.missing_branches) == (4, 2, 2)
    assert numbers.partial == {
        2: "line 2 didn't jump to line 4 because the condition on line 2 was always true",
        4: "line 4 didn't jump to line 5 because the loop on line 4 never started",
    }
    assert numbers.covered == (7, 10)


def test_contexts_of_statements(project: Covered) -> None:
    facts = project.facts("views.py", IMPORTED, (10, 13), {"GET /": (13,), "GET /a": (10, 7)})
    numbers = counted(project, facts, contexts=True)
    assert numbers.contexts == {"GET /": (11,), "GET /a": (10,)}


def test_another_source_on_disk(project: Covered) -> None:
    facts = project.facts("views.py", IMPORTED, GREETED)
    project.write("views.py", "\n" + VIEWS)
    numbers = counted(project, facts)
    assert numbers.is_stale
    assert numbers.requests == numbers.imports == ()
    assert numbers.missing == (4, 9, 11, 12, 16, 19, 20, 22, 23)
    both = FileFacts(
        facts.path, (*facts.versions, Version(numbers.digest, requests=(11,)), Version("other"))
    )
    numbers = counted(project, both)
    assert not numbers.is_stale
    assert numbers.requests == (11,)
    assert not counted(project, FileFacts(facts.path)).is_stale, "it never ran"


def test_files_that_cannot_be_counted(project: Covered) -> None:
    broken = project.write("broken.py", "def f(:\n")
    numbers = counted(project, FileFacts(str(broken)))
    assert numbers.problem.startswith(f"Couldn't parse '{broken}' as Python source: 'invalid synt")
    assert not numbers.counts
    assert numbers.percent == 100
    gone = counted(project, FileFacts(project.path("gone.py")))
    assert gone.is_gone
    assert not gone.counts
    template = counted(project, FileFacts(str(project.write("page.html", "<p>{{ a }}</p>"))))
    assert template.is_left_out


def test_what_reports_leave_out_is_left_out(project: Covered) -> None:
    project.write(".coveragerc", "[report]\nomit = view*\n")
    assert counted(project, project.facts("views.py", IMPORTED)).is_left_out
    project.write(".coveragerc", "[report]\ninclude = a*\n")
    assert counted(project, project.facts("views.py", IMPORTED)).is_left_out


def test_a_file_that_changes_while_it_is_parsed_is_parsed_again(
    project: Covered, monkeypatch: pytest.MonkeyPatch
) -> None:
    counter = Counter(Setup(str(project.folder)))
    parse = counter._reporter
    calls = []

    def changing(*arguments: Any) -> Any:
        if not calls:
            project.write("views.py", "a = 1\n")
        calls.append(arguments)
        return parse(*arguments)

    monkeypatch.setattr(counter, "_reporter", changing)
    numbers = counter.numbers(project.facts("views.py", IMPORTED, GREETED))
    assert numbers.statements == (1,)
    assert numbers.is_stale
    assert numbers.missing == (1,)
    assert len(calls) == 2


def test_the_configuration_is_read_again_when_it_changes(project: Covered) -> None:
    counter = Counter(Setup(str(project.folder)))
    facts = project.facts("views.py", IMPORTED)
    assert counter.look() == {"is_new": False, "named": [], "problem": ""}
    project.write(".coveragerc", "[run]\nsource = .\n[report]\nexclude_also = def hello\n")
    told = counter.look()
    assert told["is_new"]
    assert told["named"] == [facts.path]
    assert counter.numbers(facts).excluded == (*range(8, 16), 25, 26)
    project.write(".coveragerc", "[run\n")
    told = counter.look()
    assert told["is_new"]
    assert told["problem"].startswith("coverage.py cannot be configured: Couldn't read config fil")
    assert "\n" not in told["problem"]
    assert counter.numbers(facts).problem == told["problem"]
    assert not counter.look()["is_new"], "it is as broken as before"
    project.write(".coveragerc", "")
    assert counter.look()["is_new"]
    assert counter.numbers(facts).excluded == (25, 26)


NAMED: list[tuple[str, list[str], list[str]]] = [
    ("source = .", [], ["mysite/__init__.py", "mysite/a.py", "views.py"]),
    ("source = mysite\nomit = */a.py", [], ["mysite/__init__.py"]),
    ("source_pkgs = mysite", [], []),
    ("source_pkgs = mysite", ["mysite/a.py"], ["mysite/__init__.py", "mysite/a.py"]),
    ("source_pkgs = mysite.inner", ["mysite/a.py"], []),
    ("source_pkgs = json", ["mysite/a.py"], []),
    ("source = nowhere", ["mysite/a.py"], []),
]


@pytest.mark.parametrize(("configured", "ran", "named"), NAMED)
def test_files_that_never_ran(
    project: Covered, configured: str, ran: list[str], named: list[str]
) -> None:
    project.write("mysite/__init__.py", "raise SystemExit('imported')\n")
    project.write("mysite/a.py", "")
    project.write("no_package/b.py", "")
    project.write(".coveragerc", f"[run]\n{configured}\n")
    counter = Counter(Setup(str(project.folder)))
    for name in ran:
        counter.numbers(project.facts(name))
    told = sorted(os.path.relpath(path, project.folder) for path in counter.look()["named"])
    assert told == named
