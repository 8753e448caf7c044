"""When a report is made, when one that was made will do, and what is said where it fails."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from serving import PATIENCE
from spawning_devtools.cover.disk import state_of
from spawning_devtools.cover.facts import FileFacts, Setup, Snapshot
from spawning_devtools.cover.reports.builds import KINDS, LASTS, Build, BuildFailed, Builds
from unit.devtools.cover.reports.reported import GREETED, IMPORTED, Covered, covered

PRINTER = """\
import json, os, sys
to, made = sys.argv[1], sys.argv[2]
for line in iter(sys.stdin.readline, "\\n"):
    made += " " + json.loads(line)["path"]
if to.endswith(".html"):
    os.mkdir(to)
    to += "/index.html"
with open(to, "w") as file:
    file.write(made)
print(json.dumps({"looked": json.loads(sys.argv[3]), "remarks": ["a remark"]}), flush=True)
sys.stdin.read()
"""
FAILING = '[*iter(input, "")]; print(\'{"problem": "It does not want to."}\')'
DYING = "raise SystemExit(9)"
WAITING = "input()"


class Known:
    """What is known of lines, as the test says."""

    def __init__(self) -> None:
        self.seq = 1

    def snapshot(self) -> Snapshot:
        """Return a file whose name is the number."""
        return Snapshot(self.seq, (FileFacts(f"file{self.seq}"),))


class Clock:
    """Time that passes when the test says so."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


