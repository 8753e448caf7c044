"""The status page in a real browser; a machine without one has no cases."""

from __future__ import annotations

import re
import signal
import sys
from pathlib import Path

import pytest

from browser.chromium import Browser
from clients import Client, request
from serving import StartServer

pytestmark = [pytest.mark.slow, pytest.mark.once]

APPLICATION = """
import time
from pathlib import Path

def app(environ, start):
    while not Path(environ["QUERY_STRING"]).exists():
        time.sleep(0.01)
    start("200 OK", [])
    return [b"done"]
"""
EVIL = "/<img/src=x/onerror=alert(1)>"
HEALTH = "document.getElementById('health').textContent"
TEXT = "document.body.innerText"


def test_the_page_follows_the_server(browser: Browser, spawn: StartServer, tmp_path: Path) -> None:
    (tmp_path / "gated.py").write_text(APPLICATION)
    server = spawn(tmp_path, "-s", "2", "--status-port", "0", "-l", "/dev/null", "gated.app")
    server.wait_until_serving()
    match = re.search(r"http://\S+/status", server.log.wait_for("status page on"))
    assert match
    gate = tmp_path / "gate"

    browser.look_as(390, 844)
    browser.open(match[0])
    browser.wait_for(f"{HEALTH} === 'Healthy'")
    assert browser.value_of("document.title") == "Healthy \u2013 gated.app \u2013 Spawning"
    assert browser.value_of("document.querySelectorAll('#workers tr').length") == 2
    assert browser.value_of("document.documentElement.scrollWidth") == 390

    with Client(server.address) as client:
        client.send(request(f"{EVIL}?{gate}"))
        browser.wait_for(f"{TEXT}.includes('GET {EVIL}')")
        assert browser.value_of("document.querySelectorAll('img').length") == 0
        gate.touch()
        client.answer()
    browser.wait_for(f"!{TEXT}.includes('{EVIL}')")

    (tmp_path / "gated.py").write_text("\nlost = nothing\n")
    server.signal(signal.SIGHUP)
    browser.wait_for(f"{HEALTH} === 'Failing'")
    browser.wait_for(f"{TEXT}.includes(\"NameError: name 'nothing' is not defined\")")
    assert browser.value_of("document.getElementById('failure-place').textContent").endswith(
        "gated.py:2:8" if sys.version_info >= (3, 11) else "gated.py:2"
    )
    (tmp_path / "gated.py").write_text(APPLICATION)
    server.signal(signal.SIGHUP)
    browser.wait_for(f"{HEALTH} === 'Healthy'")
    assert browser.complaints == []
    port = match[0].removesuffix("/status")
    assert {url for url in browser.requested if not url.startswith((port, "data:"))} == set()

    server.process.kill()
    browser.wait_for(f"{TEXT}.includes('The server does not answer')")
