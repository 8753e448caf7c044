"""What the keeper answers: `/_coverage` and all that is below and beside it, as WSGI.

GET and HEAD show; POST changes how is measured, and is answered when it is.  Whoever
waits for a report waits in a thread, of which there are enough for pages to go on.
"""

from __future__ import annotations

import mimetypes
from collections.abc import Callable, Iterable
from threading import BoundedSemaphore
from typing import Any
from urllib.parse import parse_qs

from spawning.http.peers import Peers
from spawning_devtools.browsers import asks_for_itself
from spawning_devtools.cover import pages
from spawning_devtools.cover.keeper import guard
from spawning_devtools.cover.keeper.answers import HTML, Start, say, send, send_json
from spawning_devtools.cover.keeper.records import Records
from spawning_devtools.cover.keeper.view import View
from spawning_devtools.cover.keeper.visitors import VISITOR
from spawning_devtools.cover.keeper.workers import Worker, named
from spawning_devtools.cover.reports.builds import KINDS, BuildFailed, Builds

PATH = "/_coverage"
WAITING = 8
"""So many may wait at once, for reports or for workers."""
LONGEST_NUMBER = 18

Query = dict[str, str]
Answer = Iterable[bytes]


class Site:
    """Answers from what the keeper knows at that moment."""

    def __init__(
        self, allowed: Peers, records: Records, parts: Callable[[], tuple[View, Builds]]
    ) -> None:
        """`parts` are made when they are asked for first."""
        self._allowed = allowed
        self._records = records
        self._parts = parts
        self._places = BoundedSemaphore(WAITING)
        self._shown: dict[str, Callable[[Query, Start], Answer]] = {
            "": lambda _query, start: _page(start, pages.index_page()),
            "/file": lambda _query, start: _page(start, pages.file_page()),
            "/live.json": self._live,
            "/lines.json": self._lines,
            "/html": lambda _query, start: _moved(start, f"{PATH}/html/"),
            "/": lambda _query, start: _moved(start, PATH),
        }
        self._orders: dict[str, Callable[[], tuple[str, list[Worker]]]] = {
            "/reset": lambda: ("What requests ran is forgotten.", records.reset()),
            "/pause": lambda: ("What requests run is not counted now.", records.pause(True)),
            "/resume": lambda: ("What requests run is counted again.", records.pause(False)),
        }

    def __call__(self, environ: dict[str, Any], start: Start) -> Answer:
        """Answer one request."""
        refused = guard.refusal(environ[VISITOR], environ, self._allowed)
        if refused:
            return say(start, "403 Forbidden", refused)
        path, method = environ["PATH_INFO"].removeprefix(PATH), environ["REQUEST_METHOD"]
        order = self._orders.get(path)
        if order is not None:
            if method != "POST":
                return _not_so(start, "POST")
            if not asks_for_itself(environ):
                return say(start, "403 Forbidden", guard.FOREIGN)
            return self._waiting(start, lambda: _obeyed(start, *order()))
        shows = self._shows(path)
        if shows is None:
            return say(start, "404 Not Found", f"There is no such page; see {PATH}.")
        if method not in ("GET", "HEAD"):
            return _not_so(start, "GET, HEAD")
        return shows(_fields(environ["QUERY_STRING"]), start)

    def _shows(self, path: str) -> Callable[[Query, Start], Answer] | None:
        """Return what answers for a path, None where nothing does."""
        if path in self._shown:
            return self._shown[path]
        if path.startswith("/html/"):
            return lambda _query, start: self._html(path.removeprefix("/html/"), start)
        kind = path[1:]
        if path.startswith(".") and kind in KINDS and not KINDS[kind].is_folder:
            return lambda query, start: self._report(kind, query, start)
        return None

    # ------------------------------------------------------------ pages

    def _live(self, query: Query, start: Start) -> Answer:
        view, _ = self._parts()
        return send_json(start, view.live(_number(query, "since"), query.get("run", "")))

    def _lines(self, query: Query, start: Start) -> Answer:
        view, _ = self._parts()
        words = query.get("run", ""), query.get("digest", "")
        found = view.lines(query.get("path", ""), _number(query, "since"), *words)
        if found is None:
            return say(start, "404 Not Found", "This file is not measured.")
        return send_json(start, found)

    # ------------------------------------------------------------ reports

    def _report(self, kind: str, query: Query, start: Start) -> Answer:
        view, builds = self._parts()
        if kind == "json" and "since" in query:
            since, run = _number(query, "since"), query.get("run", "")
            return self._waiting(start, lambda: send_json(start, view.for_editors(since, run)))
        return self._waiting(start, lambda: _built(start, kind, builds))

    def _html(self, name: str, start: Start) -> Answer:
        _, builds = self._parts()
        try:
            build = builds.latest("html") if name else builds.now("html")
        except BuildFailed as error:
            page = pages.notice_page("There is no report", str(error))
            return _page(start, page, "503 Service Unavailable")
        if build is None and name:
            return _moved(start, f"{PATH}/html/")
        if build is None:
            return _page(start, pages.notice_page("Coverage", "The report is made.", again=True))
        body = build.read(name or KINDS["html"].file)
        if body is None:
            return say(start, "404 Not Found", f"The report has no such page; see {PATH}/html/.")
        kind = mimetypes.guess_type(name)[0] if name else HTML
        kind = HTML if kind == "text/html" else kind
        return send(start, kind or "application/octet-stream", body, policy=pages.REPORT_POLICY)

    def _waiting(self, start: Start, answer: Callable[[], Answer]) -> Answer:
        """Answer something that takes a while, if not too many wait already."""
        if not self._places.acquire(blocking=False):
            text = "Too many wait already; ask again in a while."
            return say(start, "503 Service Unavailable", text, extra=[("Retry-After", "2")])
        try:
            return answer()
        finally:
            self._places.release()


def _built(start: Start, kind: str, builds: Builds) -> Answer:
    try:
        build = builds.wait(kind)
        body = build.read()
    except BuildFailed as error:
        return say(start, "503 Service Unavailable", str(error))
    if body is None:
        return say(start, "503 Service Unavailable", "The report is gone; ask again.")
    extra = [
        ("X-Coverage-Remark", " ".join(remark.split()).encode("ascii", "backslashreplace").decode())
        for remark in build.remarks
    ]
    if kind in ("data", "tar"):
        extra.append(("Content-Disposition", f'attachment; filename="{KINDS[kind].file}"'))
    return send(start, KINDS[kind].content_type, body, extra=extra)


def _obeyed(start: Start, sentence: str, behind: list[Worker]) -> Answer:
    if not behind:
        return say(start, "200 OK", sentence)
    text = f"{sentence} But {named(behind)} did not answer in time, and will do so later."
    return say(start, "202 Accepted", text)


def _page(start: Start, page: pages.Page, status: str = "200 OK") -> Answer:
    return send(start, HTML, page.body, status=status, policy=page.policy)


def _moved(start: Start, to: str) -> Answer:
    return say(start, "302 Found", to, extra=[("Location", to)])


def _not_so(start: Start, allowed: str) -> Answer:
    return say(start, "405 Method Not Allowed", f"Allowed: {allowed}.", extra=[("Allow", allowed)])


def _fields(query: str) -> Query:
    return {name: values[-1] for name, values in parse_qs(query, keep_blank_values=True).items()}


def _number(query: Query, name: str) -> int:
    """Return a number of a question, -1 where it has none."""
    text = query.get(name, "")
    is_number = text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER
    return int(text) if is_number else -1
