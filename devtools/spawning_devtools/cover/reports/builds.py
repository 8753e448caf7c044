"""Reports of coverage.py, built when they are asked for, each by a process of its own.

Rules:
1. A kind of report is built by one process at a time; whoever asks meanwhile waits for it.
2. A build is used again as long as nothing has changed: what ran, the files that it shows,
   and the project's configuration.
3. Results stand in a folder that nobody else can read.  It goes when the keeper ends, and
   where that was killed, with the next keeper.
4. A build that fails says why in one sentence, to all who wait; whoever asks next has it
   tried again.
"""

from __future__ import annotations

import contextlib
import dataclasses
import itertools
import json
import os
import subprocess
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from time import monotonic
from typing import Any, Protocol

from spawning_devtools.cover import niced
from spawning_devtools.cover.disk import (
    PrivateFolder,
    State,
    remove,
    remove_left_behind,
    state_of,
)
from spawning_devtools.cover.facts import Setup, Snapshot, facts_as_json, setup_as_json

LASTS = 3.0
"""Seconds that a report counts as new, whatever happens meanwhile."""
NOTHING = Snapshot(0, ())
Process = subprocess.Popen[bytes]


@dataclasses.dataclass(frozen=True, slots=True)
class Kind:
    """A kind of report."""

    file: str
    """Name of its file, as the user knows it; of a folder, of that file in it that comes first."""
    content_type: str
    is_folder: bool = False


KINDS: Mapping[str, Kind] = {
    "html": Kind("index.html", "text/html; charset=utf-8", is_folder=True),
    "tar": Kind("htmlcov.tar", "application/x-tar"),
    "json": Kind("coverage.json", "application/json"),
    "xml": Kind("coverage.xml", "application/xml; charset=utf-8"),
    "lcov": Kind("coverage.lcov", "text/plain; charset=utf-8"),
    "txt": Kind("coverage.txt", "text/plain; charset=utf-8"),
    "data": Kind(".coverage", "application/vnd.sqlite3"),
}
"""By the word that ends its address.  `tar` is `html` in one file, for `spawnctl`."""


class Lines(Protocol):
    """What is known of the lines that ran; called from any thread."""

    @property
    def seq(self) -> int:
        """Grows with each change."""

    def snapshot(self) -> Snapshot:
        """Return everything that is known, as it is at one moment."""


class BuildFailed(Exception):
    """There is no report; the message is a sentence for the user."""


@dataclasses.dataclass(frozen=True, slots=True)
class Build:
    """A report that is finished."""

    kind: str
    path: str
    """Of the file, or of the folder."""
    seq: int
    """What it shows."""
    remarks: tuple[str, ...] = ()
    """What coverage.py warned of: files that it left out, for instance."""
    looked: Mapping[str, State] = dataclasses.field(default_factory=dict)
    """The states of all that it depends on, besides what ran."""

    def read(self, name: str = "") -> bytes | None:
        """Return the report; of a folder, the file of this name in it, None where it has none."""
        if KINDS[self.kind].is_folder:
            name = name or KINDS[self.kind].file
            if "/" in name or name.startswith("."):
                return None
        elif name:
            return None
        try:
            with open(os.path.join(self.path, name) if name else self.path, "rb") as file:
                return file.read()
        except OSError:
            return None

    def is_of_now(self) -> bool:
        """Return whether all that it depends on is as it was."""
        return all(state_of(path) == state for path, state in self.looked.items())


@dataclasses.dataclass(slots=True)
class _Attempt:
    done: Future[Build] = dataclasses.field(default_factory=Future)
    process: Process | None = None


