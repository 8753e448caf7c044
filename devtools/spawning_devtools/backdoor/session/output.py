"""Who prints: a statement's output goes to its session, everybody else's where it always went.

Rules:
1. What belongs to a session is said by a context variable: each thread and each greenlet
   has its own, and threads that a statement starts print to the log.
2. `sys.stdout` and the others are replaced when the first session comes, and put back
   after the last one, unless somebody has replaced them meanwhile.  Who keeps one of
   ours until then finds that it does what the one before it does.
3. Where no session is concerned, a replaced stream does what the original does.
"""

from __future__ import annotations

import builtins
import io
import sys

# By name, before anything monkey-patches it.
from _thread import allocate_lock
from collections.abc import Callable, Iterable, Iterator
from contextvars import ContextVar
from typing import Any, Protocol

STREAMS = ("stdout", "stderr")


class Screen(Protocol):
    """Where a statement's output goes, and its input comes from."""

    def write(self, text: str, stream: str) -> None:
        """Show a text; waits where the client does not read."""

    def ask(self, prompt: str) -> str:
        """Return a line of the client's, without its end; raises EOFError where there is none."""

    def display(self, value: Any) -> None:
        """Show the value of an expression."""


class Nowhere:
    """Shows nothing, and has nobody to ask; implements `Screen`."""

    def write(self, text: str, stream: str) -> None:
        """Nobody sees it."""

    def ask(self, prompt: str) -> str:
        """There is nobody."""
        raise EOFError

    def display(self, value: Any) -> None:
        """Nobody sees it."""


SCREEN: ContextVar[Screen | None] = ContextVar("SCREEN", default=None)
"""That of the session whose statement runs."""


class Output:
    """Stands for `sys.stdout` or `sys.stderr`."""

    def __init__(self, original: Any, stream: str) -> None:
        self._original = original
        self._stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self._original, name)

    def write(self, text: str) -> int:
        """Write to the session, or as before."""
        screen = SCREEN.get()
        if screen is None:
            written: int = self._original.write(text)
            return written
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        screen.write(text, self._stream)
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        """Write all of them."""
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        """Flush, where that means anything."""
        if SCREEN.get() is None:
            self._original.flush()

    def isatty(self) -> bool:
        """Return whether it is a terminal: a session is none."""
        return SCREEN.get() is None and self._original.isatty()

    def fileno(self) -> int:
        """Return the descriptor; a session has none."""
        if SCREEN.get() is not None:
            raise io.UnsupportedOperation("fileno")
        number: int = self._original.fileno()
        return number

    @property
    def buffer(self) -> Any:
        """What takes bytes."""
        return self._original.buffer if SCREEN.get() is None else _Bytes(self)

    def __iter__(self) -> Iterator[str]:
        return iter(self._original)


class _Bytes:
    """Takes bytes for a session."""

    def __init__(self, output: Output) -> None:
        self._output = output

    def write(self, data: bytes) -> int:
        """Write them as text."""
        self._output.write(bytes(data).decode(errors="replace"))
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""


class Input:
    """Stands for `sys.stdin`."""

    def __init__(self, original: Any) -> None:
        self._original = original

    def __getattr__(self, name: str) -> Any:
        return getattr(self._original, name)

    @property
    def is_remote(self) -> bool:
        """Whether whoever looks would read from a session (see `debugging.debuggers`)."""
        return SCREEN.get() is not None

    def readline(self, size: int = -1, /) -> str:
        """Return a line of the client's, or as before."""
        screen = SCREEN.get()
        if screen is None:
            line: str = self._original.readline(size)
            return line
        try:
            return screen.ask("") + "\n"
        except EOFError:
            return ""

    def read(self, size: int = -1, /) -> str:
        """Return what comes until the client says that it was all, or as before."""
        if SCREEN.get() is None:
            text: str = self._original.read(size)
            return text
        return "".join(self)

    def isatty(self) -> bool:
        """Return whether it is a terminal: a session is none."""
        return SCREEN.get() is None and self._original.isatty()

    def fileno(self) -> int:
        """Return the descriptor; a session has none."""
        if SCREEN.get() is not None:
            raise io.UnsupportedOperation("fileno")
        number: int = self._original.fileno()
        return number

    def __iter__(self) -> Iterator[str]:
        return iter(self.readline, "")


def _displaying(original: Callable[[Any], Any]) -> Callable[[Any], None]:
    def displayhook(value: Any) -> None:
        screen = SCREEN.get()
        if screen is None:
            original(value)
        else:
            screen.display(value)

    return displayhook


def _asking(original: Callable[..., str]) -> Callable[..., str]:
    def input(prompt: object = "", /) -> str:
        screen = SCREEN.get()
        return original(prompt) if screen is None else screen.ask(str(prompt))

    return input


class Outputs:
    """The replaced streams of this process."""

    def __init__(self) -> None:
        self._lock = allocate_lock()
        self._users = 0
        self._replaced: list[tuple[Any, str, Any, Any]] = []
        """What was replaced: its owner and name, what was there, and what is there now."""

    def take(self) -> None:
        """One more needs them."""
        with self._lock:
            self._users += 1
            if self._users == 1:
                self._replace()

    def leave(self) -> None:
        """One less does."""
        with self._lock:
            self._users -= 1
            if not self._users:
                self._put_back()

    def _replace(self) -> None:
        new: list[tuple[Any, str, Any]] = [
            (sys, name, Output(getattr(sys, name), name)) for name in STREAMS
        ]
        new += [
            (sys, "stdin", Input(sys.stdin)),
            (sys, "displayhook", _displaying(sys.displayhook)),
            (builtins, "input", _asking(builtins.input)),
        ]
        self._replaced = [(owner, name, getattr(owner, name), it) for owner, name, it in new]
        for owner, name, it in new:
            setattr(owner, name, it)

    def _put_back(self) -> None:
        for owner, name, before, it in self._replaced:
            if getattr(owner, name) is it:
                setattr(owner, name, before)
        self._replaced.clear()
