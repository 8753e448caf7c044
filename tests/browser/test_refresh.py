"""Templates and static files that change under a page, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from browser.chromium import Browser
from serving import StartServer, wait_until

pytestmark = [pytest.mark.slow, pytest.mark.once]

TEMPLATE = "document.querySelector('#template').textContent"
COLOUR = "getComputedStyle(document.querySelector('h1')).color"
LINK = '<link rel="stylesheet" href="/static/site.css"></head>'
IN_BOTH = "-s 2 --reload=dev -l /dev/null site_app.wsgi.app".split()


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
        # When the watcher has been told what a page has read is not said anywhere.
        texts = [path.read_text(), path.read_text().replace(old, new)]
        saves = iter(range(10_000))

        def is_shown() -> bool:
            if next(saves) % 100 == 0:
                path.write_text(texts[1] + "\n" * (next(saves) % 7))
            return browser.holds(shown)

        wait_until(is_shown, shown)

    save(template, "template v0", "template v1", f"{TEMPLATE} === 'template v1'")
    browser.value_of("stays = true")
    save(style, "(1, 2, 3)", "(4, 5, 6)", f"{COLOUR} === 'rgb(4, 5, 6)'")
    assert browser.value_of("stays") is True
    browser.wait_for("document.querySelectorAll('link').length === 1")
    assert not re.search(r"generation [2-9]", "\n".join(server.log.lines))
