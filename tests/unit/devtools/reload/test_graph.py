from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from spawning.messages import DynamicImport, Module
from spawning_devtools.reload.graph.graph import ModuleGraph, build
from spawning_devtools.reload.graph.imports import asked_by
from spawning_devtools.reload.graph.places import candidates, directories
from spawning_devtools.reload.graph.reports import Report

SITE = "/usr/lib/python3/site-packages"


@dataclass
class Case:
    """Sources by path below /p; what a change of one file means."""

    sources: Mapping[str, str]
    changed: str
    chain: list[str]
    affected: set[str]
    dynamic: list[tuple[str, str]] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


CASES = {
    "a chain": Case(
        {"app.py": "import urls", "urls.py": "import views", "views.py": "", "other.py": ""},
        "views.py",
        ["views", "urls", "app"],
        {"views", "urls", "app"},
    ),
    "the application itself": Case({"app.py": ""}, "app.py", ["app"], {"app"}),
    "the shortest of several": Case(
        {"app.py": "import a, c", "a.py": "import b", "b.py": "import c", "c.py": ""},
        "c.py",
        ["c", "app"],
        {"a", "b", "c", "app"},
    ),
    "relative": Case(
        {"app.py": "import p", "p/__init__.py": "from . import m", "p/m.py": ""},
        "p/m.py",
        ["p.m", "p", "app"],
        {"p", "p.m", "app"},
    ),
    "lazy": Case(
        {"app.py": "def f():\n    import late", "late.py": ""},
        "late.py",
        ["late", "app"],
        {"late", "app"},
    ),
    "a cycle": Case(
        {"app.py": "import a", "a.py": "import b", "b.py": "import a"},
        "b.py",
        ["b", "a", "app"],
        {"a", "b", "app"},
    ),
    "from package import submodule": Case(
        {"app.py": "from p import m, name", "p/__init__.py": "", "p/m.py": ""},
        "p/m.py",
        ["p.m", "app"],
        {"p.m", "app"},
    ),
    "the package of a module": Case(
        {"app.py": "import p.q.m", "p/__init__.py": "", "p/q/__init__.py": "", "p/q/m.py": ""},
        "p/__init__.py",
        ["p", "app"],
        {"p", "p.q", "p.q.m", "app"},
    ),
    "a namespace package": Case(
        {"app.py": "from ns.deep import m", "ns/deep/m.py": ""},
        "ns/deep/m.py",
        ["ns.deep.m", "app"],
        {"ns.deep.m", "app"},
    ),
    "a dynamic import": Case(
        {"app.py": "", "plugin.py": ""},
        "plugin.py",
        ["plugin", "app"],
        {"plugin", "app"},
        dynamic=[("app", "plugin")],
    ),
    "a missing optional import": Case(
        {"app.py": "import settings", "settings.py": "try:\n  import local\nexcept E: pass"},
        "local.py",
        ["local", "settings", "app"],
        {"local", "settings", "app"},
        missing=["local", "unrelated"],
    ),
    "a missing submodule, as a package": Case(
        {"app.py": "import p", "p/__init__.py": "from . import local"},
        "p/local/__init__.py",
        ["p.local", "p", "app"],
        {"p.local", "p", "app"},
        missing=["p.local"],
    ),
    "nobody knows who imported it": Case(
        {"app.py": "", "lonely.py": ""}, "lonely.py", ["lonely"], {"lonely"}
    ),
    "imported by a framework, and not by the application": Case(
        {"app.py": "", "urls.py": "import views", "views.py": "import deep", "deep.py": ""},
        "deep.py",
        ["deep", "views", "urls"],
        {"deep", "views", "urls"},
    ),
    "not a module": Case({"app.py": ""}, "settings.yaml", [], set()),
    "a name that is only an attribute": Case(
        {"app.py": "from views import index", "views.py": ""},
        "views.py",
        ["views", "app"],
        {"views", "app"},
    ),
}


def graph_of(case: Case) -> ModuleGraph:
    report = Report(1, 0.0, application="app", search_path=("/p", SITE))
    for name in case.sources:
        module = name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        report.modules[Module(module, f"/p/{name}", name.endswith("/__init__.py"))] = None
    report.dynamic = dict.fromkeys(DynamicImport(*pair) for pair in case.dynamic)
    report.missing = dict.fromkeys(case.missing)
    asked = {f"/p/{name}": asked_by(text.encode()) for name, text in case.sources.items()}
    return build([report], asked, candidates(report, "/p"))


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_a_change_means(case: Case) -> None:
    graph = graph_of(case)
    assert graph.chain(f"/p/{case.changed}") == case.chain
    assert graph.affected([f"/p/{case.changed}"]) == case.affected


def test_a_file_with_two_names_and_a_name_with_two_files() -> None:
    old = Report(1, 0.0, "app", {Module("m", "/p/m.py", False): None})
    new = Report(2, 0.0, "app", {Module("m", "/p/m/__init__.py", True): None})
    new.modules[Module("alias", "/p/m/__init__.py", True)] = None
    graph = build([old, new], {}, {})
    assert graph.affected(["/p/m.py"]) == {"m"}
    assert graph.affected(["/p/m/__init__.py"]) == {"m", "alias"}


def test_candidates_are_inside_the_project_only() -> None:
    package = Module("p", "/p/src/p/__init__.py", True)
    installed = Module("flask", f"{SITE}/flask/__init__.py", True)
    report = Report(1, 0.0, "app", {package: None, installed: None})
    report.search_path = ("/p", "/p/.venv/lib/site-packages", SITE)
    report.missing = dict.fromkeys(["local", "p.local", "flask.local", "ns.local"])
    assert candidates(report, "/p") == {
        f"{place}{end}": name
        for place, name in {
            "/p/local": "local",
            "/p/src/p/local": "p.local",
            "/p/ns/local": "ns.local",
        }.items()
        for end in (".py", "", "/__init__.py")
    }


def test_a_package_would_shadow_the_module_beside_it() -> None:
    modules = [Module("p.m", "/p/p/m.py", False), Module("flask.m", f"{SITE}/flask/m.py", False)]
    report = Report(1, 0.0, "app", dict.fromkeys([*modules, Module("__main__", "/p/x.py", False)]))
    assert candidates(report, "/p") == {"/p/p/m/__init__.py": "p.m"}


def test_directories_up_to_the_entry_and_the_project_first() -> None:
    files = [f"{SITE}/flask/json/tag.py", "/p/a/b/c.py", "/etc/app/settings.yaml"]
    assert directories(files, ["/p", SITE], "/p") == [
        "/p/a/b",
        "/p/a",
        "/p",
        f"{SITE}/flask/json",
        f"{SITE}/flask",
        SITE,
        "/etc/app",
    ]
