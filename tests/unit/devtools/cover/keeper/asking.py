"""A keeper's site whose analysis and reports the test gives; all else of it is real."""

from __future__ import annotations

import hashlib
import json
import threading
from pathlib import Path
from typing import Any

from serving import PATIENCE
from spawning.http.peers import Peers
from spawning.messages import CoverageAck, CoverageOrder, CoverageTold, FileLines
from spawning_devtools.cover.facts import FileFacts, Numbers
from spawning_devtools.cover.keeper.guard import Visitor
from spawning_devtools.cover.keeper.journal import Journal
from spawning_devtools.cover.keeper.records import Records
from spawning_devtools.cover.keeper.site import Site
from spawning_devtools.cover.keeper.state import About
from spawning_devtools.cover.keeper.view import View
from spawning_devtools.cover.keeper.visitors import VISITOR
from spawning_devtools.cover.keeper.workers import Workers
from spawning_devtools.cover.reports.builds import Build, BuildFailed

SOURCE = b"# a comment\nWORD = 'x'\ndef say():\n    return WORD\ndef nothing():\n    return 0"
ABOUT = About(
    run="life",
    app="site.wsgi.application",
    folder="/",
    editor_url="code://file{path}:{line}:{column}",
    python="3.13.0",
    coverage="7.17.5",
    core="sysmon",
    reason="sysmon: it is right",
    branch=False,
    contexts=True,
)


class Known:
    """An analyst whose results the test gives."""

    def __init__(self) -> None:
        self.asked: list[FileFacts] = []
        self.looks = 0
        self.results: dict[str, Numbers] = {}
        self.pending: set[str] = set()
        self.others: frozenset[str] = frozenset()
        self.problem = ""

    def ask(self, facts: FileFacts) -> None:
        self.asked.append(facts)

    def look(self) -> None:
        self.looks += 1

    def result(self, path: str) -> Numbers | None:
        return self.results.get(path)

    def is_pending(self, path: str) -> bool:
        return path in self.pending

    def never_ran(self) -> frozenset[str]:
        return self.others


class Shelf:
    """Builds that the test gives; `None` is being built, a sentence is why there is none."""

    def __init__(self) -> None:
        self.there: dict[str, Build | str] = {}
        self.opened = threading.Event()
        self.opened.set()
        self.waits = threading.Semaphore(0)

    def now(self, kind: str) -> Build | None:
        found = self.there.get(kind)
        if isinstance(found, str):
            raise BuildFailed(found)
        return found

    latest = now

    def wait(self, kind: str) -> Build:
        self.waits.release()
        self.opened.wait(PATIENCE)
        found = self.now(kind)
        assert found is not None
        return found


class Asked:
    """A site, and what is behind it."""

    def __init__(self, memory: int, folder: Path) -> None:
        self.path = str(folder / "a.py")
        (folder / "a.py").write_bytes(SOURCE)
        self.digest = hashlib.sha256(SOURCE).hexdigest()
        self.given: list[CoverageOrder] = []
        workers = Workers(lambda pid: True)
        self.records = Records(Journal(memory), workers, CoverageOrder(), self._give)
        self.analyst, self.shelf = Known(), Shelf()
        self.view = View(ABOUT, self.records, self.analyst)  # type: ignore[arg-type]
        self.site = Site(Peers(()), self.records, lambda: (self.view, self.shelf))  # type: ignore[arg-type, return-value]
        self.obedient = True

    def _give(self, order: CoverageOrder) -> None:
        self.given.append(order)
        if self.obedient:
            for worker in self.records.workers():
                self.records.hear(CoverageAck(*worker, 1, order.epoch, order.paused))

    def tell(self, phase: str, *lines: int, worker: int = 1) -> None:
        file = FileLines(self.path, self.digest, lines)
        self.records.hear(CoverageTold(worker, 100 + worker, 1, 0, phase, (file,)))

    def know(self, **fields: Any) -> None:
        """Have the analysis finished."""
        values = {"name": "a.py", "digest": self.digest, **fields}
        self.analyst.results[self.path] = Numbers(self.path, **values)
        self.analyst.pending.discard(self.path)
        self.records.show(self.path)

    def __call__(self, target: str, method: str = "GET", **fields: Any) -> Reply:
        path, _, query = target.partition("?")
        environ = {
            "REQUEST_METHOD": method,
            "PATH_INFO": f"/_coverage{path}",
            "QUERY_STRING": query,
            "SERVER_NAME": "127.0.0.1",
            "HTTP_HOST": "localhost",
            VISITOR: Visitor("127.0.0.1", is_same_user=True),
            **fields,
        }
        reply = Reply()
        reply.body = b"".join(self.site(environ, reply.start))
        return reply


class Reply:
    """An answer."""

    def __init__(self) -> None:
        self.status = 0
        self.fields: dict[str, str] = {}
        self.body = b""

    def start(self, status: str, fields: list[tuple[str, str]]) -> None:
        self.status = int(status[:3])
        assert len(dict(fields)) == len(fields)
        self.fields = dict(fields)

    @property
    def json(self) -> Any:
        assert self.fields["Content-Type"] == "application/json"
        return json.loads(self.body)

    @property
    def text(self) -> str:
        return self.body.decode()
