"""The example with Flask: notes."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from browsing import Browser
from clients import Client, request
from examples.example import Example
from serving import Server

pytestmark = [pytest.mark.slow, pytest.mark.once]


def test_notes(example: Callable[[str], Example]) -> None:
    notes = example("flask")
    server = notes.start()
    with Browser(server.address) as ada:
        _write(ada)
        _find_and_change(ada)
        _refuse_forms_of_other_sites(server)
        # The database is written beside the code: that is no change of the code.
        assert not any("changed" in line for line in server.log.lines)
        notes.save("notes/pages.py", ("LONGEST_TITLE = 80", "LONGEST_TITLE = 3"))
        refused, page = ada.post("/", title="Long", text="")
        assert (refused.status, b"4 characters, 3 are allowed" in page) == (422, True)
        assert b"Daily" in ada.get("/")[1]
    assert server.stop() == 0


def _write(ada: Browser) -> None:
    assert b"Nothing is noted yet." in ada.get("/")[1]
    refused, page = ada.post("/", title="  ", text="a text")
    assert refused.status == 422
    assert b"A note needs a title." in page
    assert b">a text</textarea>" in page
    kept, _ = ada.post("/", title="Täglich <b>", text="one\r\ntwo")
    assert (kept.status, kept.headers["Location"]) == (303, "/")
    ada.post("/", title="Another", text="three")
    page = ada.get("/")[1]
    assert page.index(b"Another") < page.index("Täglich &lt;b&gt;".encode())


def _find_and_change(ada: Browser) -> None:
    found = ada.get("/?q=T%C3%A4glich+ONE")[1].decode()
    assert "1 note with “Täglich ONE”" in found
    assert "Another" not in found
    assert b"one\ntwo</textarea>" in ada.get("/1")[1]
    ada.post("/1", title="Daily", text="four")
    assert b"Daily" in ada.get("/")[1]
    ada.post("/2/delete")
    missing, page = ada.get("/2")
    assert (missing.status, b"There is no such note" in page) == (404, True)
    style, _ = ada.get("/static/notes.css")
    assert (style.status, style.headers["Content-Type"]) == (200, "text/css; charset=utf-8")


def _refuse_forms_of_other_sites(server: Server) -> None:
    with Client(server.address) as client:
        fields = ("Sec-Fetch-Site: cross-site", "Content-Length: 0")
        client.send(request("/", *fields, method="POST"))
        answer = client.answer()
        assert (answer.status, "sent by another site" in answer.text) == (403, True)
