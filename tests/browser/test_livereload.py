"""Pages that refresh by themselves, in a real browser; a machine without one has no cases."""

from __future__ import annotations

from pathlib import Path

import pytest

from browser.chromium import Browser
from serving import Server, StartServer, wait_until

pytestmark = [pytest.mark.slow, pytest.mark.once]

APPLICATION = '''
import pathlib, time
from words import WORD

PAGE = """<!doctype html><html><head><meta name="viewport" content="width=device-width">
<link rel="icon" href="data:,"><title>{0}</title></head><body><h1>{0}</h1>
<form method="post" action="/form"><button id="send">Send</button></form>
<div style="height: 3000px"></div></body></html>"""
STRICT = "default-src 'none'; connect-src 'self'; img-src data:; script-src 'nonce-abc'"

def app(environ, start):
    headers = [("Content-Type", "text/html; charset=utf-8")]
    while environ["PATH_INFO"] == "/slow" and not pathlib.Path("open").exists():
        time.sleep(0.01)
    if environ["PATH_INFO"] == "/strict":
        headers.append(("Content-Security-Policy", STRICT))
    if environ["PATH_INFO"] == "/closed":
        headers.append(("Content-Security-Policy", "default-src 'none'; img-src data:"))
    start("200 OK", headers)
    for piece in PAGE.format(WORD + environ["PATH_INFO"]).splitlines(True):
        yield piece.encode()
'''
GATED = """
import pathlib, time
pathlib.Path("begun").touch()
while not pathlib.Path("gate").exists():
    time.sleep(0.01)
"""
WORD = "document.querySelector('h1').textContent"
OVERLAY = "document.querySelector('spawning-livereload')"
SHOWN = f"{OVERLAY}.shadowRoot.querySelector('section').innerText"
ASKS = "performance.getEntriesByName(document.scripts[0].src).length"


class Site:
    """A small site, saved by the test, and a browser that shows it."""

    def __init__(self, browser: Browser, spawn: StartServer, folder: Path, port: int) -> None:
        self.folder = folder
        self.browser = browser
        (folder / "pages.py").write_text(APPLICATION)
        self.save("one")
        options = ["--port", str(port), "-s", "2", "--reload=dev", "--livereload"]
        editor = ["--editor-url", "edit://{path}?{line}", "-l", "/dev/null"]
        self.server: Server = spawn(folder, *options, *editor, "pages.app").wait_until_serving()
        self.server.log.wait_for("watching")

    def save(self, word: str, after: str = "") -> None:
        """Save the word that the pages show, and code that may fail."""
        (self.folder / "words.py").write_text(f"WORD = {word!r}\n{after}")

    def open(self, path: str) -> None:
        """Show a page."""
        host, port = self.server.address
        self.browser.open(f"http://{host}:{port}{path}")
        self.browser.wait_for(f"document.readyState === 'complete' && {WORD}.endsWith('{path}')")

    def wait_until_it_asks(self, whether: bool) -> None:
        """Return once the page waits for news, or does not any more."""

        def asks() -> bool:
            return any("livereload?" in url for url, _ in list(self.browser.unanswered.values()))

        wait_until(lambda: asks() is whether, f"it is {whether} that the page waits for news")


@pytest.fixture
def site(browser: Browser, spawn: StartServer, tmp_path: Path, port: int) -> Site:
    """The site and its browser."""
    folder = tmp_path / "site"
    folder.mkdir()
    return Site(browser, spawn, folder, port)


