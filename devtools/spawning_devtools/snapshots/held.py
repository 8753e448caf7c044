"""Output that waits until its process has become a worker.

A snapshot runs the beginning of an application.  What that prints would appear once
for each snapshot, at moments that nobody understands, and be missing where a worker
starts in the middle.  So it is kept, and each worker that is forked prints it first:
its log reads as that of a cold start.

What a C extension writes to the descriptors by itself is not held.
"""

from __future__ import annotations

import io
import os
import sys
from typing import Any


class HeldOutput(io.RawIOBase):
    """A descriptor that can be written to, once it is released."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._held: bytearray | None = bytearray()

    def release(self) -> None:
        """Write what was held, and from now on at once."""
        held, self._held = self._held, None
        while held:
            del held[: os.write(self._descriptor, held)]

    def write(self, data: Any, /) -> int:
        """Keep or write `data`."""
        if self._held is None:
            return os.write(self._descriptor, data)
        self._held += data
        return len(data)

    def writable(self) -> bool:
        """Return True."""
        return True

    def fileno(self) -> int:
        """Return the descriptor."""
        return self._descriptor

    def isatty(self) -> bool:
        """Return whether it is a terminal."""
        return os.isatty(self._descriptor)


def hold() -> list[HeldOutput]:
    """Hold what is printed from now on, and return what releases it."""
    held = []
    for name in ("stdout", "stderr"):
        before = getattr(sys, name)
        if not isinstance(before, io.TextIOWrapper):
            continue  # closed when we were started
        before.flush()
        raw = HeldOutput(before.fileno())
        after = io.TextIOWrapper(
            io.BufferedWriter(raw),
            encoding=before.encoding,
            errors=before.errors,
            line_buffering=before.line_buffering,
            write_through=before.write_through,
        )
        setattr(sys, name, after)
        setattr(sys, f"__{name}__", after)
        held.append(raw)
    return held
