"""What an application reads, seen by the audit hook in a process of its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from spawning.messages import Graph, Opened
from unit.devtools.reload.observing import graphs_of

pytestmark = pytest.mark.slow

PROGRAM = """
import sys
sys.path.insert(0, '.')
from spawning.messages import encode
from spawning_devtools.reload.observer import opened
opened.APART = 0.0
from spawning_devtools.reload.observer.observe import Observer
observer = Observer('app', 1)
observer.before_import(lambda: None)
def report():
    graph = observer.report()
    if graph: print(encode(graph).decode(), end='')
{statements}
report()
"""

Run = Callable[..., list[Graph]]


@pytest.fixture
def run(tmp_path: Path, import_folders: list[str]) -> Run:
    """Write files, run statements in their folder, return the reports."""

    def made(files: dict[str, str], *statements: str) -> list[Graph]:
        for name, text in files.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text)
        program = PROGRAM.format(statements="\n".join(statements))
        return graphs_of(program, tmp_path, import_folders)

    return made


def pairs(opened: tuple[Opened, ...], folder: Path) -> set[tuple[str, str]]:
    return {(one.file.removeprefix(f"{folder}/"), one.reader) for one in opened}


def files(opened: tuple[Opened, ...], folder: Path) -> set[str]:
    return {name for name, _ in pairs(opened, folder)}


def names(files: tuple[str, ...], folder: Path) -> set[str]:
    return {file.removeprefix(f"{folder}/") for file in files}


READERS = """
import configparser, json, os, pathlib, runpy, pkgutil, zipfile, linecache, inspect, sys
json.load(open('a.json'))
pathlib.Path('sub', '..', 'b.txt').read_bytes()
pkgutil.get_data('app', 'c.yaml')
configparser.ConfigParser().read(['d.ini', 'absent.ini'])
os.close(os.open(os.path.abspath('e.sql'), os.O_RDONLY))
open(b'f.env').close()
os.close(os.open('.', os.O_DIRECTORY))
runpy.run_path('script.py')
exec(open('conf.py').read())
linecache.getlines('read_by_linecache.py')
inspect.getsource(sys.modules['app'])
for name in ('old.log', '__pycache__/x', '.git/HEAD', 'site-packages/lib/data', 'db.sqlite3'):
    open(name).close()
open('w.txt', 'w').close(); open('rw.txt', 'r+').close(); open('w.txt').close()
open('draft', 'w').close(); os.replace('draft', 'w.json'); open('w.json').close()
try: open('missing.toml')
except OSError: pass
open('/etc/hosts').close()
import helper
helper.load('g.json')
"""


def test_what_is_read_while_modules_are_imported(run: Run, tmp_path: Path) -> None:
    files = dict.fromkeys(
        ("a.json", "b.txt", "c.yaml", "d.ini", "e.sql", "f.env", "g.json", "script.py", "conf.py",
         "read_by_linecache.py", "old.log", "__pycache__/x", ".git/HEAD", "site-packages/lib/data",
         "db.sqlite3", "rw.txt", "sub/x"), "{}"
    ) | {"d.ini": "[a]"}  # fmt: skip
    (graph,) = run(
        files | {"app.py": READERS, "helper.py": "def load(name): return open(name).read()"},
        "import app",
    )
    by_app = ("a.json", "b.txt", "c.yaml", "d.ini", "absent.ini", "e.sql", "f.env", "script.py",
              "conf.py", "missing.toml")  # fmt: skip
    expected = {(name, "app") for name in by_app} | {("g.json", "helper")}
    assert pairs(graph.data, tmp_path) == expected
    assert names(graph.written, tmp_path) >= {"w.txt", "rw.txt", "w.json", "draft"}
    assert (graph.kept, graph.served, graph.listed) == ((), (), ())


def test_folders_that_are_listed_while_modules_are_imported(run: Run, tmp_path: Path) -> None:
    app = """
import glob, importlib.metadata, os, pathlib, pkgutil
os.listdir('plugins'); list(os.scandir(pathlib.Path('scanned'))); glob.glob('globbed/*.py')
list(pkgutil.iter_modules(['walked'])); os.listdir('/'); os.listdir('.git')
importlib.metadata.entry_points(); importlib.metadata.version('pytest')
import plugins.a
def later(): os.listdir('later')
"""
    folders = ("plugins", "scanned", "globbed", "walked", "later", ".git")
    files = dict.fromkeys((f"{folder}/a.py" for folder in folders), "")
    first, *rest = run(files | {"app.py": app}, "import app", "report()", "app.later()")
    listed = {("plugins/", "app"), ("scanned/", "app"), ("globbed/", "app"), ("walked/", "app")}
    assert pairs(first.listed, tmp_path) == listed
    assert rest == []


def test_what_is_read_for_requests(run: Run, tmp_path: Path) -> None:
    app = """
