"""What the conductor answers about files, modules and directories."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import replace

import pytest

from spawning.messages import (
    AskGraph,
    AskWatch,
    AskWhy,
    Begun,
    Decision,
    Drawing,
    DynamicImport,
    Edge,
    Explanation,
    Node,
    Opened,
    Root,
    Serving,
    SnapshotIs,
    Snapshots,
    Unanswered,
    Watched,
    decode,
    encode,
)
from spawning_devtools.ctl.code import drawings, watch
from spawning_devtools.ctl.code.why import text
from spawning_devtools.reload.conductor.conductor import Conductor
from spawning_devtools.reload.conductor.questions import answer, backends
from spawning_devtools.reload.graph.circles import circles

from .conftest import AN_HOUR_AGO, Project

DECISIONS = (Decision(3.0, "reload", "views.py changed"), Decision(7200.0, "refresh", "x"))


@pytest.fixture
def conductor(project: Project) -> Conductor:
    """Return a conductor of an application with a circle, data and a template."""
    project.modules += ["ring/__init__.py", "ring/one.py", "ring/two.py"]
    project.write(
        "app.py", "import urls, ring.one\ntry:\n  import local_settings\nexcept E: pass\n"
    )
    for name, source in {"ring/__init__.py": "", "ring/one.py": "from . import two\n",
                         "ring/two.py": "def f():\n  import ring.one\n",
                         "unused.py": "", "stub.pyi": "", "page.html": "", "data.json": "",
                         "own.txt": "", "new.html": ""}.items():  # fmt: skip
        project.write(name, source, AN_HOUR_AGO)
    at = str(project.folder)
    graph = replace(
        project.graph(1),
        data=(
            Opened(f"{at}/data.json", "views", AN_HOUR_AGO),
            Opened(f"{at}/own.txt", "views", AN_HOUR_AGO),
        ),
        listed=(Opened(f"{at}/ring/", "ring", AN_HOUR_AGO),),
        served=(Opened(f"{at}/page.html", "views", AN_HOUR_AGO),),
        written=(f"{at}/own.txt",),
        dynamic=(DynamicImport("urls", "ring.two"),),
    )
    made = Conductor(at, (f"{at}/watched.ini",))
    made.start(AN_HOUR_AGO)
    for message in (Begun(1, 2e9), graph, Serving(1)):
        made.hear(message, 2e9)
    made.finish(0.0)
    return made


def why(conductor: Conductor, path: str) -> Explanation:
    told = answer(AskWhy(path), conductor.knowledge, {}, ())
    assert isinstance(told, Explanation)
    assert decode(encode(told)) == told
    return told


# (file, a part of each line that is said of it)
WHYS: list[tuple[str, Sequence[str]]] = [
    ("views.py", ["views.py is watched: a module", "module       views", "imported by  urls",
                  "chain        views <- urls <- app", "concerns 3 of 6 modules of the project"]),
    ("app.py", ["app.py is watched: a module", "module       app", "concerns 1 of 6"]),
    ("ring/one.py", ["a module", "ring.one", "imported by  app, ring.two",
                     "chain        ring.one <- app", "app, ring.one, ring.two, urls"]),
    ("local_settings.py", ["a module that was looked for and not found", "local_settings",
                           "imported by  app", "local_settings <- app", "new generation"]),
    ("data.json", ["is in the state of the application", "module       views",
                   "imported by  urls", "views <- urls <- app", "concerns 3 of 6"]),
    ("page.html", ["a file that each request reads afresh", "refreshes the pages"]),
    ("watched.ini", ["named by --watch or --env-file", "a save       starts a new generation"]),
    ("ring", ["a folder whose names were listed", "module       ring", "imported by",
              "chain", "new generation"]),
    ("ring/three.py", ["would be new in ring/, which is listed", "ring", "", "", ""]),
    ("unused.py", ["is not watched: the application has not imported it",
                   "import it, or start the server with --watch unused.py"]),
    ("stub.pyi", ["is not watched: no program reads the stubs of a type checker"]),
    ("new.html", ["has not opened it; the request that does", "--watch new.html"]),
    ("own.txt", ["the application writes it itself", "--watch own.txt"]),
    ("nothing.py", ["there is no such file, and nothing has looked for it"]),
    ("x.pyc", ["there is no such file"]),
    ("/etc/passwd", ["/etc/passwd is not watched: it is outside the project", "--watch /etc"]),
    ("/etc", ["/etc is not watched: it is a folder", "ask about a file in it"]),
    (pytest.__file__, ["it belongs to an installed package, and was not imported", "--watch"]),
]  # fmt: skip


@pytest.mark.parametrize(("file", "said"), WHYS, ids=[file for file, _ in WHYS])
def test_why(file: str, said: Sequence[str], conductor: Conductor, project: Project) -> None:
    lines = text(why(conductor, str(project.folder / file))).splitlines()
    if any("starts a new generation" in line for line in lines):
        assert lines.pop() == "  starts from  a fresh interpreter"
    assert len(lines) == len(said), lines
    for line, part in zip(lines, said, strict=True):
        assert part in line


def test_why_without_modules(project: Project) -> None:
    conductor = Conductor(str(project.folder), (str(project.folder / "a.ini"),))
    conductor.start(0.0)
    told = why(conductor, str(project.folder / "views.py"))
    assert told.ignored == "no module is known, only what --watch names counts"
    assert why(conductor, str(project.folder / "a.ini")).effect == "reload"


def test_where_it_starts_from_is_told(conductor: Conductor, project: Project) -> None:
    snapshots = (
        SnapshotIs("cold", "", 100, ()),
        SnapshotIs("natural", "urls", 150, ("app",)),
        SnapshotIs("hot", "urls", 152, ("app", "ring.one", "ring.two")),
    )
    conductor.hear(Snapshots(snapshots), 0.0)

    def source(name: str) -> str:
        return why(conductor, str(project.folder / name)).source

    assert source("views.py") == "a snapshot before urls (hot, 152 modules are there)"
    assert source("ring/one.py") == "a snapshot before urls (natural, 150 modules are there)"
    assert source("app.py") == "a snapshot before the application (cold, 100 modules are there)"


def test_why_nothing_but_bodies_could_not_be_served_is_told(
    conductor: Conductor, project: Project
) -> None:
    views = str(project.folder / "views.py")
    full = SnapshotIs("full", "", 200, ("app", "urls", "views"))
    conductor.hear(Snapshots((full,), ((views, "f is declared otherwise"),)), 0.0)
    told = why(conductor, views)
    assert told.source.startswith("a snapshot of it all (full) if only bodies of functions change")
    *_, last = text(told).splitlines()
    assert last == "  last save    more than bodies of functions: f is declared otherwise"
    assert why(conductor, str(project.folder / "urls.py")).refusal == ""


def test_why_there_is_no_snapshot_of_it_all_is_told(conductor: Conductor, project: Project) -> None:
    conductor.hear(Snapshots((), why_not_full="it has started a thread (b)"), 0.0)
    told = why(conductor, str(project.folder / "views.py"))
    assert told.source == "a fresh interpreter; none is of it all, for it has started a thread (b)"


def drawn(conductor: Conductor, root: str = "") -> Drawing:
    told = answer(AskGraph(root, installed=False), conductor.knowledge, {}, ())
    assert isinstance(told, Drawing)
    assert decode(encode(told)) == told
    return told


def test_the_graph_as_text(conductor: Conductor) -> None:
    assert drawings.text(drawn(conductor)).splitlines() == [
        "app",
        "├─ ring",
        "├─ ring.one",
        "│  └─ ring.two (circle)",
        "│     └─ ring.one (circle, above)",
        "└─ urls",
        "   ├─ ring",
        "   ├─ ring.two (above)",
        "   └─ views",
    ]


def test_a_part_of_the_graph(conductor: Conductor) -> None:
    told = drawn(conductor, "urls")
    assert {node.name for node in told.nodes} == {"urls", "views", "ring", "ring.one", "ring.two"}
    assert told.application == "urls"
    wrong = answer(AskGraph("url", installed=False), conductor.knowledge, {}, ())
    assert wrong == Unanswered("there is no module url", "did you mean 'urls'?")


def test_no_graph_without_modules(project: Project) -> None:
    conductor = Conductor(str(project.folder), ())
    told = answer(AskGraph("", installed=False), conductor.knowledge, {}, ())
    assert isinstance(told, Unanswered)


ODD = Drawing(
    'a"b\\',
    (Node('a"b\\', "x.py", 1), Node("c#d", "y.py", 1), Node("e", "z.py", 0)),
    (Edge('a"b\\', "c#d"), Edge("c#d", 'a"b\\'), Edge("c#d", "e")),
)


def test_mermaid() -> None:
    assert drawings.mermaid(ODD).splitlines() == [
        "flowchart LR",
        '  m0["a#quot;b\\"]',
        '  m1["c#35;d"]',
        '  m2["e"]',
        "  m0 -. circle .-> m1",
        "  m1 -. circle .-> m0",
        "  m1 --> m2",
    ]


def test_dot() -> None:
    made = drawings.dot(ODD)
    assert '"a\\"b\\\\" -> "c#d" [color=red tooltip=circle];' in made
    assert '"c#d" -> "e";' in made
    if shutil.which("dot"):
        ran = subprocess.run(["dot", "-Tplain"], input=made, capture_output=True, text=True)
        assert (ran.returncode, ran.stderr) == (0, "")
        assert len(re.findall(r"^edge ", ran.stdout, re.MULTILINE)) == 3


def test_json() -> None:
    assert len(json.loads(drawings.as_json(ODD))["edges"]) == 3


def test_circles() -> None:
    deep = {f"m{n}": [f"m{n + 1}"] for n in range(5000)} | {"m5000": ["m4990"]}
    assert circles(deep) == [sorted(f"m{n}" for n in range(4990, 5001))]
    assert circles({"a": ["a"], "b": ["a"]}) == []
    two = circles({"a": ["b"], "b": ["a", "c"], "c": ["d"], "d": ["c"]})
    assert sorted(two) == [["a", "b"], ["c", "d"]]


def test_what_is_watched(conductor: Conductor, project: Project) -> None:
    at = str(project.folder)
    backends = {at: "inotify", f"{at}/ring": "polling"}
    told = answer(AskWatch(), conductor.knowledge, backends, DECISIONS)
    assert isinstance(told, Watched)
    assert told.roots == (Root(at, "inotify", 1), Root(at, "polling", 1))
    counts = {count.what: count.number for count in told.counts}
    assert counts["modules of the project"] == 6
    assert counts["files that were read"] == 1
    assert counts["places where a module may appear"] == 8
    assert counts["files named by --watch or --env-file"] == 1
    said = watch.text(told)
    assert f"          1  polling      {at}" in said
    assert "    3 s ago  reload   views.py changed" in said
    assert "    2 h ago  refresh  x" in said


def test_a_question_of_another_version(conductor: Conductor) -> None:
    told = answer(Serving(1), conductor.knowledge, {}, ())
    assert isinstance(told, Unanswered)
    assert "Serving" in told.why


def test_backends() -> None:
    told = backends(["/a", "/b"], ["/b", "/c"])
    assert told == {"/a": "inotify", "/b": "inotify, polling", "/c": "polling"}
