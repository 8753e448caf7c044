"""The example with Pyramid and paste: this machine."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest

from clients import get
from examples.example import Example
from serving import Server

pytestmark = [pytest.mark.slow, pytest.mark.once]


def test_this_machine(example: Callable[[str], Example]) -> None:
    machine = example("pyramid")
    server = machine.start()
    facts = json.loads(get(server.address, "/machine.json").text)
    assert facts["title"] == "My machine"
    assert facts["processors"]["count"] >= 1
    assert 0 < facts["memory"]["used"] < facts["memory"]["total"]
    assert [disk["path"] for disk in facts["disks"]] == ["/"]
    assert "<h1>My machine</h1>" in get(server.address, "/").text
    assert _kept_for(server) == 0
    machine.save("development.ini", ("machine.title = My machine", "machine.title = The <new> one"))
    assert "<h1>The &lt;new&gt; one</h1>" in get(server.address, "/").text
    # The file that it refers to is watched too.
    machine.save("production.ini", ("machine.disks = /\n", "machine.disks = / /tmp\n"))
    facts = json.loads(get(server.address, "/machine.json").text)
    assert [disk["path"] for disk in facts["disks"]] == ["/", "/tmp"]
    assert server.stop() == 0


def test_this_machine_in_earnest(example: Callable[[str], Example]) -> None:
    machine = example("pyramid")
    server = machine.start(machine.commands[0].replace("development", "production"))
    assert "<h1>This machine</h1>" in get(server.address, "/").text
    assert _kept_for(server) == 3600
    assert server.stop() == 0
    assert "GET /static/page.css" in (machine.folder / "access.log").read_text()


def _kept_for(server: Server) -> int:
    page = get(server.address, "/").text
    [style] = re.findall(r'href="http://[^/]+(/static/page\.css)"', page)
    answer = get(server.address, style)
    assert answer.status == 200
    age = re.search(r"max-age=(\d+)", answer.headers["cache-control"])
    assert age
    return int(age[1])