class Builds:
    """All reports; every method may be called from any thread."""

    def __init__(
        self,
        setup: Setup,
        lines: Lines,
        start: Callable[[str, Mapping[str, Any]], Process] = niced.start,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """`start` starts a process, of the module that is named, with settings."""
        self._setup = setup
        self._lines = lines
        self._start = start
        self._clock = clock
        self._lock = threading.Lock()
        self._attempts: dict[str, _Attempt] = {}
        self._threads: set[threading.Thread] = set()
        self._builds: dict[str, Build] = {}
        self._ended: dict[str, float] = {}
        self._failures: dict[str, BuildFailed] = {}
        self._leftover: dict[str, str] = {}
        self._folder: PrivateFolder | None = None
        self._numbers = itertools.count(1)
        self._is_closed = False
        remove_left_behind()

    def __enter__(self) -> Builds:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def now(self, kind: str) -> Build | None:
        """Return the report of what is known now; None while it is built, which this begins.

        One that was finished within the last LASTS seconds will do: whoever asks again and
        again while lines run must get it once.  Raises BuildFailed, once for each attempt:
        the next call begins another.
        """
        build = self._builds.get(kind)
        if build is not None and self._clock() - self._ended[kind] < LASTS:
            return build
        if build is not None and build.seq >= self._lines.seq and build.is_of_now():
            return build
        with self._lock:
            failure = self._failures.pop(kind, None)
            if failure is not None:
                raise failure
            self._begin(kind)
        return None

    def wait(self, kind: str) -> Build:
        """Return the report of what is known now, when it is built; raises BuildFailed."""
        seq = self._lines.seq
        build = self._builds.get(kind)
        while build is None or build.seq < seq or not build.is_of_now():
            with self._lock:
                self._failures.pop(kind, None)
                attempt, is_ours = self._begin(kind)
            build = attempt.done.result()
            if is_ours:
                break  # it was begun for us: files that change since are news
        return build

    def latest(self, kind: str) -> Build | None:
        """Return the newest report there is, which may be of before; None where there is none."""
        return self._builds.get(kind)

    def close(self) -> None:
        """End what is being built, and remove what was."""
        with self._lock:
            self._is_closed = True
            for attempt in self._attempts.values():
                if attempt.process is not None:
                    attempt.process.kill()
            threads = list(self._threads)
        for thread in threads:
            thread.join()
        if self._folder is not None:
            self._folder.close()

    def _begin(self, kind: str) -> tuple[_Attempt, bool]:
        """Return the attempt that is being made, and whether it was begun here and now."""
        if self._is_closed:
            raise BuildFailed("The server ends.")
        known = self._attempts.get(kind)
        if known is not None:
            return known, False
        attempt = self._attempts[kind] = _Attempt()
        thread = threading.Thread(target=self._attempt, args=(kind, attempt), daemon=True)
        try:
            thread.start()
        except RuntimeError:  # what Python makes of the system's refusal
            del self._attempts[kind]
            raise BuildFailed("The report cannot be made: there is no room for a thread.") from None
        self._threads.add(thread)
        return attempt, True

    def _attempt(self, kind: str, attempt: _Attempt) -> None:
        outcome: Build | BuildFailed = BuildFailed("The report failed, by an error of Spawning.")
        try:
            outcome = self._make(kind, attempt)
        except BuildFailed as error:
            outcome = error
        except OSError as error:
            outcome = BuildFailed(f"The report cannot be made: {error.strerror or error}.")
        finally:  # whatever happens, somebody may wait
            self._end(kind, attempt, outcome)

    def _end(self, kind: str, attempt: _Attempt, outcome: Build | BuildFailed) -> None:
        old = ""
        with self._lock:
            del self._attempts[kind]
            self._threads.discard(threading.current_thread())
            if isinstance(outcome, Build):
                old = self._keep(outcome)
            else:
                self._failures[kind] = outcome
        remove(old)
        if isinstance(outcome, Build):
            attempt.done.set_result(outcome)
        else:
            attempt.done.set_exception(outcome)

    def _keep(self, build: Build) -> str:
        """Show a new build; return the path of one that nobody needs any more, or ''.

        The one before stays for a while, for those who read it just now.
        """
        old, before = self._leftover.get(build.kind, ""), self._builds.get(build.kind)
        self._leftover[build.kind] = before.path if before is not None else ""
        self._ended[build.kind] = self._clock()
        self._builds[build.kind] = build
        return old

    def _make(self, kind: str, attempt: _Attempt) -> Build:
        """Make one; raises BuildFailed and OSError."""
        with self._lock:
            if self._folder is None:
                self._folder = PrivateFolder()
            folder, number = self._folder.path, next(self._numbers)
        html = self.wait("html") if kind == "tar" else self._builds.get(kind)
        snapshot = self._lines.snapshot()
        # coverage.py uses a report that it has made before only in a folder of the same name.
        making = os.path.join(folder, f"new.{kind}")
        remove(making)
        settings = {
            "kind": kind,
            "setup": setup_as_json(self._setup),
            "to": making,
            "from": html.path if html is not None else "",
        }
        answer = self._made(settings, snapshot if kind != "tar" else NOTHING, attempt)
        if "problem" in answer:
            remove(making)
            raise BuildFailed(answer["problem"])
        path = os.path.join(folder, f"{number}.{kind}")
        os.rename(making, path)
        if kind == "tar" and html is not None:
            return dataclasses.replace(html, kind=kind, path=path)
        return Build(kind, path, snapshot.seq, tuple(answer["remarks"]), answer["looked"])

    def _made(self, settings: Mapping[str, Any], snapshot: Snapshot, attempt: _Attempt) -> Any:
        """Have a process make a report; return its answer."""
        with self._lock:
            if self._is_closed:
                return {"problem": "The server ends."}
            process = attempt.process = self._start("reports.printer", settings)
        assert process.stdin is not None
        assert process.stdout is not None
        line = b""  # where it does not listen, its end tells more of it
        with process.stdout, contextlib.suppress(OSError), process.stdin:
            for facts in snapshot.files:
                process.stdin.write(json.dumps(facts_as_json(facts)).encode() + b"\n")
            process.stdin.write(b"\n")
            process.stdin.flush()
            line = process.stdout.readline()
        code = process.wait()
        with contextlib.suppress(ValueError):
            return json.loads(line)
        return {"problem": f"The process that made the report ended {niced.ending(code)}."}
