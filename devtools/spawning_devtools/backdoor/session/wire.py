"""What a session and `spawnctl attach` say to each other: one JSON object a line, both ways.

From the client, by `do` (`id` is the client's own, and comes back):

    run          id, source: all statements of it; their values are shown
    magic        id, words: ["workers"], ["switch", "3"], ["time", "source"]
    complete     id, source, line, column: the cursor, both from 0
    signature    id, source, line, column
    is_complete  id, source
    interrupt    what runs, or the command of the debugger that runs
    input        text: the answer to `ask`, without newline; null: end of file
    switch       to: the number of a worker, or "controller"

To the client, by `say`:

    hello        worker (0: the controller), pid, generation, application, python, names,
                 magics: [["switch", "N or controller: go there"], ...]
    moved        worker, generation, why; then `hello`: the names are made anew
    out          text, stream: stdout, stderr, result (a value that is shown), traceback
    table        id, columns, rows: the result of a magic word; cells are text or numbers
    text         id, text: what the session itself says; no id where it answers nothing
    done         id, ok: after `run` and `magic`
    completions  id, items: text, start (the column where it is put in), kind, meta
    signature    id, text, index: of the argument that the cursor is in; -1: none
    is_complete  id, state: complete, incomplete, invalid; indent: blanks of the next line
    ask          prompt: answer with `input`; stands until then, or until `done` or `mode`
    mode         name: pdb (each `ask` is its prompt, `complete` looks into its frame), python
    blocks       seconds: the statement does not give way, and the worker serves nobody
    breakpoint   worker, request, file, line: something waits for a debugger; `debug` takes it
    refused      why; the session ends.  A request that cannot be met gets text, and done
    bye          the session ends as it was asked to

Unknown keys are to be ignored by both.
"""

from __future__ import annotations

import json
from typing import Any

LONGEST = 1 << 20
"""Bytes that a line may have."""
PIECE = 8192
"""Characters of output in one message."""

Message = dict[str, Any]


class TooLong(ValueError):
    """A line without an end."""


class Lines:
    """Bytes that come in pieces, as lines."""

    def __init__(self) -> None:
        self._partial = bytearray()

    def feed(self, data: bytes) -> list[bytes]:
        """Return the lines that are complete now, without their ends; raises TooLong."""
        self._partial += data
        lines: list[bytes] = []
        if b"\n" in data:
            *lines, rest = bytes(self._partial).split(b"\n")
            self._partial = bytearray(rest)
        if max(map(len, [*lines, self._partial])) > LONGEST:
            self._partial.clear()
            raise TooLong(f"a line has more than {LONGEST} bytes")
        return lines

    @property
    def rest(self) -> bytes:
        """What has come of the next line."""
        return bytes(self._partial)


def encode(message: Message) -> bytes:
    """Return a message as one line."""
    # ASCII only: a lone surrogate in an output must not end the session.
    return json.dumps(message, separators=(",", ":"), default=str).encode() + b"\n"


def decode(line: bytes) -> Message:
    """Return the message of one line; raises ValueError where it is none."""
    try:
        message = json.loads(line)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if not isinstance(message, dict):
        raise ValueError("not an object")
    return message


def pieces(text: str) -> list[str]:
    """Return a text cut so that each part fits into one message."""
    return [text[start : start + PIECE] for start in range(0, len(text), PIECE)]
