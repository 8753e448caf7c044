"""The example with Django: suggestions, in development and in earnest."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from browsing import Browser, token_in
from clients import Answer, Client
from examples.example import Example, variables

pytestmark = [pytest.mark.slow, pytest.mark.once]

PASSWORD = "correct horse"
MAKE_ADA = "python manage.py createsuperuser --noinput --username ada --email ada@example.org"


def test_suggestions(example: Callable[[str], Example]) -> None:
    suggestions = example("django")
    server = suggestions.start()
    with Browser(server.address) as visitor:
        assert b"Nothing here yet." in visitor.get("/")[1]
        token = token_in(visitor.get("/suggest/")[1])
        refused, page = visitor.post("/suggest/", csrfmiddlewaretoken=token, title="")
        assert (refused.status, b"This field is required" in page) == (422, True)
        visitor.post("/suggest/", csrfmiddlewaretoken=token, title="Tea", text="With <milk>.")
        page = visitor.get("/")[1]
        assert "Thank you for “Tea”." in page.decode()
        assert b"With &lt;milk&gt;." in page
        for _ in range(2):
            visitor.post("/1/vote/", csrfmiddlewaretoken=token_in(visitor.get("/")[1]))
        assert b"<strong>1</strong>" in visitor.get("/")[1]
        style, _ = visitor.get("/static/ideas/site.css")
        assert (style.status, style.headers["Content-Type"]) == (200, "text/css")
        assert not any("changed" in line for line in server.log.lines)
        suggestions.save("ideas/models.py", ('"planned", "planned"', '"planned", "on its way"'))
        suggestions.run("python manage.py makemigrations")
        page = visitor.get("/")[1]
        assert b">on its way</a>" in page
        assert b"<h2>Tea</h2>" in page
    _decide(suggestions)
    assert server.stop() == 0


def _decide(suggestions: Example) -> None:
    suggestions.run(MAKE_ADA, {"DJANGO_SUPERUSER_PASSWORD": PASSWORD})
    with Browser(suggestions.server.address) as ada:
        page = ada.get("/admin/login/")[1]
        style = re.search(rb'href="(/static/admin/css/base\.css)"', page)
        assert style
        assert ada.get(style[1].decode())[0].status == 200
        known = {"username": "ada", "password": PASSWORD, "next": "/admin/ideas/idea/"}
        ada.post("/admin/login/", csrfmiddlewaretoken=token_in(page), **known)
        page = ada.get("/admin/ideas/idea/")[1]
        changes = {
            "form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "1", "form-0-id": "1",
            "form-0-status": "planned", "_save": "Save",
        }  # fmt: skip
        saved, _ = ada.post("/admin/ideas/idea/", csrfmiddlewaretoken=token_in(page), **changes)
        assert saved.status == 302
        assert b'status planned">on its way' in ada.get("/")[1]


def test_suggestions_in_earnest(example: Callable[[str], Example]) -> None:
    suggestions = example("django")
    _, exported, prepared, served = suggestions.commands
    env = variables(exported)
    suggestions.run(prepared, env)
    server = suggestions.start(served, env)
    host = env["DJANGO_ALLOWED_HOSTS"]
    page = _get(server.address, host, "/").text
    assert "Nothing here yet." in page
    assert ".spawning" not in page
    style = re.search(r'href="(/static/ideas/site\.\w{12}\.css)"', page)
    assert style
    answer = _get(server.address, host, style[1])
    assert answer.headers["content-encoding"] == "gzip"
    assert "immutable" in answer.headers["cache-control"]
    assert _get(server.address, host, "/static/admin/css/base.css").status == 200
    assert _get(server.address, "elsewhere", "/").status == 400


def _get(address: tuple[str, int], host: str, target: str) -> Answer:
    with Client(address) as client:
        client.send(
            f"GET {target} HTTP/1.1\r\nHost: {host}\r\nAccept-Encoding: gzip\r\n\r\n".encode()
        )
        return client.answer()
