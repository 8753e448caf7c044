"""How a client says what it wants, and how it is told: JSON, or plain text.

A front turns bytes into requests and messages into bytes (see `wire`).  It is used by one
thread, and knows neither sockets nor what requests do.
"""

from __future__ import annotations

import codecs
import collections
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Protocol

from spawning_devtools.backdoor.session import typed, wire
from spawning_devtools.backdoor.session.telnet import Telnet
from spawning_devtools.backdoor.session.wire import Message

FIRST, FURTHER = ">>> ", "... "


class Front(Protocol):
    """A client's language."""

    def feed(self, data: bytes) -> list[Message]:
        """Return what is asked for now; raises ValueError for rubbish."""

    def end(self) -> list[Message]:
        """Return what was still asked for: the client says nothing more."""

    def render(self, message: Message) -> bytes:
        """Return what the client is sent."""

    def go_on(self) -> list[Message]:
        """Return what is asked for now that some messages were rendered."""

    def settle(self) -> bytes:
        """Return what the client is sent after all that was rendered."""

    @property
    def unused(self) -> bytes:
        """What has come and was asked by nobody yet."""


class Spoken:
    """`spawnctl attach`: a JSON object a line; implements `Front`."""

    def __init__(self) -> None:
        self._lines = wire.Lines()

    def feed(self, data: bytes) -> list[Message]:
        """Return what is asked for now; raises ValueError for rubbish."""
        return [wire.decode(line) for line in self._lines.feed(data) if line.strip()]

    def end(self) -> list[Message]:
        """It has gone."""
        return [{"do": "vanish"}]

    def render(self, message: Message) -> bytes:
        """Return the message as it is."""
        return wire.encode(message)

    def go_on(self) -> list[Message]:
        """Nothing: its requests never wait here."""
        return []

    def settle(self) -> bytes:
        """Nothing: it has its own prompt."""
        return b""

    @property
    def unused(self) -> bytes:
        """The beginning of a line."""
        return self._lines.rest


