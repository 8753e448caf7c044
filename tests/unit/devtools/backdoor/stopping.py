"""Code that stops at a `breakpoint()` in a thread of this process, and what debugs it."""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

from serving import PATIENCE
from unit.devtools.backdoor.entered import Client, Entered, Message, entered, text_of

FILE = __file__


@contextlib.contextmanager
def minding_breakpoints() -> Iterator[Entered]:
    """Have a process that can be entered, and whose breakpoints stop for who does."""
    before = sys.breakpointhook
    with entered() as made:
        made.sessions.mind_breakpoints()
        yield made
    sys.breakpointhook = before


def sums(first: int) -> int:
    second = first + 1
    breakpoint()
    third = second * 2
    return third  # noqa: RET504 - to step through


class Running:
    """Code of the application's, in a thread of its own."""

    def __init__(self, call: Callable[[], Any]) -> None:
        self._result: list[Any] = []
        self._call = call
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self) -> None:
        try:
            self._result.append(self._call())
        except BaseException as error:
            self._result.append(type(error).__name__)
        self._result.append(sys.gettrace())

    @property
    def has_ended(self) -> bool:
        """Whether the call has returned, or raised."""
        return bool(self._result)

    @property
    def result(self) -> Any:
        """What the call has returned, or the name of what it has raised."""
        self.thread.join(PATIENCE)
        result, trace = self._result
        assert trace is None, "nothing is traced any more"
        return result


def stopped(inside: Entered, call: Callable[[], Any] = lambda: sums(20)) -> Running:
    """Have code that waits at its breakpoint."""
    running = Running(call)
    inside.view.wait_until(lambda: bool(inside.view.stops or running.has_ended))
    assert inside.view.stops, running.result
    return running


def commands(client: Client, *lines: str) -> str:
    """Type some commands of pdb, each where it asks for one; return what is shown."""
    shown = ""
    for line in lines:
        client.ask("input", text=line)
        shown += text_of(client.until("ask"))
    return shown


def goes_on(client: Client, command: str = "c") -> list[Message]:
    """Let it go on."""
    client.ask("input", text=command)
    return client.until("mode")


def the_next_client_lets_it_go(inside: Entered, running: Running) -> None:
    """Have somebody come for it, and see that it goes on as if it had not been stopped."""
    client = inside.client()
    client.until("ask")
    goes_on(client)
    assert running.result == 42
