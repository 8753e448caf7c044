"""Output that waits until its process has become a worker.

A snapshot runs the beginning of an application.  What that prints would appear once
for each snapshot, at moments that nobody understands, and be missing where a worker
starts in the middle.  So it is kept, and each worker that is forked prints it first:
its log reads as that of a cold start.

What a C extension writes to the descriptors by itself is not held.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
from typing import Any


class Journal:
    """What was written, and where: in the order of writing, as a terminal would show it."""

    def __init__(self) -> None:
        self._entries: list[tuple[int, bytes]] | None = []

    def keep(self, descriptor: int, data: bytes) -> bool:
        """Return whether `data` is kept, which it is until all is released."""
        if self._entries is None:
            return False
        self._entries.append((descriptor, data))
        return True

    def release(self) -> None:
        """Write what was held, and keep no more."""
        entries, self._entries = self._entries or [], None
        for descriptor, data in entries:
            with contextlib.suppress(OSError):  # a reader that is gone costs the output, no worker
                while data:
                    data = data[os.write(descriptor, data) :]


class HeldOutput(io.FileIO):
    """A standard stream's descriptor that can be written to, once the journal is released."""

    def __init__(self, descriptor: int, name: str, journal: Journal) -> None:
        super().__init__(descriptor, "wb", closefd=False)
        self.name = name
        self._journal = journal

    def write(self, data: Any, /) -> int:
        """Keep or write `data`."""
        if self._journal.keep(self.fileno(), bytes(data)):
            return memoryview(data).nbytes
        return super().write(data)


def hold() -> Journal:
    """Hold what is printed from now on, and return what releases it."""
    journal = Journal()
    for name in ("stdout", "stderr"):
        before = getattr(sys, name)
        if not isinstance(before, io.TextIOWrapper):
            continue  # closed when we were started
        before.flush()
        raw = HeldOutput(before.fileno(), before.name, journal)
        is_buffered = isinstance(before.buffer, io.BufferedWriter)
        after: Any = io.TextIOWrapper(
            # Under PYTHONUNBUFFERED there is no buffer, which the annotations do not know.
            io.BufferedWriter(raw) if is_buffered else raw,
            encoding=before.encoding,
            errors=before.errors,
            newline="\n",
            line_buffering=before.line_buffering,
            write_through=before.write_through,
        )
        after.mode = before.mode
        setattr(sys, name, after)
        setattr(sys, f"__{name}__", after)
    return journal
