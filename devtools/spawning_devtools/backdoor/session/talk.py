"""What statements, and what is debugged, show to the client and ask of it.

Called in whatever thread or greenlet they are; who waits there is woken by the link's.
"""

from __future__ import annotations

from spawning_devtools.backdoor.session import wire
from spawning_devtools.backdoor.session.link import Link
from spawning_devtools.backdoor.session.strands import Target
from spawning_devtools.backdoor.session.waits import ClientLeft, Wait


class Talk:
    """One session's."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._asks: list[Wait] = []
        """What waits for a line; the last one gets the next."""
        self._rooms: list[Wait] = []
        """What waits until the client has read."""

    def write_for(self, target: Target, text: str, stream: str) -> None:
        """Show a text that is written in `target`."""
        for piece in wire.pieces(text):
            if self._link.is_full:
                self._await_room(target)
            self._link.put({"say": "out", "text": piece, "stream": stream})

    def _await_room(self, target: Target) -> None:
        wait = target.new_wait()
        self._rooms.append(wait)
        if not self._link.is_full or self._link.is_over:
            wait.end()  # it has read since we looked
        wait.take()

    def ask_for(self, target: Target, prompt: str) -> str:
        """Return a line for `target`; raises EOFError where there is none, or ClientLeft."""
        wait = target.new_wait()
        self._asks.append(wait)
        self._link.put({"say": "ask", "prompt": prompt})
        if self._link.is_over:
            wait.end(error=ClientLeft("the client has left"))
        try:
            line: str = wait.take()
        finally:
            if wait in self._asks:
                self._asks.remove(wait)
        return line

    # ------------------------------------------------------------ from the link's thread

    @property
    def asks(self) -> bool:
        """Whether a line is waited for."""
        return bool(self._asks)

    def answer(self, text: object) -> None:
        """Give a line to who waits for it; None: there is none."""
        if self._asks:
            error = EOFError("end of file") if text is None else None
            self._asks.pop().end(str(text), error)

    def drained(self) -> None:
        """There is room."""
        while self._rooms:
            self._rooms.pop().end()

    def over(self) -> None:
        """The client has left."""
        self.drained()
        while self._asks:
            self._asks.pop().end(error=ClientLeft("the client has left"))
