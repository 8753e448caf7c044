"""The graph of what a real interpreter imported: each way to import, from sources to edges."""

from __future__ import annotations

import dataclasses
import os
import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from spawning.messages import Begun, Graph, Serving
from spawning_devtools.reload.conductor.conductor import Conductor
from unit.devtools.reload.observing import graphs_of

pytestmark = pytest.mark.slow

PROGRAM = """
import sys
sys.path[:0] = ['.', 'lib', 'lib2']
from spawning.messages import encode
from spawning_devtools.reload.observer.observe import Observer
observer = Observer('app', 1)
observer.before_import(lambda: None)
import app
print(encode(observer.report()).decode(), end='')
if hasattr(app, 'request'):
    app.request()
    graph = observer.report()
    if graph: print(encode(graph).decode(), end='')
"""


@dataclass
class Case:
    """Sources, and by file which modules a change of it means; 'app' stands for itself."""

    files: Mapping[str, str]
    means: Mapping[str, str]
    before: Callable[[Path], object] = field(default=lambda folder: None)


def _zip(folder: Path) -> None:
    import zipfile

    with zipfile.ZipFile(folder / "lib.zip", "w") as archive:
        archive.writestr("zipped.py", "import leaf")


LOAD = "import importlib.util as u\ndef load(name, file):\n    s = u.spec_from_file_location(name, file)\n    m = u.module_from_spec(s)\n"  # noqa: E501

