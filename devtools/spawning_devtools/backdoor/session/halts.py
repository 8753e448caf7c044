"""Code that waits at a `breakpoint()` for a client, and is debugged by it.

Rules:
1. What waits, waits where it is: in its thread, or in its greenlet, which gives way.
2. A client that leaves, lets it wait for the next one.  It goes on when it is told to.
3. `Debugged` knows from before it waits until it goes on: timeouts stand still.
4. Who comes for it debugs it.  Everybody else is told once of what waits, and takes it only
   when that is asked for: nobody may look at a prompt that a reload has brought along, and a
   script has no answers.
5. Who comes once more, as a program after it was taken for a person, has what it had.
"""

from __future__ import annotations

import os

# By name, before anything monkey-patches it.
from _thread import allocate_lock
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from spawning import log
from spawning.devhooks import WorkerView
from spawning.messages import Arrival, Stop
from spawning_devtools.backdoor.session.strands import Target
from spawning_devtools.backdoor.session.talk import Talk
from spawning_devtools.backdoor.session.waits import ClientLeft, Wait


class Client(Protocol):
    """A session that debugs."""

    talk: Talk

    @property
    def number(self) -> int:
        """Which client of the door's it is."""

    def debugs(self, halt: Halt) -> None:
        """This one is debugged from now on."""

    def has_debugged(self, halt: Halt) -> None:
        """It goes on, and is over."""

    def hear_of(self, stop: Stop) -> None:
        """Something waits for a client."""

    def record(self, statement: str) -> None:
        """A statement is about to be run."""


class Halt:
    """Something that a `breakpoint()` has stopped; implements `output.Screen` for it."""

    def __init__(self, stop: Stop, target: Target, halts: Halts, client: Client | None) -> None:
        self.stop = stop
        self.target = target
        self.client = client
        self.prompt = "(Pdb) "
        self.scope: Callable[[], Mapping[str, Any]] = dict
        """What the names in the frame stand for that is looked at."""
        self.arrived: Callable[[], None] = _nothing
        """Called, in what is stopped, for each client that comes when it waits already."""
        self.is_over = False
        self.shown_to: Client | None = None
        """Who has seen where it is."""
        self.number = 0 if client is None else client.number
        """Which client debugs it, or was the last to."""
        self._halts = halts
        self._wait: Wait | None = None
        self._is_own = client is not None

    # ------------------------------------------------------------ in what is stopped

    def await_client(self) -> Client:
        """Return who debugs this; waits until there is somebody."""
        while True:
            client = self.client
            if client is not None:
                return client
            wait = self._wait = self.target.new_wait()
            if self._halts.wait(self):
                wait.take()

    def write(self, text: str, stream: str) -> None:
        """Show a text; nobody sees it where nobody is there."""
        client = self.client
        # The prompt is asked with.
        if client is not None and text != self.prompt:
            client.talk.write_for(self.target, text, stream)

    def ask(self, prompt: str) -> str:
        """Return what the debugger is told next; waits for another client where one leaves."""
        self.target.end()
        while True:
            client = self.await_client()
            if client is not self.shown_to:
                self.shown_to = client
                self.arrived()
            try:
                line = client.talk.ask_for(self.target, prompt or self.prompt)
            except ClientLeft:
                self.leave(client)
                if self._is_own:
                    raise
            else:
                client.record(line)
                self.target.begin()
                return line

    def display(self, value: Any) -> None:
        """Show the value of an expression."""
        if value is not None:
            self.write(f"{value!r}\n", "result")

    def settle(self) -> None:
        """It goes on, perhaps to the next line."""
        if self._is_own:
            self.target.begin()  # the rest of the statement can be interrupted
        else:
            self.target.end()

    def finish(self) -> None:
        """It goes on, and is over; from any thread."""
        if self.is_over:
            return
        self.is_over = True
        client, self.client = self.client, None
        self._halts.forget(self)
        if client is not None:
            client.has_debugged(self)

    # ------------------------------------------------------------ from a session

    def claim(self, client: Client) -> None:
        """This client debugs it from now on."""
        self.client, self.number = client, client.number
        client.debugs(self)
        wait, self._wait = self._wait, None
        if wait is not None:
            wait.end()

    def leave(self, client: Client) -> None:
        """This client is gone; harmless where it is another one's by now."""
        if self.client is client:
            self.client = None


class Halts:
    """All of this process."""

    def __init__(self, view: WorkerView) -> None:
        self._view = view
        self._lock = allocate_lock()
        self._waiting: list[Halt] = []
        self._claimed: list[Halt] = []
        self.clients: set[Client] = set()

    def wait(self, halt: Halt) -> bool:
        """Nobody debugs this one: say so, to whoever might; return False where somebody does."""
        with self._lock:
            if halt.client is not None:  # whose client has come once more just now
                return False
            if halt in self._claimed:
                self._claimed.remove(halt)
            self._waiting.append(halt)
            self._tell()
            clients = list(self.clients)
        stop = halt.stop
        where = f"{_short(stop.file)}:{stop.line}"
        what = stop.request or "code that is no request"
        log.say(
            f"{what} waits at breakpoint() in {where}, worker {self._view.worker};"
            f" type: {self._view.attach_command}"
        )
        for client in clients:
            client.hear_of(stop)
        return True

    def arrive(self, client: Client, arrival: Arrival) -> None:
        """A client is here: it debugs what waits, if it comes for that, or is told of it."""
        with self._lock:
            self.clients.add(client)
            waiting = [halt.stop for halt in self._waiting]
            is_script = bool(arrival.about.get("script"))
            # One that has moved has come before; after a restart of the door it may have the number
            # of somebody who has gone.
            is_begun_anew = not (is_script or arrival.plain or arrival.why)
            if is_begun_anew and self._has_come_again(client):
                return
        has_only_moved = arrival.why and not (arrival.to or arrival.is_new)
        if has_only_moved or is_script or not self.claim(client):
            for stop in waiting:
                client.hear_of(stop)

    def _has_come_again(self, client: Client) -> bool:
        """Give a client back what it had, as another session, which may not know of its end yet."""
        for halt in (*self._claimed, *self._waiting):
            if halt.number == client.number:
                if halt in self._waiting:
                    self._waiting.remove(halt)
                    self._claimed.append(halt)
                    self._tell()
                halt.claim(client)
                return True
        return False

    def claim(self, client: Client) -> bool:
        """Let a client debug what has waited longest; return False where nothing may be."""
        with self._lock:
            if self.refusal:
                return False
            halt = self._waiting.pop(0)
            self._claimed.append(halt)
            self._tell()
        halt.claim(client)
        return True

    @property
    def refusal(self) -> str:
        """Why nobody can debug anything now that waits here; '' where somebody can."""
        if not self._waiting:
            return "nothing waits here"
        # Greenlets share one trace function: one at a time is gone through step by step.
        if self._claimed and self._view.config.threads == 0:
            return "something else is debugged here, and with --threads 0 one comes after the other"
        return ""

    @property
    def first(self) -> Stop | None:
        """What has waited longest."""
        waiting = list(self._waiting)
        return waiting[0].stop if waiting else None

    def forget(self, halt: Halt) -> None:
        """This one is over."""
        with self._lock:
            for halts in (self._waiting, self._claimed):
                if halt in halts:
                    halts.remove(halt)
            self._tell()

    def _tell(self) -> None:
        self._view.stopped([halt.stop for halt in self._waiting])


def _short(file: str) -> str:
    return file.removeprefix(os.getcwd() + os.sep)


def _nothing() -> None:
    pass
