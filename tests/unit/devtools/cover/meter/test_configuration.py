"""The project's configuration of coverage.py is read as coverage.py reads it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from spawning.config import Config
from spawning.errors import UsageError
from spawning_devtools.cover.meter.choice import Project
from spawning_devtools.cover.meter.configuration import check_configuration, choice_of
from spawning_devtools.cover.meter.measuring import Configured
from unit.devtools.cover.meter.covering import run, write

THREADS = Config(coverage=True)
FILES = [
    ({}, Project()),
    ({".coveragerc": "[run]\nbranch = true\n"}, Project(branch=True)),
    ({"setup.cfg": "[coverage:run]\nbranch = true\n"}, Project(branch=True)),
    ({"tox.ini": "[coverage:run]\nbranch = true\n"}, Project(branch=True)),
    ({"pyproject.toml": "[tool.coverage.run]\nbranch = true\n"}, Project(branch=True)),
    ({".coveragerc": "[run]\ncore = ctrace\n"}, Project(wanted="ctrace")),
    ({".coveragerc": "[run]\ntimid = true\n"}, Project(wanted="pytrace")),
    ({".coveragerc": "[run]\ncore = perl\nno_such = 1\n"}, Project(wanted="perl")),
]

PLUGIN = """\
import coverage

class Tracer(coverage.CoveragePlugin):
    def dynamic_context(self, frame):
        return "mine"

class Settings(coverage.CoveragePlugin):
    def configure(self, config):
        config.set_option("run:branch", True)

def coverage_init(reg, options):
    reg.add_file_tracer(Tracer())
    reg.add_dynamic_context(Tracer())
    reg.add_configurer(Settings())
"""
BROKEN = [
    ("[run]\nbranch = perhaps\n", "branch"),
    ("[run]\nconcurrency = magic\n", "magic"),
    ("[report]\nexclude_lines = (\n", "exclude_lines"),
    ("[run]\nplugins = there_is_none\n", "there_is_none"),
    ("branch = true\n", ".coveragerc"),
]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder in which the server is started, and the current one."""
    monkeypatch.chdir(tmp_path)
    for name in list(os.environ):
        if "COVERAGE" in name:
            monkeypatch.delenv(name)
    before = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - before:
        if name == "mine":
            del sys.modules[name]


@pytest.mark.parametrize(("files", "project"), FILES)
def test_what_the_project_asks_for(folder: Path, files: dict[str, str], project: Project) -> None:
    write(folder, files)
    assert Configured().project() == project


def test_the_environment_asks_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COVERAGE_CORE", "pytrace")
    assert choice_of(THREADS).core == "pytrace"


def test_plugins_are_loaded(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(folder, {"mine.py": PLUGIN, ".coveragerc": "[run]\nplugins = mine\n"})
    monkeypatch.syspath_prepend(str(folder))
    configured = Configured()
    assert configured.project() == Project(branch=True, file_tracers=True)
    assert configured._plugins.context_switchers == []


def test_the_check_says_how_and_loads_nothing(folder: Path) -> None:
    write(folder, {"mine.py": PLUGIN, ".coveragerc": "[run]\nplugins = mine\n"})
    os.chdir("/")
    reason = check_configuration(THREADS, str(folder))
    if sys.version_info < (3, 12):
        assert reason == "ctrace: sysmon needs Python 3.12"
    elif sys.version_info < (3, 14):
        assert reason == "ctrace: sysmon cannot measure branches before Python 3.14"
    assert "mine" not in sys.modules
    assert str(folder) not in sys.path


@pytest.mark.slow
def test_who_checks_keeps_nothing_of_coverage_py(folder: Path, import_folders: list[str]) -> None:
    program = """
import json, os, sys
from spawning.config import Config
from spawning_devtools.cover.meter.configuration import check_configuration
found = check_configuration(Config(), os.getcwd())
print(json.dumps([found, [name for name in sys.modules if name.startswith("coverage")]]))
"""
    ((reason, modules),) = run(folder, import_folders, "-c", program)
    assert reason
    assert modules == []


@pytest.mark.parametrize(("text", "word"), BROKEN)
def test_what_is_broken_is_one_sentence(folder: Path, text: str, word: str) -> None:
    write(folder, {".coveragerc": text})
    with pytest.raises(UsageError) as caught:
        check_configuration(THREADS, str(folder))
    assert word in caught.value.message
    assert "\n" not in str(caught.value)


def test_a_file_that_is_named_and_not_there(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COVERAGE_RCFILE", "no.such")
    with pytest.raises(UsageError, match=r"no\.such"):
        check_configuration(THREADS, str(folder))


def test_what_is_odd_is_said_once(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    write(folder, {".coveragerc": "[run]\nno_such_option = 1\nsource = .\ninclude = x.py\n"})
    check_configuration(THREADS, str(folder))
    first, second = capfd.readouterr().err.splitlines()
    assert "no_such_option" in first
    assert "--include is ignored" in second
    choice_of(THREADS)
    assert capfd.readouterr().err == ""


def test_a_plugin_that_ends_the_process(folder: Path) -> None:
    write(folder, {"mine.py": "import os; os._exit(3)", ".coveragerc": "[run]\nplugins = mine\n"})
    with pytest.raises(UsageError, match="ended the process"):
        check_configuration(THREADS, str(folder))
