"""What is shown of the files at this moment: what ran, and what the analysis makes of it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from spawning_devtools.cover.facts import Numbers
from spawning_devtools.cover.keeper import state
from spawning_devtools.cover.keeper.records import Records
from spawning_devtools.cover.keeper.state import About
from spawning_devtools.cover.reports.analyst import Analyst

PATIENCE = 5.0
"""Seconds that an editor waits for numbers that are being found out."""


class View:
    """Answers the questions of pages and editors; called from any thread."""

    def __init__(self, about: About, records: Records, analyst: Analyst) -> None:
        self._about = about
        self._records = records
        self._analyst = analyst

    def live(self, since: int, run: str) -> dict[str, Any]:
        """Return what has changed after `since` of the life `run`."""
        self._look()
        seq, changed, whole = self._since(since, run)
        rows = {path: self._row(path) for path in changed}
        return {
            "run": self._about.run,
            "seq": seq,
            "whole": whole,
            **self._state(),
            "files": [row for row in rows.values() if row is not None],
            "gone": [] if whole else [path for path, row in rows.items() if row is None],
        }

    def lines(self, path: str, since: int, run: str, digest: str) -> dict[str, Any] | None:
        """Return the lines of a file, whose `digest` is known to who asks; None without one."""
        self._look()
        seq, _, whole = self._since(since, run)
        row = self._row(path)
        if row is None:
            return None
        found: dict[str, Any] = {"run": self._about.run, "seq": seq, "state": self._state()}
        known = self._analyst.result(path)
        data = _read(path)
        on_disk = "" if data is None else hashlib.sha256(data).hexdigest()
        numbers = known if known is not None and known.digest == on_disk else Numbers(path)
        # Until a save is analysed, who sees what was there before goes on seeing that.
        if known is not None and known is not numbers and digest == known.digest:
            row["pending"] = True
            return {**found, "file": row}
        found["file"] = row
        if digest == on_disk and not whole and self._records.last_change(path) <= since:
            return found
        found["digest"] = on_disk
        if digest != on_disk:
            found["source"] = [] if data is None else state.source(data)
        found["editor"] = state.editor(self._about.editor_url, path)
        return {**found, **state.lines(numbers)}

    def for_editors(self, since: int, run: str) -> dict[str, Any]:
        """Return the lines of the files that have changed after `since`, once they are known.

        Without `run` the number is believed to be of this life.
        """
        run = run or self._about.run
        self._look()
        _, changed, _ = self._since(since, run)
        self._records.wait(lambda: not any(map(self._analyst.is_pending, changed)), PATIENCE)
        seq, changed, whole = self._since(since, run)
        results = [self._analyst.result(path) for path in changed]
        files = [state.for_editors(one) for one in results if one is not None and one.counts]
        return {"run": self._about.run, "seq": seq, "whole": whole, "files": files}

    # ------------------------------------------------------------

    def _look(self) -> None:
        """Have analysed what has changed."""
        for facts in self._records.unasked():
            self._analyst.ask(facts)
        self._analyst.look()

    def _since(self, since: int, run: str) -> tuple[int, list[str], bool]:
        """Return the number of now, which files have changed, and whether these are all."""
        # The number first: what changes while we read is told once more.
        seq, changed = self._records.since(since)
        whole = run != self._about.run or not 0 <= since <= seq
        # In order of their paths: which of them was analysed last is nobody's business.
        return seq, sorted(self._paths() if whole else changed), whole

    def _paths(self) -> Iterator[str]:
        yield from dict.fromkeys([*self._records.paths(), *sorted(self._analyst.never_ran())])

    def _row(self, path: str) -> dict[str, Any] | None:
        """Return what is shown of a file, None where it is not shown."""
        numbers = self._analyst.result(path)
        pending = self._analyst.is_pending(path)
        if numbers is None and not pending:
            return None
        if numbers is not None and (numbers.is_gone or numbers.is_left_out):
            return None
        seq = self._records.last_change(path)
        return state.row(path, seq, numbers, pending, self._about.folder)

    def _state(self) -> dict[str, Any]:
        paths = list(self._paths())
        results = [one for one in map(self._analyst.result, paths) if one is not None]
        totals = state.totals(results, sum(map(self._analyst.is_pending, paths)))
        workers, problem = len(self._records.workers()), self._analyst.problem
        return state.state(self._about, self._records.order, workers, problem, totals)


def _read(path: str) -> bytes | None:
    try:
        return Path(path).read_bytes()
    except OSError:
        return None
