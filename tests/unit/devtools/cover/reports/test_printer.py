"""Reports are those of coverage.py: as after `coverage run` of the same, and of what is on disk."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

import coverage
import pytest

from spawning_devtools.cover.facts import FileFacts, Setup
from spawning_devtools.cover.reports import printer
from spawning_devtools.cover.reports.analysis import Counter
from unit.devtools.cover.reports.reported import GREETED, IMPORTED, VIEWS, Covered, printed

MAIN = """\
import mysite.views
import tools

mysite.views.hello("you")
tools.useful(3)
"""
TOOLS = """\
def useful(n):
    while n:
        n -= 1
        if n == 100:
            break
    else:
        return [
            x for x in "abc"
        ]
"""

CONFIGURED: dict[str, str] = {
    "nothing": "",
    "branches": "[run]\nbranch = true\n",
    "all source": "[run]\nsource = .\nomit = tests/*\n[report]\nexclude_also =\n    if n == 100\n",
    "packages, with branches": "[run]\nsource = mysite,tools\nbranch = true\n",
    "packages by name": "[run]\nsource_pkgs = mysite\n[report]\nomit = */never.py\n",
    "relative": "[run]\nrelative_files = true\n[report]\ninclude = mysite/*\n",
    "folders": "[run]\nsource_dirs = mysite\n[report]\nskip_covered = true\n",
    "context": "[run]\ncontext = nightly\n[json]\nshow_contexts = false\n",
    "by context": "[run]\ncontext = nightly\n[report]\ncontexts = ^nightly$\n",
}


@pytest.mark.slow
@pytest.mark.parametrize("configured", CONFIGURED.values(), ids=CONFIGURED)
def test_reports_and_numbers_equal_those_of_coverage_run(project: Covered, configured: str) -> None:
    for name, text in {
        "mysite/__init__.py": "",
        "mysite/views.py": VIEWS,
        "mysite/never.py": "def never():\n    return 1\n",
        "tools.py": TOOLS,
        "tests/__init__.py": "a = 1\n",
        "main.py": MAIN,
        ".coveragerc": configured,
    }.items():
        project.write(name, text)
    for words in (["run", "main.py"], ["json", "-q", "-o", "expected.json"]):
        subprocess.run([sys.executable, "-m", "coverage", *words], check=True)
    expected = json.loads((project.folder / "expected.json").read_text())
    files = told(project, branch="branch = true" in configured)
    setup = Setup(str(project.folder), branch="branch = true" in configured)
    to, _ = printed(project, "json", files, branch=setup.branch)
    found = json.loads(to.read_text())
    assert found["totals"] == expected["totals"]
    assert found["files"] == expected["files"]
    assert found["meta"] | {"timestamp": 0} == expected["meta"] | {"timestamp": 0}

    counter = Counter(setup)
    numbers = [counter.numbers(facts) for facts in files]
    named = set(counter.look()["named"]) - {facts.path for facts in files}
    numbers += [counter.numbers(FileFacts(path)) for path in named]
    counted = [one.covered for one in numbers if one.counts]
    ran, of = (sum(column) for column in zip(*counted, strict=True))
    if "contexts" not in configured:
        assert 100 * ran / of == expected["totals"]["percent_covered"]


def told(project: Covered, branch: bool) -> list[FileFacts]:
    """Return what workers would have told: half of it at import, half by requests."""
    data = coverage.CoverageData(project.path(".coverage"))
    data.read()
    files = []
    for name in data.measured_files():
        ran: Any = sorted((data.arcs(name) if branch else data.lines(name)) or [])
        path = os.path.relpath(os.path.abspath(name), project.folder)
        files.append(project.facts(path, ran[: len(ran) // 2], ran[len(ran) // 2 :]))
    data.close(force=True)
    return files


def test_what_ran_of_another_source_is_in_no_report(project: Covered) -> None:
    facts = project.facts("views.py", IMPORTED, GREETED)
    project.write("views.py", "\n" + VIEWS)
    now = project.facts("views.py", (), (11,)).versions
    to, _ = printed(project, "json", [FileFacts(facts.path, (*facts.versions, *now))])
    assert json.loads(to.read_text())["files"]["views.py"]["executed_lines"] == [11]
    to, _ = printed(project, "json", [facts])
    assert json.loads(to.read_text())["files"]["views.py"]["executed_lines"] == []


def test_data_of_an_attempt_is_not_in_that_of_the_next(
    project: Covered, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = project.facts("views.py", (1, 3)).versions
    project.write("views.py", VIEWS + "#")
    second = project.facts("views.py", (8,)).versions
    project.write("views.py", VIEWS)
    report = printer._report

    def changing(*arguments: Any) -> Any:
        digests = report(*arguments)
        project.write("views.py", VIEWS + "#")
        return digests

    monkeypatch.setattr(printer, "_report", changing)
    facts = FileFacts(project.path("views.py"), (*first, *second))
    to, _ = printed(project, "data", [facts])
    data = coverage.CoverageData(str(to))
    data.read()
    assert data.lines(facts.path) == [8]
    data.close(force=True)


CHANGING: list[tuple[str, int, list[int] | None]] = [
    ("once", 1, [3, 8, 18, 19, 21, 22]),
    ("all the time", 100, None),
]


@pytest.mark.parametrize(
    ("changes", "executed"), [case[1:] for case in CHANGING], ids=[case[0] for case in CHANGING]
)
def test_a_file_that_changes_meanwhile_has_the_report_made_again(
    project: Covered, monkeypatch: pytest.MonkeyPatch, changes: int, executed: list[int] | None
) -> None:
    states = [VIEWS + f"# {number}\n" for number in range(10)]
    versions = []
    for text in states:
        project.write("views.py", text)
        versions += project.facts("views.py", (*IMPORTED, 22)).versions
    project.write("views.py", states.pop())
    report, calls = printer._report, []

    def changing(*arguments: Any) -> Any:
        digests = report(*arguments)
        calls.append(digests)
        if len(calls) <= changes:
            project.write("views.py", states.pop())
        return digests

    monkeypatch.setattr(printer, "_report", changing)
    to, answer = printed(project, "json", [FileFacts(project.path("views.py"), tuple(versions))])
    if executed is not None:
        assert len(calls) == changes + 1
        assert json.loads(to.read_text())["files"]["views.py"]["executed_lines"] == executed
    else:
        assert answer == {
            "problem": "Files change all the time while the report is made: ask once more."
        }


def test_files_that_are_broken_or_gone_are_left_out(project: Covered) -> None:
    project.write(".coveragerc", "[run]\nsource = .\n")
    project.write("broken.py", "def f(:\n")
    facts = [project.facts("views.py", IMPORTED), FileFacts(project.path("gone.py"))]
    to, answer = printed(project, "txt", facts)
    (remark,) = answer["remarks"]
    assert remark.startswith(f"Couldn't parse Python file '{project.path('broken.py')}'")
    text = to.read_text()
    assert text.split("\n\n")[1].startswith("Couldn't parse Python file")
    assert "gone" not in text
    assert "views.py" in text


def test_paths_are_where_the_configuration_says(project: Covered) -> None:
    project.write(".coveragerc", "[paths]\nsource =\n    src\n    */installed\n")
    project.write("src/a.py", "a = 1\nb = 2\n")
    project.write("installed/a.py", "a = 1\nb = 2\n")
    same = project.facts("installed/a.py", (1,))
    to, _ = printed(project, "json", [same, project.facts("src/a.py", (2,))])
    found = json.loads(to.read_text())["files"]
    assert {name: one["executed_lines"] for name, one in found.items()} == {"src/a.py": [1, 2]}
    project.write("src/a.py", "\n\na = 1\n")
    to, _ = printed(project, "json", [same])
    found = json.loads(to.read_text())["files"]
    assert {name: one["executed_lines"] for name, one in found.items()} == {"src/a.py": []}


def test_a_report_depends_on_files_folders_and_configuration(project: Covered) -> None:
    project.write(".coveragerc", "[run]\nsource = .\n")
    project.write("package/__init__.py", "")
    project.write("package/__pycache__/x.py", "")
    project.write("data/deep/file.py", "")
    _, answer = printed(project, "lcov", [project.facts("views.py", IMPORTED)])
    looked = {os.path.relpath(path, project.folder) for path in answer["looked"]}
    assert looked == {"views.py", ".coveragerc", ".", "package", "data"}


def test_html_of_before_is_used(project: Covered) -> None:
    facts = project.facts("views.py", IMPORTED)
    project.write("other.py", "a = 1\n")
    both = [facts, project.facts("other.py", (1,))]
    to, _ = printed(project, "html", both)
    before = to.rename(to.with_name("1.html"))
    (page,) = before.glob("*views_py.html")
    page.write_text("as it was")
    to, _ = printed(project, "html", both, before=str(before))
    assert (to / page.name).read_text() == "as it was"
    both[0] = project.facts("views.py", IMPORTED, GREETED)
    to, _ = printed(project, "html", both, before=str(before))
    assert "hello" in (to / page.name).read_text()


def test_html_shows_which_requests_ran_a_line(project: Covered) -> None:
    facts = project.facts("views.py", IMPORTED, (10,), {"GET /": (10,)})
    to, _ = printed(project, "html", [facts], contexts=True)
    (page,) = to.glob("*views_py.html")
    assert "GET /" in page.read_text()


def test_an_archive_has_the_files_and_no_names_of_people(tmp_path: Path) -> None:
    folder = tmp_path / "1.html"
    folder.mkdir()
    (folder / "index.html").write_text("<p>")
    printer._pack(str(folder), str(tmp_path / "tar"))
    with tarfile.open(tmp_path / "tar") as archive:
        (member,) = archive
    assert (member.name, member.size, member.uid, member.uname) == ("index.html", 3, 0, "")


WRONG: list[tuple[dict[str, str], str, str]] = [
    ({}, "json", "Nothing has been measured: no line of the project has run yet."),
    ({".coveragerc": "[run\n"}, "json", "Couldn't read config file .coveragerc: "),
    ({".coveragerc": "[run]\nsource_dirs = no\n"}, "json", "Source dir is not a directory: 'no'"),
    ({".coveragerc": "[run]\nplugins = nope\n"}, "json", "coverage.py failed with ModuleNotFound"),
    ({".coveragerc": "[report]\nformat = odd\n"}, "txt", "Unknown report format choice: 'odd'"),
]


@pytest.mark.parametrize(("written", "kind", "said"), WRONG)
def test_what_goes_wrong_is_one_sentence(
    project: Covered, written: dict[str, str], kind: str, said: str
) -> None:
    for name, text in written.items():
        project.write(name, text)
    settings = {
        "kind": kind,
        "setup": {"folder": str(project.folder)},
        "to": str(project.folder.parent / "new"),
        "from": "",
    }
    files = (project.facts("views.py", IMPORTED),) if written else ()
    problem = printer._answer(settings, files)["problem"]
    assert problem.startswith(said)
    assert "\n" not in problem


def test_a_full_disk_is_said() -> None:
    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/tmp/x/y")
    assert printer.sentence(full) == (
        "There is no room for the report on the disk of temporary files."
    )
    denied = PermissionError(errno.EACCES, "Permission denied", "/tmp/x")
    assert printer.sentence(denied) == "/tmp/x fails the report: Permission denied."


def test_warnings_of_the_users_code_are_no_remarks(project: Covered) -> None:
    project.write("escapes.py", "a = '\\d'\n")
    _, answer = printed(project, "json", [project.facts("escapes.py", (1,))])
    assert answer["remarks"] == []
