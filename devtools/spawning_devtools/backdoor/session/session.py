"""One session: a client, and what it asks for.

Rules:
1. Requests come in the link's thread.  Statements run on the strand; everything else that
   is asked for is answered at once, whatever the statement does.
2. A session moves when nothing of it runs or waits; the socket goes along.
3. It ends with its client.  What still runs then is interrupted.
"""

from __future__ import annotations

import dataclasses
import os
import platform
import socket
from collections.abc import Callable, Mapping
from typing import Any

from spawning.devhooks import WorkerView
from spawning.messages import Arrival, Stop
from spawning_devtools.backdoor.session import answers
from spawning_devtools.backdoor.session.fronts import Front, Plain, Spoken
from spawning_devtools.backdoor.session.halts import Halt, Halts
from spawning_devtools.backdoor.session.link import Link
from spawning_devtools.backdoor.session.magics import ABOUT, Magics
from spawning_devtools.backdoor.session.output import SCREEN, Nowhere, Outputs
from spawning_devtools.backdoor.session.sources import Sources
from spawning_devtools.backdoor.session.strands import Strand, Target
from spawning_devtools.backdoor.session.tables import Table
from spawning_devtools.backdoor.session.talk import Talk
from spawning_devtools.backdoor.session.typed import is_bound
from spawning_devtools.backdoor.session.watch import Watch
from spawning_devtools.backdoor.session.wire import Message
from spawning_devtools.backdoor.session.workbench import Workbench

LONGEST_MOVED = 65536
"""Bytes that a packet to the door has room for."""


@dataclasses.dataclass(frozen=True, slots=True)
class Shared:
    """What the sessions of a process have in common."""

    view: WorkerView
    outputs: Outputs
    halts: Halts
    magics: Magics
    sources: Sources
    gone: Callable[[Session], None]
    """Called when one has ended."""


