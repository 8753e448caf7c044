"""The keeper's side of the analysis: numbers of each file, from a process of its own.

Rules:
1. Nobody waits for it: what is asked is answered later, and `changed` is called then.
2. What was asked last is answered first: files that change are those that are looked at.
3. The numbers of a file are of the source that is on disk.  Where it changes there,
   it is analysed anew without being asked for (`look`).
4. A process that dies is started anew.  A file at which it dies is not tried again
   before it changes.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import threading
from collections.abc import Callable, Mapping
from typing import Any

from spawning_devtools.cover import niced
from spawning_devtools.cover.disk import state_of
from spawning_devtools.cover.facts import (
    FileFacts,
    Numbers,
    Setup,
    facts_as_json,
    numbers_from_json,
    setup_as_json,
)
from spawning_devtools.cover.reports.desk import Desk, Look

__all__ = ["Analyst", "Numbers"]

PATIENCE = 5.0
"""Seconds until a process that could not be started is tried again."""

Process = subprocess.Popen[bytes]


class Analyst:
    """Asks the process, and has its answers; every method may be called from any thread."""

    def __init__(
        self,
        setup: Setup,
        changed: Callable[[str], None],
        start: Callable[[], Process] | None = None,
    ) -> None:
        """Call `changed`, from a thread of its own, with the path of which there is a new result.

        That may be one that was never asked for: a file that `source` names and that never
        ran.  Or one of which `result` is None now: it never ran, and is not there any more.
        It is called with '' where `problem` has changed.  `start` starts the process.
        """
        settings = {"setup": setup_as_json(setup)}
        self._start = start or (lambda: niced.start("reports.analysis", settings))
        self._changed = changed
        self._desk = Desk()
        self._problem = ""
        self._process: Process | None = None
        self._born = threading.Lock()
        """Held while a process is started, or ended from another thread."""
        self._thread = threading.Thread(target=self._work, name="analyst", daemon=True)
        self._thread.start()

    def __enter__(self) -> Analyst:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def ask(self, facts: FileFacts) -> None:
        """Have a file analysed, ahead of all others; what was asked of it before is void."""
        self._desk.ask(facts)

    def look(self) -> None:
        """Have it looked, once a second at most, whether files have changed on disk.

        To be called whenever somebody looks at a page.  Without it nothing is done that was
        not asked for.
        """
        self._desk.ask_for_look()

    def result(self, path: str) -> Numbers | None:
        """Return the newest result, which may be older than what was asked; None without one."""
        return self._desk.result(path)

    def is_pending(self, path: str) -> bool:
        """Return whether there will be a newer result."""
        return self._desk.is_pending(path)

    def never_ran(self) -> frozenset[str]:
        """Return the files that `source` names, and of which nothing has run."""
        return self._desk.never_ran

    @property
    def problem(self) -> str:
        """Why no file can be analysed, one sentence: the configuration may be broken; or ''."""
        return self._problem

    def close(self) -> None:
        """End the process and the thread."""
        self._desk.close()
        with self._born:
            if self._process is not None:
                self._process.kill()  # it holds nothing, and the thread may wait for its answer
        self._thread.join()

    def _work(self) -> None:
        while True:
            job = self._desk.take()
            if job is None:
                self._bury()
                return
            if isinstance(job, FileFacts) and self._desk.is_deadly(job.path):
                self._desk.leave()
                self._changed(job.path)
                continue
            if not self._is_alive() and not self._begin():
                self._desk.put_back(job)
                self._desk.rest(PATIENCE)
            elif isinstance(job, Look):
                self._desk.see_disk()
                self._look(self._converse({"look": True}))
            else:
                self._count(job)

    def _count(self, facts: FileFacts) -> None:
        path, state, order = facts.path, state_of(facts.path), {"facts": facts_as_json(facts)}
        answer, how = self._converse(order), ""
        if answer is None:
            # Once is no proof: somebody may have killed it, or the kernel for want of memory.
            how = self._bury()
            answer = self._converse(order) if self._begin() else None
        if self._desk.is_closed:
            return
        if answer is not None:
            self._desk.done(numbers_from_json(answer["numbers"]), answer["state"])
        else:
            how = self._bury() or how
            self._desk.died(path, state)
            problem = f"Its analysis ended {how}."
            self._desk.done(Numbers(path, name=path, problem=problem), state)
        self._changed(path)

    def _look(self, answer: Mapping[str, Any] | None) -> None:
        if answer is None:
            self._bury()
            return
        self._tell_problem(answer["problem"])
        if answer["is_new"]:
            self._desk.ask_again()
        for path in self._desk.looked(answer["named"]):
            self._changed(path)

    def _converse(self, order: Mapping[str, Any] | None) -> Any:
        """Return the answer to an order, or what is said unasked; None where the process died."""
        process = self._process
        if process is None or process.stdin is None or process.stdout is None:
            return None
        try:
            if order is not None:
                process.stdin.write(json.dumps(order).encode() + b"\n")
                process.stdin.flush()
            return json.loads(process.stdout.readline())
        except (OSError, ValueError):
            return None

    def _is_alive(self) -> bool:
        if self._process is not None and self._process.poll() is not None:
            self._bury()
        return self._process is not None

    def _begin(self) -> bool:
        """Start the process; return whether that did it."""
        with self._born:
            if self._desk.is_closed:
                return False
            try:
                self._process = self._start()
            except OSError as error:
                self._tell_problem(f"The analysis cannot be started: {error.strerror}.")
                return False
        answer = self._converse(None)
        if answer is None:
            self._tell_problem(f"The analysis cannot be started: it ended {self._bury()}.")
            return False
        self._look(answer)
        return True

    def _bury(self) -> str:
        """End the process, and return how it had ended."""
        with self._born:
            process, self._process = self._process, None
        if process is None:
            return ""
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):  # what is not written yet
                    pipe.close()
        process.kill()  # where what it said made no sense
        how = niced.ending(process.wait())
        self._desk.ask_again()  # what it has noticed of files is lost
        return how

    def _tell_problem(self, problem: str) -> None:
        if problem != self._problem:
            self._problem = problem
            self._changed("")
