"""A keeper of coverage that knows what a test tells it: what the live pages need, and no more."""

from __future__ import annotations

import hashlib
import http.server
import json
import threading
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

from browser.chromium import Browser
from spawning_devtools.cover.pages import Page, file_page, index_page, notice_page

ROOT = "/srv/"
EVIL = "<img src=x onerror=alert(1)>"
TEXT = "document.body.innerText"
CODES = {"Enter": 13, "Escape": 27, "ArrowDown": 40}
HTML = "text/html; charset=utf-8"
PLAIN = "text/plain; charset=utf-8"


@dataclass
class File:
    """A file as it is on disk, and what is known of it."""

    name: str
    source: list[str] = field(default_factory=list)
    request: set[int] = field(default_factory=set)
    imported: set[int] = field(default_factory=set)
    missing: set[int] = field(default_factory=set)
    excluded: set[int] = field(default_factory=set)
    partial: dict[int, str] = field(default_factory=dict)
    contexts: dict[int, list[int]] = field(default_factory=dict)
    pending: bool = False
    stale: bool = False
    error: str = ""
    seq: int = 0

    @property
    def path(self) -> str:
        """Where it lies."""
        return ROOT + self.name

    @property
    def digest(self) -> str:
        """Of what is on disk."""
        return hashlib.sha256("\n".join(self.source).encode()).hexdigest()

    def figures(self, branch: bool) -> dict[str, Any]:
        """Return its entry in live.json."""
        request, imported = self.request, self.imported - self.request
        missing = self.missing - request - imported
        partial = len(self.partial) if branch else 0
        branches = 4 * partial
        total = 0 if self.pending else len(request) + len(imported) + len(missing)
        gained = len(request) + len(imported) + branches - partial
        return {
            "path": self.path,
            "name": self.name,
            "seq": self.seq,
            "statements": total,
            "requests": len(request) if total else 0,
            "imports": len(imported) if total else 0,
            "missing": len(missing) if total else 0,
            "branches": branches,
            "partial": partial,
            "percent": 100 * gained / (total + branches) if total else 100.0,
            "pending": self.pending,
            "stale": self.stale,
            "error": self.error,
        }


