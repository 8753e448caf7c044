"""`spawnctl why`, `graph` and `watch`, typed beside a server that runs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from clients import get
from serving import Server, StartServer, wait_until

pytestmark = pytest.mark.slow

SPAWNCTL = Path(sys.executable).parent / "spawnctl"

SOURCES = {
    "mine.py": "import views, ring.one\nopen('conf.json').close()\n"
    "def app(environ, start):\n    import late\n    start('200 OK', [])\n    return [b'ok']\n",
    "views.py": "try:\n    import local\nexcept ImportError:\n    pass\n",
    "ring/one.py": "from ring import two\n",
    "ring/two.py": "def f():\n    from ring import one\n",
    "late.py": "",
    "unused.py": "",
    "conf.json": "{}",
}


def spawnctl(folder: Path, *words: str) -> tuple[int, str]:
    ran = subprocess.run([SPAWNCTL, *words], cwd=folder, capture_output=True, text=True)
    return ran.returncode, ran.stdout + ran.stderr


def told(folder: Path, *words: str, code: int, part: str) -> str:
    """Return what it says as soon as that has `part`: the watcher hears of what happens later."""
    said: list[str] = []

    def has_part() -> bool:
        found, text = spawnctl(folder, *words)
        said[:] = [text]
        return found == code and part in text

    wait_until(has_part, f"{' '.join(words)} says {part!r}")
    return said[0]


@pytest.fixture
def server(spawn: StartServer, tmp_path: Path) -> Server:
    for name, text in SOURCES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    server = spawn(tmp_path, "-s", "1", "--reload=dev", "-l", "/dev/null", "mine.app")
    server.wait_until_serving().log.wait_for("watching")
    return server


def test_why_over_generations(server: Server, tmp_path: Path) -> None:
    code, said = spawnctl(tmp_path, "why", "views.py")
    assert (code, said.splitlines()[:5]) == (
        0,
        [
            "views.py is watched: a module",
            "  module       views",
            "  imported by  mine",
            "  chain        views <- mine",
            "  a save       starts a new generation; it concerns 2 of 4 modules of the project: "
            "mine, views",
        ],
    )
    assert spawnctl(tmp_path, "why", "late.py")[0] == 1
    get(server.address, "/")
    words = ("why", "--format=json", "../late.py")
    said = told(tmp_path / "ring", *words, code=0, part="importers")
    assert json.loads(said)["importers"] == ["mine"]
    (tmp_path / "mine.py").write_text(SOURCES["mine.py"].replace("views, ", ""))
    server.log.wait_for("generation 2 in")
    words = ("why", "views.py", "--pid", str(server.pid))
    told(tmp_path, *words, code=1, part="views.py is not watched: the application has not impo")
    said = told(tmp_path, "watch", code=0, part="s ago  reload   mine.py changed")
    assert "  inotify      " + str(tmp_path) in said
    assert "1  files that were read" in said


def test_graph_in_every_form(server: Server, tmp_path: Path) -> None:
    assert spawnctl(tmp_path, "graph")[1].splitlines() == [
        "mine",
        "├─ ring.one",
        "│  └─ ring.two (circle)",
        "│     └─ ring.one (circle, above)",
        "└─ views",
    ]
    assert "m2 -. circle .-> m3" in spawnctl(tmp_path, "graph", "--format", "mermaid")[1]
    assert '"mine" -> "views";' in spawnctl(tmp_path, "graph", "--format", "dot")[1]
    nodes = json.loads(spawnctl(tmp_path, "graph", "--format=json", "--root=ring.one")[1])["nodes"]
    assert [node["file"] for node in nodes] == ["ring/one.py", "ring/two.py"]
    code, said = spawnctl(tmp_path, "graph", "--root", "vews")
    assert (code, said) == (
        2, "spawnctl: error: there is no module vews; did you mean 'views'?\n"
    )  # fmt: skip


def test_the_watcher_that_replaces_a_dead_one_answers(server: Server, tmp_path: Path) -> None:
    begin = len(server.log.lines)
    server.watcher().kill()
    server.log.wait_for("the watcher of the source code died and is started again")
    server.log.wait_for("watching", begin)
    assert spawnctl(tmp_path, "why", "views.py")[0] == 0


def test_servers_that_cannot_be_asked(spawn: StartServer, plain: Path, tmp_path: Path) -> None:
    server = spawn(plain, "-s", "1", "hello.app").wait_until_serving()
    code, said = spawnctl(tmp_path, "watch", "--pid", str(server.pid))
    assert (code, said) == (
        1,
        f"spawnctl: error: server {server.pid} does not watch its code;"
        " start it with --reload=dev\n",
    )
    code, said = spawnctl(tmp_path, "why", "x.py")
    assert code == 1
    assert f"no server was started in {tmp_path}; type one of: " in said
    assert f"--pid {server.pid} ({os.path.realpath(plain)})" in said
    assert spawnctl(tmp_path, "why", "--fromat=x")[0] == 2
    assert "it need not exist" in spawnctl(tmp_path, "why", "--help")[1]
