"""The example with Pyramid and paste: this machine."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest

from browser.chromium import Browser
from clients import get
from examples.example import Example

pytestmark = [pytest.mark.slow, pytest.mark.once]


def test_this_machine(example: Callable[[str], Example]) -> None:
    machine = example("pyramid")
    server = machine.start()
    facts = json.loads(get(server.address, "/machine.json").text)
    assert facts["title"] == "My machine"
    assert facts["processors"]["count"] >= 1
    assert 0 < facts["memory"]["used"] < facts["memory"]["total"]
    assert [disk["path"] for disk in facts["disks"]] == ["/"]
    page = get(server.address, "/").text
    assert "<h1>My machine</h1>" in page
    style = re.search(r'href="http://[^/]+(/static/page\.css)"', page)
    assert style
    assert get(server.address, style[1]).headers["cache-control"] == "max-age=0, public"
    machine.save("development.ini", "machine.title = My machine", "machine.title = The <new> one")
    assert "<h1>The &lt;new&gt; one</h1>" in get(server.address, "/").text
    # The file that it refers to is watched too.
    machine.save("production.ini", "machine.disks = /\n", "machine.disks = / /tmp\n")
    facts = json.loads(get(server.address, "/machine.json").text)
    assert [disk["path"] for disk in facts["disks"]] == ["/", "/tmp"]
    assert server.stop() == 0


def test_this_machine_in_earnest(example: Callable[[str], Example]) -> None:
    machine = example("pyramid")
    server = machine.start(machine.commands[0].replace("development", "production"))
    assert "<h1>This machine</h1>" in get(server.address, "/").text
    assert (
        get(server.address, "/static/page.css").headers["cache-control"] == "max-age=3600, public"
    )
    server.wait_for_workers(2)


def test_the_page_keeps_itself_up_to_date(
    browser: Browser, example: Callable[[str], Example]
) -> None:
    server = example("pyramid").start()
    host, port = server.address
    browser.open(f"http://{host}:{port}/")
    browser.wait_for("document.getElementById('news').textContent.startsWith('as of')")
    browser.wait_for("document.querySelector('polyline').points.length > 1")
    assert browser.complaints == []