class Press:
    """Starts processes that stand for printers."""

    def __init__(self) -> None:
        self.program = PRINTER
        self.looked: dict[str, list[int]] = {}
        self.printed: list[Mapping[str, Any]] = []
        self.started = threading.Semaphore(0)

    def start(self, _module: str, settings: Mapping[str, Any]) -> subprocess.Popen[bytes]:
        """Start one."""
        self.printed.append(settings)
        words = [settings["to"], f"printed {len(self.printed)}:", json.dumps(self.looked)]
        try:
            return subprocess.Popen([sys.executable, "-S", "-c", self.program, *words],
                                    stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # fmt: skip
        finally:
            self.started.release()


@pytest.fixture
def known() -> Known:
    return Known()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def press() -> Press:
    return Press()


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


@pytest.fixture
def builds(places: Path, known: Known, press: Press, clock: Clock) -> Iterator[Builds]:
    with Builds(Setup("/"), known, press.start, clock) as made:
        yield made


def text_of(build: Build | None) -> str:
    assert build is not None
    return (build.read() or b"").decode()


def test_one_is_made_and_used_again(builds: Builds, press: Press) -> None:
    build = builds.wait("json")
    assert text_of(build) == "printed 1: file1"
    assert (build.seq, build.remarks) == (1, ("a remark",))
    assert builds.wait("json") is build
    assert builds.now("json") is build
    assert builds.latest("json") is build
    assert builds.latest("xml") is None
    assert text_of(builds.wait("xml")) == "printed 2: file1"


def test_it_is_made_again_when_more_has_run(builds: Builds, known: Known, clock: Clock) -> None:
    old = builds.wait("json")
    known.seq = 2
    assert builds.latest("json") is old
    assert builds.now("json") is old, "it is new enough"
    assert text_of(builds.wait("json")) == "printed 2: file2", "but not for whoever waits"
    known.seq = 3
    clock.now += LASTS
    assert builds.now("json") is None
    assert text_of(builds.wait("json")) == "printed 3: file3"


def test_it_is_made_again_when_files_change(
    builds: Builds, press: Press, clock: Clock, tmp_path: Path
) -> None:
    file = tmp_path / "source"
    press.looked = {str(file): []}
    old = builds.wait("lcov")
    clock.now += LASTS
    assert builds.now("lcov") is old
    file.write_text("new")
    press.looked = {str(file): state_of(str(file))}
    assert builds.now("lcov") is None
    assert text_of(builds.wait("lcov")).startswith("printed 2")


def test_all_wait_for_the_same(builds: Builds, press: Press) -> None:
    found: list[Build] = []
    threads = [threading.Thread(target=lambda: found.append(builds.wait("json"))) for _ in range(4)]
    assert builds.now("json") is None
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(press.printed) == 1
    assert len(set(map(id, found))) == 1


def test_who_comes_later_gets_what_ran_before_he_came(
    builds: Builds, known: Known, press: Press
) -> None:
    assert builds.now("json") is None
    press.started.acquire(timeout=PATIENCE)
    known.seq = 2
    assert text_of(builds.wait("json")) == "printed 2: file2"


FAILURES: list[tuple[str, str]] = [
    (FAILING, "It does not want to."),
    (DYING, "The process that made the report ended with exit code 9."),
    ("import os; os.abort()", "The process that made the report ended by signal SIGABRT."),
]


@pytest.mark.parametrize(("program", "said"), FAILURES)
def test_a_failure_is_said_and_tried_again(
    builds: Builds, press: Press, clock: Clock, known: Known, program: str, said: str
) -> None:
    press.program = program
    with pytest.raises(BuildFailed, match=said):
        builds.wait("json")
    press.program = PRINTER
    assert text_of(builds.wait("json")) == "printed 2: file1"
    clock.now += LASTS
    known.seq = 2
    assert builds.now("json") is None, "it is forgotten"


def test_who_asks_again_and_again_is_told_of_a_failure_once(builds: Builds, press: Press) -> None:
    press.program = FAILING
    assert builds.now("json") is None
    for thread in list(builds._threads):
        thread.join()
    with pytest.raises(BuildFailed, match="does not want"):
        builds.now("json")
    press.program = PRINTER
    assert builds.now("json") is None


def test_without_a_place_it_is_said(builds: Builds, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", "/nowhere")
    with pytest.raises(BuildFailed, match=r"The report cannot be made: No such file or dir"):
        builds.wait("json")


def test_a_folder_has_its_files_and_no_others(builds: Builds, places: Path) -> None:
    (places / "secret").write_text("secret")
    build = builds.wait("html")
    Path(build.path, "style.css").write_text("a {}")
    Path(build.path, ".hidden").write_text("hidden")
    assert build.read() == build.read("index.html") == b"printed 1: file1"
    assert build.read("style.css") == b"a {}"
    for name in ("../secret", "../../secret", ".hidden", "..", ".", "no.css", "/etc/passwd"):
        assert build.read(name) is None
    assert builds.wait("json").read("index.html") is None


def test_html_is_made_from_what_was_and_the_one_before_stays(
    builds: Builds, known: Known, press: Press
) -> None:
    made = []
    for known.seq in (1, 2, 3):
        made.append(builds.wait("html"))
    assert [one["from"] for one in press.printed] == ["", made[0].path, made[1].path]
    assert len({one["to"] for one in press.printed}) == 1, "coverage.py wants the same name"
    assert [os.path.isdir(one.path) for one in made] == [False, True, True]


def test_an_archive_is_of_the_pages_that_there_are(builds: Builds, press: Press) -> None:
    html = builds.wait("html")
    tar = builds.wait("tar")
    assert [one["kind"] for one in press.printed] == ["html", "tar"]
    assert press.printed[1]["from"] == html.path
    assert (tar.seq, tar.looked) == (html.seq, html.looked)
    assert builds.wait("tar") is tar


def test_the_end_ends_what_is_made_and_removes_what_was(
    places: Path, known: Known, press: Press
) -> None:
    said: list[str] = []

    def wait() -> None:
        try:
            builds.wait("xml")
        except BuildFailed as error:
            said.append(str(error))

    with Builds(Setup("/"), known, press.start) as builds:
        builds.wait("json")
        assert press.started.acquire(timeout=PATIENCE)
        press.program = WAITING + "\n" + WAITING + "\n" + WAITING
        thread = threading.Thread(target=wait)
        thread.start()
        assert press.started.acquire(timeout=PATIENCE)
    thread.join()
    assert said == ["The process that made the report ended by signal SIGKILL."]
    assert list(places.iterdir()) == []
    with pytest.raises(BuildFailed, match="The server ends"):
        builds.wait("lcov")


@pytest.mark.slow
def test_all_kinds_by_coverage_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, known: Known
) -> None:
    project: Covered = covered(tmp_path, monkeypatch)
    facts = project.facts("views.py", IMPORTED, GREETED)
    snapshot: Callable[[], Snapshot] = lambda: Snapshot(1, (facts,))  # noqa: E731
    monkeypatch.setattr(known, "snapshot", snapshot)
    begins = {
        "html": b"<!DOCTYPE html>", "tar": b".gitignore\0", "json": b'{"meta": {"format": ',
        "xml": b'<?xml version="1.0" ?>', "lcov": b"SF:views.py\n", "txt": b"Name       Stmts",
        "data": b"SQLite format 3\0",
    }  # fmt: skip
    with Builds(Setup(str(project.folder)), known) as builds:
        for kind in KINDS:
            assert (builds.wait(kind).read() or b"").startswith(begins[kind])
