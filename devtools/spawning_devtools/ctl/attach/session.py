"""What is known of the session, as it is told: who may type what now.

    connecting   there is no line, or no greeting yet
    idle         Python may be typed
    running      a statement runs, or a word of ours is being answered
    asked        the statement, or pdb, waits for a line

Nothing is shown or sent here; `hear` says what is to be shown.
"""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Collection, Iterator
from typing import Any

from spawning_devtools.ctl.attach import words
from spawning_devtools.ctl.attach.where import Where
from spawning_devtools.ctl.attach.wire import Said


class State(enum.Enum):
    """Who may type what."""

    CONNECTING = "connecting"
    IDLE = "idle"
    RUNNING = "running"
    ASKED = "asked"


@dataclasses.dataclass(frozen=True, slots=True)
class Show:
    """Something to be shown: how, and what."""

    how: str
    """`out`, `table`, `text`, `notice`, `error`; `done`: nothing more comes of the statement."""
    what: tuple[Any, ...] = ()


class Session:
    """One session, over all the lines and workers that it has been on."""

    def __init__(self, folder: str = "") -> None:
        """`folder`: of the project, whose files are named from there."""
        self._folder = folder.rstrip("/") + "/" if folder else ""
        self.where = Where()
        self.magics: dict[str, str] = {}
        """The words of ours, each with what it does."""
        self.is_over = False
        """Whether the session has ended as it was asked to."""
        self.refused = ""
        """Why the server wants nothing to do with us; empty where it does."""
        self.asked: str | None = None
        """The prompt of what waits for a line."""
        self.is_debugging = False
        self._greeted = False
        self._names: frozenset[str] = frozenset()
        self._bound: frozenset[str] = frozenset()
        self._running = 0
        """The number of what runs, 0 where nothing does."""
        self._source = ""
        self.ok = True
        """Whether what ran last went well."""

    @property
    def state(self) -> State:
        """Who may type what now."""
        if not self._greeted:
            return State.CONNECTING
        if self.asked is not None:
            return State.ASKED
        return State.RUNNING if self._running or self.is_debugging else State.IDLE

    @property
    def names(self) -> Collection[str]:
        """The names in use, as far as we know."""
        return self._names | self._bound

    # ------------------------------------------------------------ what we do

    def runs(self, number: int, source: str = "") -> None:
        """Something was asked for, by this number."""
        self._running, self._source = number, source

    def answered(self) -> None:
        """What was asked for has its line."""
        self.asked = None

    def lost(self) -> Iterator[Show]:
        """The line has ended."""
        self._greeted = False
        yield from self._broken("the line to the server has ended")

    # ------------------------------------------------------------ what we are told

    def hear(self, said: Said) -> Iterator[Show]:
        """Take what was said; yield what is to be shown."""
        heard = getattr(self, f"_{said['say']}", None) if said["say"] in HEARD else None
        if heard is not None:
            yield from heard(said)

    def _hello(self, said: Said) -> Iterator[Show]:
        before, self.where = self.where, Where.told(said)
        self._names = frozenset(map(str, said.get("names") or ()))
        self.magics = _abouts(said.get("magics"))
        if not self._greeted:
            self._greeted = True
            yield Show("hello", (before.worker != 0,))

    def _moved(self, said: Said) -> Iterator[Show]:
        why = str(said.get("why") or "")
        yield from self._broken(why)
        self.where = self.where.moved(said)
        self._bound = frozenset()
        reason = f" ({why})" if why else ""
        yield Show("notice", (f"now in {self.where.sentence()}{reason}; the names are made anew",))

    def _out(self, said: Said) -> Iterator[Show]:
        stream = str(said.get("stream") or "stdout")
        if self.is_debugging and stream == "stdout":
            stream = "pdb"
        yield Show("out", (str(said.get("text") or ""), stream))

    def _done(self, said: Said) -> Iterator[Show]:
        if said.get("id") != self._running:
            return
        self.ok = bool(said.get("ok", True))
        if self._source:
            self._bound |= words.bound(self._source)
        self._running, self._source, self.asked, self.is_debugging = 0, "", None, False
        yield Show("done")

    def _ask(self, said: Said) -> Iterator[Show]:
        self.asked = str(said.get("prompt") or "")
        yield from ()

    def _mode(self, said: Said) -> Iterator[Show]:
        self.is_debugging = said.get("name") == "pdb"
        if not self.is_debugging:
            self.asked = None
            yield Show("done")

    def _blocks(self, said: Said) -> Iterator[Show]:
        seconds = float(said.get("seconds") or 0)
        text = f"it has blocked this worker for {seconds:.0f} s (--threads 0); Ctrl-C interrupts it"
        yield Show("notice", (text,))

    def _table(self, said: Said) -> Iterator[Show]:
        yield Show("table", (list(said.get("columns") or ()), list(said.get("rows") or ())))

    def _text(self, said: Said) -> Iterator[Show]:
        # What answers nothing is said by the door, or the session, at any time.
        yield Show("text" if "id" in said else "notice", (str(said.get("text") or ""),))

    def _refused(self, said: Said) -> Iterator[Show]:
        self.refused = str(said.get("why") or "the server refuses")
        yield from ()

    def _bye(self, _said: Said) -> Iterator[Show]:
        self.is_over = True
        yield from ()

    def _breakpoint(self, said: Said) -> Iterator[Show]:
        request = said.get("request") or "code that is no request"
        place = f"{said.get('file')}:{said.get('line')}".removeprefix(self._folder)
        worker = said.get("worker")
        is_here = worker == self.where.worker
        how = "'debug' takes it" if is_here else f"'switch {worker}' goes there"
        yield Show("notice", (f"breakpoint: {request} waits at {place} in worker {worker}; {how}",))

    def _broken(self, why: str) -> Iterator[Show]:
        """What ran, or asked, is no more where we are."""
        if self._running and self._source:
            yield Show("error", (f"the statement was cut: {why}",))
        self._running, self._source, self.asked, self.is_debugging = 0, "", None, False
        yield Show("done")


HEARD = frozenset("hello moved out done ask mode blocks table text refused bye breakpoint".split())


def _abouts(magics: Any) -> dict[str, str]:
    if isinstance(magics, dict):
        return {str(word): str(about) for word, about in magics.items()}
    pairs = [one if isinstance(one, (list, tuple)) else (one, "") for one in magics or ()]
    return {str(pair[0]): str(pair[1]) if len(pair) > 1 else "" for pair in pairs}
