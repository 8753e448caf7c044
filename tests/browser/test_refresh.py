"""Templates and static files that change under a page, in a real browser."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from browser.chromium import Browser
from serving import COMMAND, StartServer, wait_until

pytestmark = [pytest.mark.slow, pytest.mark.once]

TEMPLATE = "document.querySelector('#template').textContent"
COLOUR = "getComputedStyle(document.querySelector('h1')).color"
LINK = '<link rel="stylesheet" href="/static/site.css"></head>'
IN_BOTH = "-s 2 --reload=dev -l /dev/null site_app.wsgi.app".split()


def refreshes(folder: Path, path: Path) -> bool:
    """Return whether the server in a folder knows that a save of a file refreshes the pages."""
    words = [COMMAND.with_name("spawnctl"), "why", "--format=json", path]
    said = subprocess.run(words, cwd=folder, capture_output=True, text=True)
    return said.returncode == 0 and json.loads(said.stdout)["effect"] == "refresh"


def test_what_is_not_code_refreshes_without_a_restart(
    browser: Browser, spawn: StartServer, copy_of: Callable[[str], Path]
) -> None:
    folder = copy_of("flask_site") / "site_app"
    style, template = folder / "static" / "site.css", folder / "templates" / "page.html"
    style.parent.mkdir()
    style.write_text("h1 { color: rgb(1, 2, 3) }")
    template.write_text(template.read_text().replace("</head>", LINK))
    server = spawn(folder.parent, *IN_BOTH).wait_until_serving()
    server.log.wait_for("watching")
    host, port = server.address
    browser.open(f"http://{host}:{port}/page")
    browser.wait_for(f"{TEMPLATE} === 'template v0' && {COLOUR} === 'rgb(1, 2, 3)'")

    def save(path: Path, old: str, new: str, shown: str) -> None:
        # Once: of a second save the page would be told at any time later.
        wait_until(lambda: refreshes(folder.parent, path), f"{path} is watched")
        path.write_text(path.read_text().replace(old, new))
        browser.wait_for(shown)

    save(template, "template v0", "template v1", f"{TEMPLATE} === 'template v1'")
    browser.value_of("stays = true")
    save(style, "(1, 2, 3)", "(4, 5, 6)", f"{COLOUR} === 'rgb(4, 5, 6)'")
    assert browser.value_of("stays") is True
    browser.wait_for("document.querySelectorAll('link').length === 1")
    assert not re.search(r"generation [2-9]", "\n".join(server.log.lines))
