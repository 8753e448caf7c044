"""What the keeper answers: paths, methods, headers, orders and reports."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from serving import PATIENCE
from spawning.messages import IMPORT, REQUEST, CoverageOrder
from spawning_devtools.cover import pages
from spawning_devtools.cover.keeper.guard import Visitor
from spawning_devtools.cover.keeper.site import WAITING
from spawning_devtools.cover.keeper.visitors import VISITOR
from spawning_devtools.cover.reports.builds import Build
from unit.devtools.cover.keeper.asking import Asked, Reply


@pytest.fixture
def ask(tmp_path: Path) -> Iterator[Asked]:
    memory = os.memfd_create("journal")
    yield Asked(memory, tmp_path)
    os.close(memory)


# ---------------------------------------------------------------- paths and methods


def test_every_answer_is_kept_from_other_sites_and_from_caches(ask: Asked) -> None:
    for target in ("", "/live.json", "/nothing", "/html/", ".txt"):
        ask.shelf.there["txt"] = "no"
        fields = ask(target).fields
        assert fields["Cache-Control"] == "no-store"
        assert fields["X-Content-Type-Options"] == "nosniff"
        assert fields["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "frame-ancestors 'none'" in fields["Content-Security-Policy"]


def test_the_pages(ask: Asked) -> None:
    for target, page in (("", pages.index_page()), ("/file?path=/x", pages.file_page())):
        reply = ask(target)
        assert (reply.status, reply.body) == (200, page.body)
        assert reply.fields["Content-Security-Policy"] == page.policy


@pytest.mark.parametrize(("target", "to"), [("/", "/_coverage"), ("/html", "/_coverage/html/")])
def test_ways_to_the_right_address(ask: Asked, target: str, to: str) -> None:
    reply = ask(target)
    assert (reply.status, reply.fields["Location"]) == (302, to)


@pytest.mark.parametrize("target", ["/other", "x", ".html", ".exe", "/file/x", "/json", "/reset/"])
def test_what_there_is_not(ask: Asked, target: str) -> None:
    assert ask(target).status == 404


@pytest.mark.parametrize(
    ("target", "method", "allowed"),
    [
        ("", "POST", "GET, HEAD"),
        (".json", "DELETE", "GET, HEAD"),
        ("/html/", "PUT", "GET, HEAD"),
        ("/reset", "GET", "POST"),
        ("/pause", "HEAD", "POST"),
    ],
)
def test_wrong_methods(ask: Asked, target: str, method: str, allowed: str) -> None:
    reply = ask(target, method)
    assert (reply.status, reply.fields["Allow"]) == (405, allowed)
    assert ask.given == []


def test_a_head_is_as_good_as_a_get(ask: Asked) -> None:
    assert ask("/live.json", "HEAD").status == 200


@pytest.mark.parametrize("target", ["", "/live.json", ".json", "/reset", "/nothing"])
def test_who_may_not_see_it_sees_nothing(ask: Asked, target: str) -> None:
    for method in ("GET", "POST"):
        reply = ask(target, method, **{VISITOR: Visitor("10.0.0.7")})
        assert reply.status == 403
        assert "--coverage-allow-ips=10.0.0.7" in reply.text
    assert ask.given == []


# ---------------------------------------------------------------- orders


def test_orders_are_given_and_obeyed(ask: Asked) -> None:
    ask.tell(IMPORT, 2)
    ask.tell(REQUEST, 4)
    assert ask("/reset", "POST").text == "What requests ran is forgotten.\n"
    assert ask.records.snapshot().files[0].versions[0].requests == set()
    assert ask("/pause", "POST").text == "What requests run is not counted now.\n"
    assert ask("/live.json").json["paused"] is True
    assert ask("/resume", "POST").text == "What requests run is counted again.\n"
    assert ask.given == [CoverageOrder(1), CoverageOrder(1, True), CoverageOrder(1)]
    assert ask("/live.json").json["epoch"] == 1


def test_workers_that_do_not_answer_are_named(ask: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("spawning_devtools.cover.keeper.records.PATIENCE", 0.0)
    ask.tell(IMPORT, 2)
    ask.tell(IMPORT, 2, worker=2)
    ask.obedient = False
    reply = ask("/pause", "POST")
    assert reply.status == 202
    assert "worker 1 (process 101) and worker 2 (process 102) did not answer" in reply.text


def test_another_sites_page_orders_nothing(ask: Asked) -> None:
    reply = ask("/reset", "POST", HTTP_ORIGIN="https://evil.example")
    assert reply.status == 403
    assert ask.given == []


# ---------------------------------------------------------------- reports


@pytest.fixture
def report(ask: Asked, tmp_path: Path) -> Callable[[str, bytes], None]:
    def put(kind: str, content: bytes) -> None:
        path = tmp_path / f"report.{kind}"
        path.write_bytes(content)
        ask.shelf.there[kind] = Build(kind, str(path), 1)

    return put


@pytest.mark.parametrize(
    ("kind", "content_type", "name"),
    [
        ("json", "application/json", None),
        ("xml", "application/xml; charset=utf-8", None),
        ("lcov", "text/plain; charset=utf-8", None),
        ("txt", "text/plain; charset=utf-8", None),
        ("data", "application/vnd.sqlite3", ".coverage"),
    ],
)
def test_reports(
    ask: Asked, report: Callable[..., None], kind: str, content_type: str, name: str | None
) -> None:
    report(kind, b"the report")
    reply = ask(f".{kind}")
    assert (reply.status, reply.body) == (200, b"the report")
    assert reply.fields["Content-Type"] == content_type
    expected = f'attachment; filename="{name}"' if name else None
    assert reply.fields.get("Content-Disposition") == expected


def test_a_report_that_cannot_be_made_says_why(ask: Asked) -> None:
    ask.shelf.there = {"txt": "No space left.", "html": "No <space> left."}
    assert (ask(".txt").status, ask(".txt").text) == (503, "No space left.\n")
    assert ask("/html/").status == 503
    assert "No &lt;space&gt; left." in ask("/html/").text


def test_the_html_report(ask: Asked, tmp_path: Path) -> None:
    reply = ask("/html/")
    assert reply.status == 200
    assert '<meta http-equiv="refresh"' in reply.text, "the page comes back by itself"
    assert ask("/html/style.css").fields["Location"] == "/_coverage/html/"
    folder = tmp_path / "html"
    folder.mkdir()
    for name in ("index.html", "style.css", "script.js"):
        (folder / name).write_text(name)
    ask.shelf.there["html"] = Build("html", str(folder), 1)
    for target, kind in (("index.html", "text/html; charset=utf-8"), ("style.css", "text/css")):
        reply = ask(f"/html/{target}")
        assert (reply.status, reply.text) == (200, target)
        assert reply.fields["Content-Type"] == kind
        assert reply.fields["Content-Security-Policy"] == pages.REPORT_POLICY
    assert ask("/html/").text == "index.html"
    for name in ("nothing.html", "../a.py", "..%2fa.py", "/etc/passwd"):
        assert ask(f"/html/{name}").status == 404, name


def test_only_so_many_wait_and_pages_go_on(ask: Asked, report: Callable[..., None]) -> None:
    report("txt", b"at last")
    ask.shelf.opened.clear()
    replies: list[Reply] = []
    waiting = [threading.Thread(target=lambda: replies.append(ask(".txt"))) for _ in range(WAITING)]
    for thread in waiting:
        thread.start()
    for _ in waiting:
        assert ask.shelf.waits.acquire(timeout=PATIENCE)
    refused = ask(".txt")
    assert (refused.status, refused.fields["Retry-After"]) == (503, "2")
    assert ask("/live.json").status == 200
    ask.shelf.opened.set()
    for thread in waiting:
        thread.join()
    assert [reply.text for reply in replies] == ["at last"] * WAITING
    assert ask(".txt").status == 200
