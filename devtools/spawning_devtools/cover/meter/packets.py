"""How what has run is cut into packets that a socket takes; pure."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Iterator
from typing import Any

from spawning.messages import CoverageTold, FileLines, encode

LARGEST = 100_000
"""Bytes of a packet: the kernel's buffer holds two of them by default."""
_LINE = 8
_ARC = 19
"""Bytes that take more than any in JSON."""
_REST = 200
"""Bytes that the names of the fields take, and the digest."""
_MOST = 4_000
"""Lines or arcs in one piece."""


def packets(head: CoverageTold, files: Iterable[FileLines]) -> Iterator[bytes]:
    """Return packets that together tell of `files`, with everything else as in `head`."""
    room, some = LARGEST, list[FileLines]()
    for piece in _pieces(files):
        size = _size(piece)
        if some and size > room:
            yield encode(dataclasses.replace(head, files=tuple(some)))
            room, some = LARGEST, []
        some.append(piece)
        room -= size
    if some:
        yield encode(dataclasses.replace(head, files=tuple(some)))


def _pieces(files: Iterable[FileLines]) -> Iterator[FileLines]:
    for file in files:
        lines: tuple[Any, ...] = file.lines
        if len(lines) <= _MOST:
            if lines:
                yield file
            continue
        for start in range(0, len(lines), _MOST):
            yield dataclasses.replace(file, lines=lines[start : start + _MOST])


def _size(file: FileLines) -> int:
    """Return at least the number of bytes that this takes; finding it out takes longer."""
    each = _LINE if isinstance(file.lines[0], int) else _ARC
    named = len(json.dumps(file.path)) + len(json.dumps(file.context))
    return _REST + named + each * len(file.lines)
