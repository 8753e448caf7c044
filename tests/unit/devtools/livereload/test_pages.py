"""What pages ask, and what they are told."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any
from wsgiref.util import setup_testing_defaults

import jinja2
import pytest

from spawning.devhooks import LivePages
from spawning.messages import Failed, Frame, News
from spawning_devtools.livereload import templates
from spawning_devtools.livereload.pages import QUESTION, SCRIPT, Pages

EDITOR = "editor://{path}?at={line}:{column}"
NO_CACHE = ("Cache-Control", "no-store")


@pytest.fixture
def pages(tmp_path: Path) -> Pages:
    """The pages of a worker that has heard of version 10."""
    made = Pages(EDITOR, str(tmp_path))
    conforms: LivePages = made
    conforms.hear(News(10, 8, (), None))
    return made


def ask(pages: Pages, path: str, **fields: str) -> tuple[str, dict[str, str], bytes]:
    """Return status, headers and body of what a worker answers."""
    environ: dict[str, Any] = {}
    setup_testing_defaults(environ)
    path, _, query = path.partition("?")
    environ |= {"PATH_INFO": path, "QUERY_STRING": query} | fields
    seen: list[Any] = []

    def start(status: str, headers: list[tuple[str, str]]) -> Callable[[bytes], None]:
        seen.extend([status, dict(headers)])
        return lambda _data: None

    body = b"".join(pages.application(environ, start))
    return seen[0], seen[1], body


def told(pages: Pages, query: str, **fields: str) -> dict[str, Any]:
    """Return what a page is told."""
    status, headers, body = ask(pages, f"{QUESTION}?{query}", **fields)
    assert status == "200 OK"
    assert headers["Cache-Control"] == "no-store"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    answer: dict[str, Any] = json.loads(body)
    return answer


# (the news, what a page has seen, whether it waits, what it is told otherwise)
NEWS: list[tuple[News, int, bool, bool, list[str]]] = [
    (News(10, 8, (), None), 10, True, False, []),
    (News(10, 8, (), None), 11, True, False, []),
    (News(10, 8, (), None), 8, False, False, []),
    (News(10, 8, (), None), 7, False, True, []),
    (News(10, 8, ("/a/site.css",), None), 9, False, False, ["site.css"]),
    (News(10, 8, ("/a/site.css",), None), 10, True, False, []),
    (News(10, 8, ("/a/site.css",), None), 8, False, True, ["site.css"]),
]


@pytest.mark.parametrize(("news", "seen", "waits", "reload", "styles"), NEWS)
def test_news(
    news: News, seen: int, waits: bool, reload: bool, styles: list[str], pages: Pages
) -> None:
    pages.hear(news)
    assert pages.waits(f"{QUESTION}?seen={seen}", {}) is waits
    expected = {"version": 10, "reload": reload, "styles": styles, "failure": None}
    assert told(pages, f"seen={seen}") == expected


# (a request, whether it waits)
OTHERS = [
    ("/", None),
    (f"{QUESTION}/more", None),
    (SCRIPT, False),
    (f"{QUESTION}", False),
    (f"{QUESTION}?seen=x", False),
    (f"{QUESTION}?seen={'9' * 5000}", False),
]


@pytest.mark.parametrize(("target", "waits"), OTHERS)
def test_what_is_no_question(target: str, waits: bool | None, pages: Pages) -> None:
    assert pages.waits(target, {}) is waits


def test_others_are_refused_and_do_not_wait(pages: Pages) -> None:
    cross = {"HTTP_SEC_FETCH_SITE": "cross-site"}
    assert pages.waits(f"{QUESTION}?seen=10", cross) is False
    assert ask(pages, f"{QUESTION}?seen=10", **cross)[0] == "403 Forbidden"
    assert ask(pages, SCRIPT, **cross)[0] == "403 Forbidden"
    assert ask(pages, f"{QUESTION}?seen=1", REQUEST_METHOD="POST")[0] == "405 Method Not Allowed"
    assert ask(pages, f"{QUESTION}?seen=-1")[0] == "400 Bad Request"


def test_the_script_is_served(pages: Pages) -> None:
    status, headers, body = ask(pages, SCRIPT)
    assert (status, headers["Content-Type"]) == ("200 OK", "text/javascript; charset=utf-8")
    assert b"AbortController" in body


def failure(folder: Path) -> Failed:
    """Return why code does not start whose sixth line is wrong."""
    file, other = str(folder / "my views.py"), str(folder / "urls.py")
    lines = [f"line {number}" for number in range(1, 13)]
    lines[5] = "\tbad = <script>"
    Path(file).write_text("\n".join(lines))
    frames = (
        Frame("/usr/lib/python3/importlib.py", 1, "load", "x", False),
        Frame(other, 3, "setup", "import views", True),
        Frame(file, 6, "<module>", "bad = <script>", True),
    )
    return Failed(True, "NameError", "bad", file, 6, 8, frames, "")


def test_a_failure_is_told_with_its_source(pages: Pages, tmp_path: Path) -> None:
    pages.hear(News(11, 8, (), failure(tmp_path)))
    (tmp_path / "my views.py").write_text("mended")
    shown = told(pages, "seen=10")["failure"]
    assert (shown["type"], shown["message"], shown["column"]) == ("NameError", "bad", 8)
    assert shown["place"] == "my views.py:6:8"
    assert shown["editor"] == f"editor://{tmp_path}/my%20views.py?at=6:8"
    assert [line["line"] for line in shown["source"]] == list(range(2, 11))
    assert [line["text"] for line in shown["source"] if line["meant"]] == ["\tbad = <script>"]
    assert shown["frames"] == [
        {
            "place": "urls.py:3",
            "function": "setup",
            "source": "import views",
            "editor": f"editor://{tmp_path}/urls.py?at=3:1",
        }
    ]


def test_a_page_made_after_a_failure_hears_of_it_once(pages: Pages, tmp_path: Path) -> None:
    pages.hear(News(11, 8, (), failure(tmp_path)))
    assert pages.waits(f"{QUESTION}?seen=11&first", {}) is False
    assert pages.waits(f"{QUESTION}?seen=11", {}) is True


def test_a_failure_without_a_place_is_told(pages: Pages) -> None:
    pages.hear(News(11, 8, (), Failed(True, "", "It died.", "", 0, 0, (), "type this")))
    shown = told(pages, "seen=10")["failure"]
    assert (shown["message"], shown["editor"], shown["source"]) == ("It died.; type this", "", [])


def test_another_sites_name_sees_no_source(pages: Pages, tmp_path: Path) -> None:
    pages.hear(News(11, 8, (), failure(tmp_path)))
    answer = told(pages, "seen=10", HTTP_HOST="evil.example")
    assert answer["version"] == 11
    assert "views" not in json.dumps(answer)
    assert "localhost" in answer["failure"]["message"]


def test_jinja_reads_a_template_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def render() -> str:
        return environment.get_template("page.html").render()

    monkeypatch.setattr(jinja2.Environment, "auto_reload", False, raising=False)
    (tmp_path / "base.html").write_text("old {% block x %}{% endblock %}")
    os.utime(tmp_path / "base.html", (1, 1))  # the clock of files is too coarse for a test
    (tmp_path / "page.html").write_text("{% extends 'base.html' %}")
    environment = jinja2.Environment(loader=jinja2.FileSystemLoader(tmp_path), auto_reload=False)
    assert render() == "old "
    (tmp_path / "base.html").write_text("new {% block x %}{% endblock %}")
    assert render() == "old "
    templates.forget()
    assert render() == "new "
