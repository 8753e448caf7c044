"""The pages of one worker, and what they ask; implements `devhooks.LivePages`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from spawning.messages import News
from spawning_devtools import browsers
from spawning_devtools.livereload import templates, told
from spawning_devtools.livereload.inject import injecting

QUESTION = "/.spawning/livereload"
SCRIPT = "/.spawning/livereload.js"
LONGEST_NUMBER = 20
HEADERS = (
    ("Cache-Control", "no-store"),
    ("X-Content-Type-Options", "nosniff"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
)

Start = Callable[..., Any]


class Pages:
    """What the pages of a worker know and are told."""

    def __init__(self, editor_url: str, folder: str, are_live: bool = True) -> None:
        """`are_live`: whether pages refresh by themselves, or are only served afresh."""
        self.paths = frozenset({QUESTION, SCRIPT} if are_live else ())
        self._editor_url = editor_url
        self._folder = folder
        self._news = News(0, 0, (), None)
        self._failure: dict[str, Any] | None = None
        self._script = Path(__file__).with_name("livereload.js").read_bytes()

    def around(self, application: Any) -> Any:
        """Return the application, whose pages ask for news."""
        if not self.paths:
            return application
        return injecting(application, lambda: f"{SCRIPT}?seen={self._news.version}")

    def hear(self, news: News) -> None:
        """Take the newest news."""
        if news.refresh:
            templates.forget()
        failed, shown = news.failure, None
        if failed is not None:
            # Read now: the file may be mended, and mended again, before a page asks.
            shown = told.failure(failed, self._folder, self._editor_url)
        self._failure = shown
        self._news = news

    def waits(self, target: str, headers: Mapping[str, str]) -> bool | None:
        """Return whether a request asks for news that there are none of."""
        path, _, query = target.partition("?")
        if path not in self.paths:
            return None
        asked = _asked(query) if path == QUESTION else None
        if asked is None or not browsers.asks_for_itself(headers):
            return False
        seen, is_first = asked
        news = self._news
        # A page that was made while new code had failed does not know of it.
        return seen >= news.version and not (is_first and news.failure is not None)

    def application(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        """Answer with the news, or with the script that asks for them."""
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return _refuse(start, "405 Method Not Allowed", ("Allow", "GET, HEAD"))
        if not browsers.asks_for_itself(environ):
            return _refuse(start, "403 Forbidden")
        if environ["PATH_INFO"] == SCRIPT:
            return _send(start, "text/javascript; charset=utf-8", self._script)
        asked = _asked(environ["QUERY_STRING"])
        if asked is None:
            return _refuse(start, "400 Bad Request")
        failure = self._failure
        if failure and not browsers.means_us(environ.get("HTTP_HOST", ""), environ["SERVER_NAME"]):
            failure = told.SECRET
        answer = told.news(self._news, asked[0]) | {"failure": failure}
        return _send(start, "application/json", json.dumps(answer).encode())


def _asked(query: str) -> tuple[int, bool] | None:
    """Return which version a page has seen, and whether it asks for the first time."""
    fields = parse_qs(query, keep_blank_values=True)
    seen = fields.get("seen", [""])[0]
    is_number = seen.isascii() and seen.isdigit() and len(seen) <= LONGEST_NUMBER
    return (int(seen), "first" in fields) if is_number else None


def _send(start: Start, kind: str, body: bytes) -> list[bytes]:
    start("200 OK", [("Content-Type", kind), *HEADERS])
    return [body]


def _refuse(start: Start, status: str, *extra: tuple[str, str]) -> list[bytes]:
    start(status, [("Content-Type", "text/plain"), *HEADERS, *extra])
    return [f"{status[4:]}.\n".encode()]