class Session:
    """Implements `link.Hears` and `halts.Client`."""

    def __init__(
        self, sock: socket.socket, arrival: Arrival, strand: Strand, shared: Shared
    ) -> None:
        self._shared = shared
        self._view = view = shared.view
        self._arrival = arrival
        front: Front = Plain(ABOUT, self._is_name) if arrival.plain else Spoken()
        self._link = Link(sock, front, self)
        self.talk = Talk(self._link)
        self._bench = Workbench(view, strand, self.talk, shared.magics, shared.sources)
        self._watch = Watch(self._bench, view, self._say)
        self._debugging: list[Halt] = []
        self._goal: Arrival | None = None
        """Where it is to go when it is idle."""
        self._is_ending = False

    def start(self) -> None:
        """Begin."""
        self._link.start()

    def drain(self) -> None:
        """The process will end: move when that can be; from any thread."""
        why = f"worker {self._view.worker} ends, its generation has a successor"
        self._link.call(lambda: self._move_to("", why))

    # ------------------------------------------------------------ for the link

    def begin(self) -> None:
        """The client is here."""
        SCREEN.set(Nowhere())  # what the compiler warns of is not for the log
        self._shared.outputs.take()
        view = self._view
        if self._arrival.why:
            self._say("moved", worker=view.worker, generation=view.generation,
                      why=self._arrival.why)  # fmt: skip
        self._greet()
        width = self._arrival.about.get("width")
        if type(width) is int and width > 0:
            self._bench.width = width
        self._bench.prepare(self._greet)
        self._link.feed(self._arrival.received.encode("latin-1"))
        self._shared.halts.arrive(self, self._arrival)

    def do(self, request: Message) -> None:
        """Do what is asked for."""
        handlers: Mapping[str, Callable[[Message], None]] = {
            "run": self._run,
            "magic": self._magic,
            **dict.fromkeys(answers.ANSWERS, self._answer),
            "interrupt": lambda _: self._interrupt(),
            "input": lambda m: self.talk.answer(m.get("text")),
            "switch": self._switch,
            "end": lambda _: self._end(),
            "vanish": lambda _: self._link.drop(),
        }
        handler = handlers.get(str(request.get("do")))
        if handler is not None:
            handler(request)

    def look(self, now: float) -> float | None:
        """See to what is due; return when to look again."""
        if self._goal is not None and self._is_idle and self._link.is_flushed:
            self._move(self._goal)
            return None
        if self._is_ending and self._is_idle:
            self._is_ending = False
            self._say("bye")
            self._link.close()
        return self._watch.look(now)

    def drained(self) -> None:
        """There is room again."""
        self.talk.drained()

    def over(self) -> None:
        """The client is gone, or given away."""
        self._shared.halts.clients.discard(self)
        for halt in self._debugging:
            halt.leave(self)
        self.talk.over()
        self._bench.interrupt()
        self._bench.close(self._shared.outputs.leave)
        self._shared.gone(self)

    # ------------------------------------------------------------ for what is debugged

    @property
    def number(self) -> int:
        """Which client of the door's it is, whatever kind it is taken for."""
        return self._arrival.number

    def debugs(self, halt: Halt) -> None:
        """This one is debugged from now on."""
        self._debugging.append(halt)
        self._say("mode", name="pdb")

    def has_debugged(self, halt: Halt) -> None:
        """It goes on, and is over."""
        if halt in self._debugging:
            self._debugging.remove(halt)
        if not self._debugging:
            self._say("mode", name="python")
            self._link.call(self._tell_of_more)

    def _tell_of_more(self) -> None:
        stop = self._shared.halts.first
        if stop is not None:
            self.hear_of(stop)

    def hear_of(self, stop: Stop) -> None:
        """Something waits for a client."""
        self._say("breakpoint", worker=self._view.worker, **{
            name: getattr(stop, name) for name in ("request", "file", "line")
        })  # fmt: skip

    def record(self, statement: str) -> None:
        """A statement is about to be run."""
        self._view.record(self._arrival, statement)

    @property
    def own(self) -> tuple[Workbench, Target]:
        """What is the screen of its statements, and what they run in."""
        return self._bench, self._bench.target

    # ------------------------------------------------------------ requests

    def _run(self, request: Message) -> None:
        source = str(request.get("source", ""))
        self.record(source)
        self._bench.run(source, self._after(request))

    def _after(self, request: Message) -> Callable[[bool, bool], None]:
        def after(is_well: bool, leaves: bool) -> None:
            self._done(request, is_well)
            if leaves:
                self._link.call(self._end)

        return after

    def _done(self, request: Message, is_well: bool, text: str = "") -> None:
        if text:
            self._say("text", id=request.get("id"), text=text)
        self._say("done", id=request.get("id"), ok=is_well)

    def _magic(self, request: Message) -> None:
        given = request.get("words")
        words = [str(word) for word in given] if given and isinstance(given, list) else ["help"]
        match words:
            case ["time"]:
                self._done(request, False, f"time {ABOUT['time']}")
            case ["time", *rest]:
                self.record(" ".join(words))
                self._bench.time(" ".join(rest), self._after(request))
            case ["switch", to]:
                self._switch({**request, "to": to})
            case ["exit" | "quit"]:
                self._done(request, True)
                self._end()
            case ["debug"]:
                self._debug(request)
            case _:
                self._show(request, words)

    def _debug(self, request: Message) -> None:
        why_not = self._shared.halts.refusal
        self._done(request, not why_not, why_not)
        self._shared.halts.claim(self)

    def _show(self, request: Message, words: list[str]) -> None:
        try:
            shown = self._shared.magics.answer(words)
        except ValueError as error:
            self._done(request, False, str(error))
            return
        if isinstance(shown, Table):
            self._say("table", id=request.get("id"), columns=shown.columns, rows=shown.rows)
            shown = ""
        is_known = shown is not None
        text = shown if shown is not None else f"there is no word '{words[0]}'; help lists them"
        self._done(request, is_known, text)

    def _answer(self, request: Message) -> None:
        self._link.put(answers.answer(request, self._names()))

    def _names(self) -> Mapping[str, Any]:
        """Return the names that can be typed now."""
        return self._debugging[-1].scope() if self._debugging else self._bench.namespace

    def _is_name(self, name: str) -> bool:
        return is_bound(name, self._bench.namespace)

    def _interrupt(self) -> None:
        if self._debugging:
            self._debugging[-1].target.strike()
        elif self._bench.interrupt():
            self._watch.is_struck()

    # ------------------------------------------------------------ moving, and ending

    def _switch(self, request: Message) -> None:
        to = str(request.get("to", ""))
        here = str(self._view.worker or "controller")
        known = {str(one.worker_id) for one in self._view.board.read_all()} | {"controller"}
        if to == here and self._shared.halts.first is not None:
            self._debug(request)
        elif to == here or to not in known:
            text = f"this is {to} already" if to == here else f"there is no worker {to}"
            self._done(request, False, text)
        else:
            self._done(request, True)
            self._move_to(to, "as you asked")

    def _move_to(self, to: str, why: str) -> None:
        if self._goal is None:
            self._goal = dataclasses.replace(self._arrival, to=to, why=why, received="")

    @property
    def _is_idle(self) -> bool:
        return not (self._bench.runs or self.talk.asks or self._debugging)

    def _move(self, goal: Arrival) -> None:
        self._goal = None
        sock, unused = self._link.give_up()
        try:
            if len(unused) > LONGEST_MOVED:
                raise OSError("too much was typed ahead")
            self._view.move(sock, dataclasses.replace(goal, received=unused.decode("latin-1")))
        except OSError as error:
            self._link.take_back()
            self._say("text", text=f"this session stays here: {error.strerror or error}")

    def _end(self) -> None:
        """End when everything has run that was asked for."""
        self._is_ending = True

    # ------------------------------------------------------------ what it says

    def _say(self, what: str, **fields: Any) -> None:
        self._link.put({"say": what, **fields})

    def _greet(self) -> None:
        view = self._view
        self._say("hello", worker=view.worker, pid=os.getpid(), generation=view.generation,
                  application=" ".join(view.config.args), python=platform.python_version(),
                  names=self._bench.names, magics=list(ABOUT.items()))  # fmt: skip