import json
def serve(name): return open(name).read()
def lazily(): import lazy
"""
    sources = {
        "app.py": app, "lazy.py": "open('lazy.json').read()", "lazy.json": "", "once.json": "",
        "often.md": "", "logo.SVG": "", "site.css": "",
    }  # fmt: skip
    first, second, third = run(
        sources,
        "import app",
        "report()",
        "for n in ('once.json', 'often.md', 'logo.SVG', 'site.css'): app.serve(n)",
        "app.lazily()",
        "report()",
        "app.serve('often.md')",
        "app.serve('lazy.json')",
    )
    assert first.data == ()
    assert pairs(second.data, tmp_path) == {("lazy.json", "lazy")}
    assert pairs(second.kept, tmp_path) == {("once.json", "app"), ("often.md", "app")}
    assert files(second.served, tmp_path) == {"logo.SVG", "site.css"}
    assert (third.data, third.kept, files(third.served, tmp_path)) == ((), (), {"often.md"})


ENGINES = {
    "Jinja keeps it until a refresh": (
        "import jinja2\nenv = jinja2.Environment(loader=jinja2.FileSystemLoader('.'),"
        " auto_reload=False)\ndef page(): env.get_template('page.html').render()",
        "served",
    ),
    "Jinja looks again": (
        "import jinja2\nenv = jinja2.Environment(loader=jinja2.FileSystemLoader('.'))\n"
        "def page(): env.get_template('page.html').render()",
        "served",
    ),
    "Jinja, and a function that loads": (
        "import jinja2\nread = lambda name: open(name).read()\n"
        "env = jinja2.Environment(loader=jinja2.FunctionLoader(read))\n"
        "def page(): env.get_template('page.html').render()",
        "data",
    ),
    "Jinja, taken at import": (
        "import jinja2\nenv = jinja2.Environment(loader=jinja2.FileSystemLoader('.'))\n"
        "template = env.get_template('page.html')\ndef page(): template.render()",
        "data",
    ),
    "Django keeps it until a refresh": (
        "import django\nfrom django.conf import settings\n"
        "settings.configure(DEBUG=True, TEMPLATES=[{'DIRS': ['.'],\n"
        " 'BACKEND': 'django.template.backends.django.DjangoTemplates'}])\ndjango.setup()\n"
        "from django.template.loader import get_template\n"
        "def page(): get_template('page.html').render()",
        "served",
    ),
    "Django without a cache": (
        "import django\nfrom django.conf import settings\n"
        "settings.configure(DEBUG=True, TEMPLATES=[{'DIRS': ['.'], 'OPTIONS': {'loaders':\n"
        " ['django.template.loaders.filesystem.Loader']},\n"
        " 'BACKEND': 'django.template.backends.django.DjangoTemplates'}])\ndjango.setup()\n"
        "from django.template.loader import get_template\n"
        "def page(): get_template('page.html').render()",
        "served",
    ),
    "nobody knows": ("def page(): open('page.html').read()", "kept"),
}  # fmt: skip


@pytest.mark.parametrize(("app", "kind"), ENGINES.values(), ids=ENGINES)
def test_a_template(app: str, kind: str, run: Run, tmp_path: Path) -> None:
    files = {"app.py": app, "page.html": "text"}
    graphs = run(files, "import app", "report()", "app.page()")
    found = {
        name
        for graph in graphs
        for name in ("data", "kept", "served")
        if str(tmp_path / "page.html") in str(getattr(graph, name))
    }
    assert found == {kind}


def test_no_more_than_so_many_paths_are_remembered(run: Run, tmp_path: Path) -> None:
    app = "def serve(name):\n  try: open(name)\n  except OSError: pass"
    _, graph = run(
        {"app.py": app}, "import app", "report()", "for n in range(20_000): app.serve(f'{n}.txt')"
    )
    assert 9_900 < len(graph.kept) < 10_001


def test_an_environment_in_the_project_takes_no_room(run: Run, tmp_path: Path) -> None:
    app = """
import os
os.makedirs('.venv/lib/site-packages'); os.makedirs('__pycache__', exist_ok=True)
for n in range(6_000):
    for name in (f'.venv/lib/site-packages/{n}', f'__pycache__/{n}.pyc'):
        try: open(name).close()
        except OSError: pass
open('data.json', 'a').close(); open('conf.json')
"""
    (graph,) = run({"app.py": app, "conf.json": ""}, "import app")
    assert files(graph.data, tmp_path) == {"conf.json"}
    assert names(graph.written, tmp_path) == {"data.json"}


def test_what_the_hook_cannot_understand_is_let_through(run: Run, tmp_path: Path) -> None:
    statements = """
import os
for wrong in ("nul\\0byte", object(), "x" * 5000, "sur\\udcffrogate", ""):
    try: open(wrong)
    except (OSError, ValueError, TypeError): pass
read, write = os.pipe()
open(read).close()
open(write, 'w').close()
"""
    assert run({"app.py": statements}, "import app")