CASES = {
    "from package import submodule": Case(
        {"app.py": "from p import a, b", "p/__init__.py": "", "p/a.py": "from p import b",
         "p/b.py": ""},
        {"p/b.py": "p.b p.a app", "p/a.py": "p.a app", "p/__init__.py": "p p.a p.b app"},
    ),
    "relative": Case(
        {"app.py": "import p.q.m", "p/__init__.py": "", "p/q/__init__.py": "from .. import x",
         "p/q/m.py": "from . import n\nfrom ..y import z", "p/q/n.py": "", "p/x.py": "",
         "p/y.py": "z = 1"},
        {"p/q/n.py": "p.q.n p.q.m app", "p/y.py": "p.y p.q.m app",
         "p/x.py": "p.x p.q p.q.m p.q.n app"},
    ),
    "inside a function, at a request": Case(
        {"app.py": "import mid\ndef request():\n    from lazy import thing\n    mid.request()",
         "mid.py": "def request():\n    import lazier", "lazy.py": "thing = 1", "lazier.py": ""},
        {"lazy.py": "lazy app", "lazier.py": "lazier mid app"},
    ),
    "import_module with a computed name": Case(
        {"app.py": "import importlib, second\nimportlib.import_module('pl' + 'ug')\n"
         "importlib.import_module('.x' + 'y', 'p')",
         "second.py": "import importlib\nimportlib.import_module(''.join('plug'))",
         "plug.py": "", "p/__init__.py": "", "p/xy.py": ""},
        {"plug.py": "plug second app", "p/xy.py": "p.xy app"},
    ),
    "__import__": Case(
        {"app.py": "__import__('pl' + 'ug'); import second", "second.py": "__import__('plug')",
         "plug.py": ""},
        {"plug.py": "plug second app"},
    ),
    "a cycle": Case(
        {"app.py": "import a", "a.py": "import b", "b.py": "import c", "c.py": "import a, leaf",
         "leaf.py": ""},
        {"leaf.py": "leaf a b c app", "b.py": "a b c app"},
    ),
    "a namespace package in two entries": Case(
        {"app.py": "import ns.one, ns.deep.two", "lib/ns/one.py": "from ns.deep import two",
         "lib2/ns/deep/two.py": ""},
        {"lib2/ns/deep/two.py": "ns.deep.two ns.one app", "lib/ns/one.py": "ns.one app"},
    ),
    "what a namespace package lacks, in either part": Case(
        {"app.py": "import ns.one, ns.two\ntry:\n    from ns import local\nexcept ImportError:\n"
         "    pass", "lib/ns/one.py": "", "lib2/ns/two.py": ""},
        {"lib/ns/local.py": "ns.local app", "lib2/ns/local.py": "ns.local app",
         "lib/ns/local/__init__.py": "ns.local app"},
    ),
    "an optional import that failed": Case(
        {"app.py": "import settings", "settings.py": "try:\n    from local_settings import *\n"
         "except ImportError:\n    pass"},
        {"local_settings.py": "local_settings settings app",
         "lib/local_settings/__init__.py": "local_settings settings app"},
    ),
    "an optional submodule of a package with a path of its own": Case(
        {"app.py": "import p\ntry:\n    import p.local\nexcept ImportError:\n    pass",
         "p/__init__.py": "__path__.append('more')", "more/x": ""},
        {"more/local.py": "p.local app", "p/local.py": "p.local app"},
    ),
    "conditional": Case(
        {"app.py": "import sys\nif sys.platform == 'linux':\n    import here\nelse:\n"
         "    import there", "here.py": "", "there.py": ""},
        {"here.py": "here app", "there.py": ""},
    ),
    "for type checkers only": Case(
        {"app.py": "from typing import TYPE_CHECKING\nimport a\nif TYPE_CHECKING:\n    import b",
         "a.py": "import b", "b.py": ""},
        {"b.py": "b a app", "a.py": "a app"},
    ),
    "star": Case(
        {"app.py": "import first, second", "first.py": "from p import *",
         "second.py": "from p import *", "p/__init__.py": "__all__ = ['sub']", "p/sub.py": ""},
        {"p/sub.py": "p.sub first second app", "p/__init__.py": "p p.sub first second app"},
    ),
    "under two names": Case(
        {"app.py": LOAD + "    s.loader.exec_module(m)\n    return m\nimport user, plug\n"
         "import sys\nsys.modules['other'] = load('other', 'plug.py')", "plug.py": "",
         "user.py": "import plug"},
        {"plug.py": "plug other user app"},
    ),
    "executed, and never put into sys.modules": Case(
        {"app.py": "import loader\nloader.load('x', 'plug.py')",
         "loader.py": LOAD + "    s.loader.exec_module(m)", "plug.py": "import leaf",
         "leaf.py": ""},
        {"plug.py": "x loader app", "leaf.py": "leaf x loader app"},
    ),
    "runpy": Case(
        {"app.py": "import runpy\nrunpy.run_path('script.py')\nrunpy.run_module('tool')",
         "script.py": "", "tool.py": ""},
        {"script.py": "app", "tool.py": "app"},
    ),
    "replaces itself in sys.modules": Case(
        {"app.py": "import a, odd\nassert odd == 3", "a.py": "import odd",
         "odd.py": "import sys\nsys.modules[__name__] = 3"},
        {"odd.py": "odd a app"},
    ),
    "lazy, by a module's __getattr__": Case(
        {"app.py": "import p\ndef request(): p.late", "p/__init__.py":
         "import importlib\ndef __getattr__(name):\n"
         "    return importlib.import_module('.' + name, __name__)", "p/late.py": ""},
        {"p/late.py": "p.late p app"},
    ),
    "in an archive": Case(
        {"app.py": "import sys\nsys.path.append('lib.zip')\nimport zipped", "leaf.py": ""},
        {"lib.zip": "zipped app", "leaf.py": "leaf zipped app"},
        before=_zip,
    ),
    "stubs": Case({"app.py": "import m", "m.py": "", "m.pyi": ""}, {"m.pyi": "", "m.py": "m app"}),
    "an editable install, by a finder": Case(
        {"app.py": "import sys, importlib.util as u\nclass Finder:\n    @staticmethod\n"
         "    def find_spec(name, path=None, target=None):\n        if name == 'pkg':\n"
         "            return u.spec_from_file_location(name, '../elsewhere/pkg/__init__.py')\n"
         "sys.meta_path.append(Finder)\nimport pkg",
         "../elsewhere/pkg/__init__.py": "from . import sub", "../elsewhere/pkg/sub.py": ""},
        {"../elsewhere/pkg/sub.py": "pkg.sub pkg app"},
    ),
    "sys.path changed while running": Case(
        {"app.py": "import sys\ndef request():\n    sys.path.append('new')\n    import fresh\n"
         "    try:\n        import absent\n    except ImportError:\n        pass",
         "new/fresh.py": ""},
        {"new/fresh.py": "fresh app", "new/absent.py": "absent app"},
    ),
    "a module that went": Case(
        {"app.py": "import sys, a\ndel sys.modules['a']", "a.py": "import b", "b.py": ""},
        {"b.py": "b a app"},
    ),
    "a data file": Case(
        {"app.py": "import conf, other", "conf.py": "import reader\nreader.read('data.json')",
         "reader.py": "def read(name): return open(name).read()", "other.py": "",
         "data.json": ""},
        {"data.json": "reader conf app", "other.py": "other app"},
    ),
}  # fmt: skip


