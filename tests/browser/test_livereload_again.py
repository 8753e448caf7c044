"""What a page does with answers that bring nothing new; the server gives one after a long wait."""

from __future__ import annotations

import http.server
import json
import queue
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import spawning_devtools.livereload
from browser.chromium import Browser
from serving import PATIENCE

pytestmark = [pytest.mark.slow, pytest.mark.once]

SCRIPT = (Path(spawning_devtools.livereload.__file__).parent / "livereload.js").read_bytes()
PAGE = b"""<!doctype html><link rel="icon" href="data:,"><title>page</title>
<script src="/.spawning/livereload.js?seen=1%s" async></script>"""
OVERLAY = "document.querySelector('spawning-livereload')"
SHOWN = f"{OVERLAY}.shadowRoot.querySelector('section').innerText"
FAILURE = {
    "type": "NameError",
    "message": "x",
    "place": "",
    "editor": "",
    "source": [],
    "frames": [],
}


class Answers:
    """A server of pages whose questions are answered one by one, when the test says so."""

    def __init__(self) -> None:
        self.asked: queue.Queue[str] = queue.Queue()
        self._told: queue.Queue[dict[str, Any]] = queue.Queue()
        answers = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                kind, body = answers.to(self.path)
                self.send_response(200)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def to(self, path: str) -> tuple[str, bytes]:
        """Return what is answered to a question, once it is known."""
        if path.startswith("/.spawning/livereload?"):
            self.asked.put(path)
            return "application/json", json.dumps(self._told.get()).encode()
        if path.startswith("/.spawning/livereload.js"):
            return "text/javascript", SCRIPT
        return "text/html", PAGE % (b"&amp;posted" if path == "/posted" else b"")

    def tell(self, version: int, failure: object = None, reload: bool = False) -> None:
        """Answer the question that waits, and return when the next one does."""
        self.asked.get(timeout=PATIENCE)
        self._told.put({"version": version, "reload": reload, "styles": [], "failure": failure})
        self.asked.put(self.asked.get(timeout=PATIENCE))

    def url(self, path: str) -> str:
        """Return the address of a page."""
        return f"http://127.0.0.1:{self._server.server_port}{path}"

    def close(self) -> None:
        """Be gone."""
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def answers() -> Iterator[Answers]:
    """Pages, and what they are told."""
    made = Answers()
    yield made
    made.close()


def test_what_was_hidden_comes_back_with_news_only(browser: Browser, answers: Answers) -> None:
    browser.open(answers.url("/"))
    answers.tell(2, FAILURE)
    browser.wait_for(f"{SHOWN}.includes('NameError: x')")
    close = f"{OVERLAY}.shadowRoot.querySelector('.close')"
    assert browser.value_of(f"{close}.ariaLabel") == "Hide"
    browser.value_of(f"{close}.click()")
    answers.tell(2, FAILURE)
    assert browser.value_of(f"{OVERLAY} === null") is True
    answers.tell(3, FAILURE)
    browser.wait_for(f"{SHOWN}.includes('NameError: x')")
    browser.value_of(f"{OVERLAY}.stays = true")
    answers.tell(3, FAILURE)
    assert browser.value_of(f"{OVERLAY}.stays") is True  # nor is it read out once more
    answers.tell(4)
    browser.wait_for(f"{OVERLAY} === null")
    assert browser.complaints == []


def test_what_is_offered_stays(browser: Browser, answers: Answers) -> None:
    browser.open(answers.url("/posted"))
    answers.tell(2, reload=True)
    browser.wait_for(f"{SHOWN}.includes('New code serves')")
    answers.tell(2)
    assert browser.value_of(f"{SHOWN}.includes('Send it again')") is True
