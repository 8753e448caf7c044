"""Files that an application reads: after a save the page shows what is in them, always."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from clients import get
from serving import Server, StartServer, wait_until
from spawning.messages import AskWatch, AskWhy, Decision, Explanation, Watched
from spawning_devtools.ctl.code.ask import ask
from warm import Looks

pytestmark = pytest.mark.slow

FLASK = """
import json, os, importlib, pathlib
from flask import Flask, render_template
app = Flask(__name__)
conf = json.load(open("conf.json"))
plugins = sorted(p.stem for p in pathlib.Path("plugins").glob("*.py"))
local = open("local.txt").read() if os.path.exists("local.txt") else "none"
try: extra = pathlib.Path("extra.txt").read_text()
except OSError: extra = "none"

@app.get("/")
def index():
    return render_template("page.html", conf=conf, plugins=plugins, extra=extra)

@app.get("/upload")
def upload():
    pathlib.Path("plugins/upload.py").write_text("x = 1")
    return "written"
"""

DJANGO = """
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.shortcuts import render
from django.urls import path
settings.configure(DEBUG=True, SECRET_KEY="x", ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"],
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates",
                "DIRS": ["templates"]}])
urlpatterns = [path("", lambda request: render(request, "page.html"))]
app = get_wsgi_application()
"""

MAKO_LIKE = """
import functools
@functools.lru_cache
def template(name): return open("templates/" + name).read()
def app(environ, start):
    start("200 OK", [])
    return [template("page.html").encode()]
"""


def start(spawn: StartServer, folder: Path, source: str, *options: str) -> Server:
    for name, text in {
        "mine.py": source,
        "templates/page.html": "<p>v0 {{ conf.name }} {{ plugins }} {{ extra }}</p>",
        "conf.json": '{"name": "first"}',
        "plugins/one.py": "",
    }.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    server = spawn(folder, "-s", "2", "--reload=dev", "-l", "/dev/null", *options, "mine.app")
    server.wait_until_serving().log.wait_for("watching")
    return server


def shows(server: Server, text: str) -> None:
    wait_until(lambda: text in get(server.address, "/").text, f"the page shows {text}")


def decisions(server: Server) -> tuple[Decision, ...]:
    return ask(server.pid, AskWatch(), Watched).decisions


KEPT = {
    "jinja": (FLASK, r"page\.html changed: pages are fresh"),
    "django": (DJANGO, r"page\.html changed: pages are fresh"),
    "lru_cache": (MAKO_LIKE, r"templates/page\.html changed.*: generation 3 in"),
}


@pytest.mark.parametrize(("source", "said"), KEPT.values(), ids=KEPT)
def test_a_template_that_is_kept(
    source: str, said: str, spawn: StartServer, tmp_path: Path
) -> None:
    server = start(spawn, tmp_path, source)
    for _ in range(8):  # so that each worker has it
        assert "v0" in get(server.address, "/").text
    page = tmp_path / "templates" / "page.html"
    for version in ("v1", "v2"):
        page.write_text(f"<p>{version}</p>")
        shows(server, version)
        shows(server, version)
    server.log.wait_for(said)


def test_a_template_that_each_request_looks_at_reloads_nothing(
    spawn: StartServer, tmp_path: Path
) -> None:
    again = FLASK.replace("conf = json", 'app.config["TEMPLATES_AUTO_RELOAD"] = True\nconf = json')
    server = start(spawn, tmp_path, again)
    assert "v0" in get(server.address, "/").text
    (tmp_path / "templates" / "page.html").write_text("<p>v1</p>")
    shows(server, "v1")
    wait_until(lambda: bool(decisions(server)), "something was decided")
    (done,) = decisions(server)
    assert (done.kind, done.cause) == ("refresh", "templates/page.html changed")
    server.log.wait_for("pages are fresh, no code was reloaded")
    assert not [line for line in server.log.lines if "generation 2" in line]


STYLED = """
import other
def app(environ, start):
    style = open("style.css").read()
    start("200 OK", [])
    return [f"{other.VERSION} {style}".encode()]
"""


def test_what_the_first_request_of_a_new_generation_reads_is_not_read_at_its_start(
    spawn: StartServer, tmp_path: Path
) -> None:
    (tmp_path / "other.py").write_text("VERSION = 'v0'\n")
    (tmp_path / "style.css").write_text("old")
    server = start(spawn, tmp_path, STYLED)
    for version in ("v1", "v2"):
        (tmp_path / "other.py").write_text(f"VERSION = '{version}'\n")
        shows(server, f"{version} old")  # asks at once: the request waits for the new code
    wait_until(Looks(server.pid).at_rest, "all is told")
    style = AskWhy(str(tmp_path / "style.css"))
    assert ask(server.pid, style, Explanation).effect == "refresh"


def test_data_and_folders_that_were_read_at_import(spawn: StartServer, tmp_path: Path) -> None:
    server = start(spawn, tmp_path, FLASK)
    assert "first ['one'] none" in re.sub("&#39;", "'", get(server.address, "/").text)
    (tmp_path / "conf.json").write_text('{"name": "second"}')
    server.log.wait_for(r"conf\.json changed \(read by mine\): generation 2 in")
    (tmp_path / "extra.txt").write_text("more")
    server.log.wait_for(r"extra\.txt appeared \(read by mine\): generation 3 in")
    (tmp_path / "plugins" / "two.py").write_text("")
    server.log.wait_for(r"plugins/ changed \(listed by mine\): generation 4 in")
    page = re.sub("&#39;", "'", get(server.address, "/").text)
    assert "second ['one', 'two'] more" in page
    assert get(server.address, "/upload").text == "written"
    wait_until(Looks(server.pid).at_rest, "all is told")
    (tmp_path / "mine.py").write_text(FLASK + "# saved\n")
    server.log.wait_for(r"mine\.py changed: generation 5 in")