def made_of(folder: Path, graphs: list[Graph], *earlier: Graph) -> Conductor:
    """Return a conductor that has heard these reports, and has read all files."""
    conductor = Conductor(str(folder), ())
    conductor.start(0.0)
    for graph in (*earlier, *graphs):
        conductor.hear(Begun(graph.generation, 2e9), 2e9)
        conductor.hear(graph, 2e9)
        conductor.hear(Serving(graph.generation), 2e9)
        while conductor.work(0.0):
            pass
    return conductor


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_a_change_means(case: Case, tmp_path: Path, import_folders: list[str]) -> None:
    folder = tmp_path / "project"
    for name, text in case.files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    case.before(folder)
    known = made_of(folder, graphs_of(PROGRAM, folder, import_folders)).knowledge
    for name, modules in case.means.items():
        path = os.path.normpath(folder / name)
        assert known.graph().affected([path]) == set(modules.split()), name
        assert (path in known.interest.files) == bool(modules), name
        assert not modules or os.path.dirname(path) in known.interest.directories or "/" in name


def test_a_compiled_module_of_the_project(tmp_path: Path, import_folders: list[str]) -> None:
    compiled = [m for m in map(sys.modules.get, ("_bisect", "_heapq", "_json", "_csv")) if m]
    files = [Path(file) for m in compiled if (file := getattr(m, "__file__", None))]
    if not files:
        pytest.skip("this Python has no extension modules in files")
    name = files[0].name.partition(".")[0]
    (tmp_path / "app.py").write_text(f"import native.{name}\n")
    (tmp_path / "native").mkdir()
    built = shutil.copy(files[0], tmp_path / "native")
    known = made_of(tmp_path, graphs_of(PROGRAM, tmp_path, import_folders)).knowledge
    assert known.graph().affected([str(built)]) == {f"native.{name}", "app"}


def test_kept_true_over_generations(tmp_path: Path, import_folders: list[str]) -> None:
    sources = {
        "app.py": "import a, b, c\nopen('old.json').close()\nimport os\nos.listdir('.')",
        "a.py": "import b",
        "b.py": "import c",
        "c.py": "try:\n    import local\nexcept ImportError:\n    pass",
        "old.json": "",
        "new.json": "",
    }
    for name, text in sources.items():
        (tmp_path / name).write_text(text)
    first = graphs_of(PROGRAM, tmp_path, import_folders)
    conductor = made_of(tmp_path, first)
    known = conductor.knowledge
    paths = {name: str(tmp_path / name) for name in (*sources, "local.py")}
    assert known.graph().affected([paths["b.py"]]) == {"b", "a", "app"}
    assert known.interest.files.issuperset(paths[n] for n in ("c.py", "local.py", "old.json"))
    assert f"{tmp_path}/" in known.interest.files

    (tmp_path / "app.py").write_text("import a, b\nopen('new.json').close()")
    (tmp_path / "a.py").write_text("x = 1")
    (tmp_path / "b.py").write_text("x = 1")
    (second,) = graphs_of(PROGRAM, tmp_path, import_folders)
    conductor.knowledge.changes([paths["app.py"], paths["a.py"], paths["b.py"]])
    second = dataclasses.replace(second, generation=2)
    for message in (Begun(2, 2e9), second, Serving(2)):
        conductor.hear(message, 2e9)
    while conductor.work(0.0):
        pass
    assert known.graph().affected([paths["b.py"]]) == {"b", "app"}
    assert known.interest.files.isdisjoint(paths[n] for n in ("c.py", "local.py", "old.json"))
    assert f"{tmp_path}/" not in known.interest.files
    assert paths["new.json"] in known.interest.files
    assert known.graph().affected([paths["c.py"]]) == set()