class Keeper:
    """Serves the pages, and answers what they ask; `change` is how it learns."""

    def __init__(self, *files: File, branch: bool = False, labels: tuple[str, ...] = ()) -> None:
        self.run, self.seq, self.epoch, self.paused = "a", 1, 0, False
        self.branch, self.labels = branch, list(labels)
        self.files = {file.path: file for file in files}
        self.gone: list[str] = []
        self.asked: list[str] = []
        """Every target."""
        self.posted: list[str] = []
        self.refusal = ""
        """What is answered to every question about data, where it is set."""
        for file in files:
            file.seq = 1
        self.below = ""
        """The path that a proxy has put us under."""
        self.port = 0
        self._lock = threading.RLock()
        self._server: http.server.ThreadingHTTPServer | None = None

    def change(self, file: File, **values: Any) -> None:
        """Learn something of a file."""
        with self._lock:
            for name, value in values.items():
                setattr(file, name, value)
            self.files[file.path] = file
            self.seq += 1
            file.seq = self.seq

    def remove(self, file: File) -> None:
        """Forget a file."""
        with self._lock:
            del self.files[file.path]
            self.gone.append(file.path)
            self.seq += 1

    def url(self, path: str = "") -> str:
        """Return an address of ours."""
        return f"http://127.0.0.1:{self.port}{self.below}/_coverage{path}"

    def open(self) -> None:
        """Serve, where it served before."""
        keeper = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                keeper.answer(self, "GET")

            def do_POST(self) -> None:
                keeper.answer(self, "POST")

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        """Be gone."""
        if self._server:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    # ------------------------------------------------------------ answers

    def answer(self, to: http.server.BaseHTTPRequestHandler, method: str) -> None:
        """Answer one request."""
        self.asked.append(to.path)
        parts = urlsplit(to.path)
        fields = {
            name: values[0]
            for name, values in parse_qs(parts.query, keep_blank_values=True).items()
        }
        if not parts.path.startswith(f"{self.below}/_coverage"):
            return _send(to, 404, PLAIN, b"There is nothing here.")
        path = parts.path.removeprefix(f"{self.below}/_coverage")
        pages = {"": index_page, "/file": file_page}
        if path in pages and method == "GET":
            return _send_page(to, pages[path]())
        if path == "/building":
            return _send_page(to, notice_page("Being made", "The report <b> is made.", again=True))
        if self.refusal:
            return _send(to, 403, PLAIN, self.refusal.encode())
        with self._lock:
            if method == "POST":
                return _send(to, 200, PLAIN, self._order(path[1:]).encode())
            told = self._live(fields) if path == "/live.json" else self._lines(fields)
        if told is None:
            return _send(to, 404, PLAIN, b"This file is not measured.")
        return _send(to, 200, "application/json", json.dumps(told).encode())

    def _order(self, name: str) -> str:
        self.posted.append(name)
        if name == "reset":
            self.epoch += 1
            for file in self.files.values():
                self.change(file, request=set(), missing=file.missing | file.request)
            return "Forgotten what requests ran."
        self.paused = name == "pause"
        return "Paused." if self.paused else "Counting again."

    def _state(self) -> dict[str, Any]:
        figures = [file.figures(self.branch) for file in self.files.values()]
        sums = {
            name: sum(one[name] for one in figures)
            for name in ("statements", "requests", "imports", "missing", "branches", "partial")
        }
        of = sums["statements"] + sums["branches"]
        gained = sums["requests"] + sums["imports"] + sums["branches"] - sums["partial"]
        totals = {
            **sums,
            "percent": 100 * gained / of if of else 100.0,
            "pending": sum(one["pending"] for one in figures),
        }
        return {
            "app": "mysite.wsgi.application",
            "python": "3.13.0",
            "coverage": "7.17.5",
            "epoch": self.epoch,
            "paused": self.paused,
            "core": "sysmon",
            "workers": 4,
            "reason": "sysmon: the fastest core that is right on Python 3.13 without branches",
            "problem": "",
            "branch": self.branch,
            "contexts": bool(self.labels),
            "totals": totals,
        }

    def _since(self, fields: dict[str, str]) -> int:
        since = int(fields["since"])
        return since if fields["run"] == self.run and since <= self.seq else 0

    def _live(self, fields: dict[str, str]) -> dict[str, Any]:
        since = self._since(fields)
        changed = [one.figures(self.branch) for one in self.files.values() if one.seq > since]
        whole = {"run": self.run, "seq": self.seq, "whole": not since}
        return {**whole, **self._state(), "files": changed, "gone": self.gone}

    def _lines(self, fields: dict[str, str]) -> dict[str, Any] | None:
        file = self.files.get(fields["path"])
        if file is None:
            return None
        told = {"run": self.run, "seq": self.seq, "state": self._state()}
        told["file"] = file.figures(self.branch)
        is_same = fields["digest"] == file.digest
        if is_same and file.seq <= self._since(fields):
            return told
        if not is_same:
            told["source"] = file.source
        return {
            **told,
            "digest": file.digest,
            "editor": "edit://" + file.path + "?{line}",
            "request": sorted(file.request),
            "import": sorted(file.imported - file.request),
            "missing": sorted(file.missing - file.imported - file.request),
            "excluded": sorted(file.excluded),
            "partial": file.partial if self.branch else {},
            "labels": self.labels,
            "contexts": file.contexts,
        }


def _send_page(to: http.server.BaseHTTPRequestHandler, page: Page) -> None:
    _send(to, 200, HTML, page.body, page.policy)


def _send(
    to: http.server.BaseHTTPRequestHandler, status: int, kind: str, body: bytes, policy: str = ""
) -> None:
    to.send_response(status)
    to.send_header("Content-Type", kind)
    to.send_header("Content-Length", str(len(body)))
    if policy:
        to.send_header("Content-Security-Policy", policy)
    to.end_headers()
    to.wfile.write(body)


# ---------------------------------------------------------------- what tests do with them


def views(**values: Any) -> File:
    """Return a file to begin with, of which some lines of each kind are known."""
    begun = File(
        "mysite/views.py",
        source=[
            "import os",
            "",
            "def index(request):",
            "    if request:",
            "        return 1",
            f"# {EVIL}",
        ],
        request={4},
        imported={1, 3},
        missing={5},
        excluded={6},
        partial={4: "line 4 didn't jump to line 5"},
    )
    return replace(begun, **values)


def press(browser: Browser, key: str) -> None:
    """Press a key."""
    text = {"text": "\r" if key == "Enter" else key} if len(key) == 1 or key == "Enter" else {}
    code = CODES.get(key, 0)
    for kind, typed in (("keyDown", text), ("keyUp", {})):
        browser.tell(
            "Input.dispatchKeyEvent", type=kind, key=key, windowsVirtualKeyCode=code, **typed
        )


def is_at_peace(browser: Browser, keeper: Keeper) -> None:
    """The page asked nobody else, and nothing was refused to it."""
    assert browser.complaints == []
    here = (keeper.url().removesuffix("/_coverage"), "data:", "about:")
    assert {url for url in browser.requested if not url.startswith(here)} == set()