def test_a_page_follows_the_code(site: Site) -> None:
    browser = site.browser
    browser.look_as(390, 844)
    site.open("/")
    browser.value_of("scrollTo(0, 500)")
    site.save("two")
    browser.wait_for(f"{WORD} === 'two/'")
    browser.wait_for("scrollY === 500")

    site.save("three", "broken = (\n")
    browser.wait_for(f"{SHOWN}.includes(\"SyntaxError: '(' was never closed\")")
    assert browser.value_of(f"{OVERLAY}.shadowRoot.querySelector('.place').innerText") == (
        "words.py:2:10"
    )
    assert browser.value_of(f"{OVERLAY}.shadowRoot.querySelector('a').href") == (
        f"edit://{site.folder}/words.py?2"
    )
    assert browser.value_of(f"{OVERLAY}.shadowRoot.querySelector('.meant').innerText") == (
        "2broken = ("
    )
    assert browser.value_of("document.documentElement.scrollWidth") == 390
    assert browser.value_of(WORD) == "two/"

    browser.tell("Input.dispatchKeyEvent", type="keyDown", key="Escape")
    browser.wait_for(f"!{OVERLAY}")
    browser.tell("Page.reload")  # whoever comes later is told as well
    browser.wait_for(f"{SHOWN}.includes('SyntaxError')")

    site.save("<b>four", "raise ValueError('<img src=x onerror=alert(1)>')\n")
    browser.wait_for(f"{SHOWN}.includes('ValueError: <img src=x onerror=alert(1)>')")
    assert browser.value_of(f"{OVERLAY}.shadowRoot.querySelector('img')") is None

    site.save("five")
    browser.wait_for(f"{WORD} === 'five/' && !{OVERLAY}")
    assert browser.complaints == []
    assert {url.split("/")[2] for url in browser.requested if url[:5] != "data:"} == {
        "{}:{}".format(*site.server.address)
    }


def test_pages_that_need_care(site: Site, spawn: StartServer) -> None:
    # One browser for all of them: to start one takes longer than any.
    keeps_to_policies(site)
    does_not_send_a_form_again(site)
    asks_nothing_while_hidden(site)
    follows_a_link_to_new_code(site)
    finds_the_server_again(site, spawn)


def keeps_to_policies(site: Site) -> None:
    browser = site.browser
    site.open("/strict")
    site.save("two", "nonsense")
    browser.wait_for(f"{SHOWN}.includes('NameError')")
    paper = f"getComputedStyle({OVERLAY}.shadowRoot.querySelector('section')).backgroundColor"
    assert browser.value_of(paper) == "rgb(255, 255, 255)"
    # The page styles an element by hand, which its policy forbids; we add nothing to that.
    assert len(browser.complaints) == 1
    site.save("three")
    # Whole, or it has still to complain.
    browser.wait_for(f"document.readyState === 'complete' && {WORD} === 'three/strict'")

    browser.complaints.clear()
    site.open("/closed")
    assert browser.value_of("document.scripts.length") == 0
    assert len(browser.complaints) == 1


def does_not_send_a_form_again(site: Site) -> None:
    browser = site.browser
    site.open("/")
    browser.value_of("document.getElementById('send').click()")
    browser.wait_for(f"{WORD} === 'three/form' && {ASKS}")
    site.save("four")
    browser.wait_for(f"{SHOWN}.includes('New code serves')")
    assert browser.value_of(WORD) == "three/form"  # a refresh would send the form again


def asks_nothing_while_hidden(site: Site) -> None:
    browser = site.browser
    site.open("/")
    site.wait_until_it_asks(True)
    browser.show(False)
    site.wait_until_it_asks(False)
    begin = len(site.server.log.lines)
    site.save("five")
    site.server.log.wait_for(r"generation \d+ in ", begin)
    assert browser.value_of(WORD) == "four/"
    browser.show(True)
    browser.wait_for(f"{WORD} === 'five/'")


def follows_a_link_to_new_code(site: Site) -> None:
    browser = site.browser
    site.save("six", GATED)
    wait_until((site.folder / "begun").exists, "the new code is imported")
    browser.value_of("location.assign('/slow')")
    wait_until(lambda: browser.requested[-1].endswith("/slow"), "the link is followed")
    begin = len(site.server.log.lines)
    (site.folder / "gate").touch()
    site.server.log.wait_for(r"generation \d+ in ", begin)  # the page is answered first
    (site.folder / "open").touch()
    browser.wait_for(f"{WORD} === 'six/slow'")


def finds_the_server_again(site: Site, spawn: StartServer) -> None:
    _host, port = site.server.address
    site.wait_until_it_asks(True)  # it has loaded what asks
    assert site.server.stop() == 0
    site.save("seven")
    spawn(site.folder, "--port", str(port), "--livereload", "pages.app").wait_until_serving()
    site.browser.wait_for(f"{WORD} === 'seven/slow'")
