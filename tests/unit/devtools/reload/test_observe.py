"""The observer in a process of its own, with real packages."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from spawning.messages import DynamicImport, Graph, decode

pytestmark = pytest.mark.slow

PROGRAM = """
import sys
sys.path.insert(0, '.')
from spawning.messages import encode
from spawning_devtools.reload.observer.observe import Observer
observer = Observer({application!r}, 7)
observer.before_import(lambda: None)
def report():
    graph = observer.report()
    print((encode(graph) if graph else b'none\\n').decode(), end='')
try:
    {statements}
except BaseException as error:
    print(type(error).__name__, file=sys.stderr)
report()
report()
"""

Observe = Callable[..., list[Graph | None]]


@pytest.fixture
def observe(tmp_path: Path, import_folders: list[str]) -> Observe:
    """Write files, run statements in their folder, return the reports."""

    def run(
        files: dict[str, str], *statements: str, application: str = "app"
    ) -> list[Graph | None]:
        for name, text in files.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text)
        program = PROGRAM.format(application=application, statements="\n    ".join(statements))
        ran = subprocess.run(
            [sys.executable, "-c", program],
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(import_folders)},
            capture_output=True,
            text=True,
            check=True,
        )
        lines = ran.stdout.splitlines()
        made = [None if line == "none" else decode(line.encode()) for line in lines]
        return [graph for graph in made if graph is None or isinstance(graph, Graph)]

    return run


def own(graph: Graph | None, folder: Path) -> list[str]:
    assert graph is not None
    return [m.name for m in graph.modules if m.file.startswith(f"{folder}{os.sep}")]


def test_start_order_packages_and_paths(observe: Observe, tmp_path: Path) -> None:
    files = {
        "app.py": "import first, p.q.m, json, email.mime.text",
        "first.py": "import second",
        "second.py": "",
        "p/__init__.py": "",
        "p/q/m.py": "",
    }
    graph, nothing = observe(files, "import app", application="app:make()")
    assert nothing is None
    assert graph is not None
    assert own(graph, tmp_path) == ["app", "first", "second", "p", "p.q.m"]
    assert {m.name: (m.file, m.is_package) for m in graph.modules if m.name in ("p", "p.q.m")} == {
        "p": (str(tmp_path / "p" / "__init__.py"), True),
        "p.q.m": (str(tmp_path / "p" / "q" / "m.py"), False),
    }
    assert (graph.generation, graph.application) == (7, "app")
    assert graph.search_path[0] == str(tmp_path)
    names = {m.name for m in graph.modules}
    assert "spawning.messages" in names
    assert not names & {"json", "email", "dataclasses"}, "the standard library is not watched"


def test_what_failed_is_there_and_what_is_missing_too(observe: Observe, tmp_path: Path) -> None:
    files = {
        "app.py": "try:\n import local\nexcept ImportError: pass\nimport broken",
        "broken.py": "import deeper\nfrom deeper import other",
        "deeper.py": "",
    }
    graph, nothing = observe(files, "import app")
    assert nothing is None
    assert own(graph, tmp_path) == ["app", "broken", "deeper"]
    assert graph is not None
    assert "local" in graph.missing
    assert DynamicImport("app", "local") in graph.dynamic


def test_a_missing_submodule_and_one_that_is_only_looked_for(observe: Observe) -> None:
    files = {
        "app.py": "import importlib.util as u\nu.find_spec('extra')\nfrom p import sub",
        "p/__init__.py": "",
    }
    graph, _ = observe(files, "import app")
    assert graph is not None
    assert {"extra", "p.sub"} <= set(graph.missing)


def test_a_syntax_error_leaves_its_file_in_the_report(observe: Observe, tmp_path: Path) -> None:
    graph, _ = observe({"app.py": "import bad", "bad.py": "x = ("}, "import app")
    assert own(graph, tmp_path) == ["app", "bad"]


def test_a_missing_application(observe: Observe) -> None:
    graph, _ = observe({}, "import wrong.app", application="wrong.app")
    assert graph is not None
    assert (graph.application, graph.missing) == ("wrong", ("wrong",))


def test_dynamic_imports_name_the_project_module_that_asked(
    observe: Observe, tmp_path: Path
) -> None:
    files = {
        "app.py": "import helper, lib\nhelper.load('pl' + 'ugin')\nlib.load('.sub', 'p')",
        "helper.py": "import importlib\ndef load(name): importlib.import_module(name)",
        "second.py": "import importlib\nimportlib.import_module('plugin')",
        "plugin.py": "",
        "p/__init__.py": "",
        "p/sub.py": "",
        "site-packages/lib.py": "import importlib\nload = importlib.import_module",
    }
    statements = ("sys.path.append('site-packages')", "import app, second")
    graph, _ = observe(files, *statements)
    assert graph is not None
    assert {
        DynamicImport("helper", "plugin"),
        DynamicImport("second", "plugin"),
        DynamicImport("app", "p.sub"),
    } <= set(graph.dynamic)
    assert not [pair for pair in graph.dynamic if pair.importer.startswith(("lib", "importlib"))]


def test_what_is_imported_later_is_in_the_next_report(observe: Observe, tmp_path: Path) -> None:
    files = {"app.py": "def late(): import lazy", "lazy.py": "import lazier", "lazier.py": ""}
    first, second, third = observe(files, "import app", "report()", "app.late()")
    assert own(first, tmp_path) == ["app"]
    assert own(second, tmp_path) == ["lazy", "lazier"]
    assert third is None
    assert second is not None
    assert second.application == "app"


def test_what_is_imported_after_the_note_is_in_a_report_of_its_own(
    observe: Observe, tmp_path: Path
) -> None:
    files = {
        "app.py": "import os\nos.environ['MADE'] = 'yes'\n"
        "def late():\n    os.environ['LATE'] = 'yes'\n    import lazy\n    open('d.txt').close()",
        "lazy.py": "",
        "d.txt": "",
    }
    first, second, third = observe(files, "import app", "observer.note()", "app.late()", "report()")
    assert own(first, tmp_path) == ["app"]
    assert own(second, tmp_path) == ["lazy"]
    assert third is None
    assert first is not None
    assert second is not None
    assert first.environ == (("MADE", "yes"),)
    assert not first.kept
    assert [one.file for one in second.kept] == [str(tmp_path / "d.txt")]


def test_a_note_before_which_nothing_was_imported_is_no_report(observe: Observe) -> None:
    first, *rest = observe(
        {"app.py": "", "lazy.py": ""}, "import app", "report()", "observer.note()", "import lazy"
    )
    assert first is not None
    assert [graph is not None for graph in rest] == [True, False]


def test_modules_that_come_in_past_the_finders(observe: Observe, tmp_path: Path) -> None:
    files = {
        "app.py": "import sys, importlib.util as u\n"
        "s = u.spec_from_file_location('plug', 'plug.py')\n"
        "m = sys.modules['plug'] = u.module_from_spec(s)\n"
        "s.loader.exec_module(m)\nsys.modules['alias'] = m\nsys.modules['odd'] = 3\n",
        "plug.py": "",
    }
    graph, _ = observe(files, "import app")
    assert own(graph, tmp_path) == ["app", "plug"]


def test_a_lazy_module_is_not_woken(observe: Observe, tmp_path: Path) -> None:
    files = {
        "app.py": "import sys, importlib.util as u\n"
        "s = u.find_spec('heavy')\ns.loader = u.LazyLoader(s.loader)\n"
        "m = sys.modules['heavy'] = u.module_from_spec(s)\ns.loader.exec_module(m)\n",
        "heavy.py": "print('woken')\n",
    }
    graph, _ = observe(files, "import app")
    assert "heavy" in own(graph, tmp_path)


def test_imports_from_several_threads(observe: Observe, tmp_path: Path) -> None:
    names = [f"m{n}" for n in range(40)]
    files = {f"{name}.py": "" for name in names} | {
        "app.py": "import importlib, threading\n"
        f"ts = [threading.Thread(target=importlib.import_module, args=(n,)) for n in {names}]\n"
        "for t in ts: t.start()\nfor t in ts: t.join()\n"
    }
    graph, nothing = observe(files, "import app")
    assert nothing is None
    assert sorted(own(graph, tmp_path)) == sorted(["app", *names])


def test_little_is_imported_into_a_worker(observe: Observe) -> None:
    heavy = ("asyncio", "watchdog", "hashlib", "spawning_devtools.reload.graph")
    reports = observe({"app.py": ""}, f"[print('none') for n in {heavy} if n in sys.modules]")
    assert len(reports) == 2