class Plain:
    """`nc`, `telnet` and the like; implements `Front`.

    Rules:
    1. Lines wait while a statement runs, unless it asks for one.
    2. A line that cannot be Python together with those before it is given to Python
       all the same: it says why.
    """

    def __init__(self, magics: Collection[str], is_name: Callable[[str], bool]) -> None:
        self._magics = magics
        self._is_name = is_name
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._telnet = Telnet()
        self._lines = wire.Lines()
        self._waiting: collections.deque[str] = collections.deque()
        self._source: list[str] = []
        """Lines of a statement that is not whole."""
        self._runs = True
        """Whether there is no prompt: a statement runs, or nothing was said yet."""
        self._asks = False
        self._debugs = False
        self._is_greeted = False
        self._at_start = True
        """Whether what was shown last ended with its line."""
        self._at_prompt = False
        """Whether a prompt was shown last."""
        self._answer = b""
        self._prompt_is_due = False

    def feed(self, data: bytes) -> list[Message]:
        """Return what is asked for now; raises ValueError for rubbish."""
        heard = self._telnet.feed(data)
        self._answer += heard.answer
        interrupts: list[Message] = []
        if heard.interrupts:
            self._waiting.clear()
            self._lines = wire.Lines()
            interrupts.append({"do": "interrupt"})
            if not self._runs:
                self._source.clear()
                self._prompt_is_due = True
        for line in self._lines.feed(heard.data):
            self._waiting.append(self._decoder.decode(line + b"\n").rstrip("\r\n"))
        return interrupts + self.go_on()

    def end(self) -> list[Message]:
        """Return what was still asked for: the client says nothing more."""
        rest = self._lines.rest.decode(errors="replace")
        self._waiting.extend([rest] if rest else [])
        if self._source or (rest and not rest.isspace()):
            self._waiting.append("")
        return [*self.go_on(), {"do": "end"}]

    def go_on(self) -> list[Message]:
        """Return what is asked for now that some messages were rendered."""
        return list(self._next())

    def _next(self) -> Iterator[Message]:
        while self._waiting and (self._asks or not (self._runs or self._debugs)):
            line = self._waiting.popleft()
            # The client's own terminal has shown the end of the line.
            self._at_start, self._at_prompt = True, False
            if self._asks:
                self._asks = False
                yield {"do": "input", "text": line}
            elif request := self._taken(line):
                self._runs = True
                yield request
            else:
                self._prompt_is_due = True

    def _taken(self, line: str) -> Message | None:
        """Return what a line asks for, None where it only begins something."""
        if not self._source:
            words = typed.magic_in(line, self._magics, self._is_name)
            if words is not None:
                return {"do": "magic", "id": 0, "words": words}
            if not line.strip():
                return None
        self._source.append(line)
        source = "\n".join(self._source)
        if typed.judge(source).state == typed.INCOMPLETE:
            return None
        self._source.clear()
        return {"do": "run", "id": 0, "source": source}

    # ------------------------------------------------------------ what it is told

    def render(self, message: Message) -> bytes:
        """Return the message as text."""
        text = self._shown(message)
        continues = self._at_start or (message["say"] in ("out", "ask") and not self._at_prompt)
        if text:
            text = text if continues else f"\n{text}"
            self._at_start = text.endswith("\n")
            self._prompt_is_due = self._prompt_is_due or self._at_prompt
            self._at_prompt = False
        return text.replace("\n", "\r\n").encode(errors="replace") if text else b""

    def settle(self) -> bytes:
        """Return what telnet waits for, and a prompt where one is due."""
        answer, self._answer = self._answer, b""
        if not self._prompt_is_due or self._runs or self._debugs:
            return answer
        self._prompt_is_due = False
        start = "" if self._at_start else "\r\n"
        self._at_start, self._at_prompt = False, True
        return answer + (start + (FURTHER if self._source else FIRST)).encode()

    def _shown(self, message: Message) -> str:
        match message["say"]:
            case "hello" if self._is_greeted:
                return ""  # it only tells more names
            case "hello" | "done":
                self._is_greeted = True
                self._runs = self._asks = False
                self._prompt_is_due = True
            case "ask":
                self._asks = True
                return str(message["prompt"])
            case "mode":
                self._debugs = message["name"] == "pdb"
                self._asks = False
                self._prompt_is_due = not self._debugs
        make = _SHOWN.get(message["say"])
        return make(message) if make is not None else ""

    @property
    def unused(self) -> bytes:
        """Lines that nobody has looked at, and the beginning of one."""
        lines = [line.encode() + b"\n" for line in (*self._source, *self._waiting)]
        return b"".join(lines) + self._lines.rest


def table_of(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """Return a table as text; numbers stand to the right."""
    texts = [list(columns), *([_cell(value) for value in row] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
    right = [
        bool(rows) and all(isinstance(row[place], (int, float, type(None))) for row in rows)
        for place in range(len(columns))
    ]
    lines = []
    for text in texts:
        cells = [
            cell.rjust(width) if is_number else cell.ljust(width)
            for cell, width, is_number in zip(text, widths, right, strict=True)
        ]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines) + "\n"


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:,.1f}"
    if isinstance(value, int):
        return f"{value:,}"
    if value is None:
        return "-"
    return " ".join(str(value).split())


def place_of(message: Message) -> str:
    """Return a worker as it is named to people."""
    worker, generation = message["worker"], message["generation"]
    return f"worker {worker}, generation {generation}" if worker else "the controller"


def _line(text: str) -> str:
    return text if text.endswith("\n") else f"{text}\n"


_SHOWN: Mapping[str, Callable[[Message], str]] = MappingProxyType({
    "hello": lambda m: (
        f"{place_of(m)} of {m['application']}, pid {m['pid']}, Python {m['python']};"
        " %help lists the words, Ctrl-D leaves\n"
    ),
    "moved": lambda m: f"now in {place_of(m)} ({m['why']}); the names are made anew\n",
    "out": lambda m: str(m["text"]),
    "text": lambda m: _line(str(m["text"])),
    "table": lambda m: table_of(m["columns"], m["rows"]),
    "blocks": lambda m: (
        f"the statement has not given way for {m['seconds']:.0f} s:"
        " this worker serves nobody meanwhile\n"
    ),
    "breakpoint": lambda m: (
        f"{m['request'] or 'something'} waits at {m['file']}:{m['line']} in worker"
        f" {m['worker']}; %debug takes it\n"
    ),
    "refused": lambda m: _line(str(m["why"])),
})  # fmt: skip
