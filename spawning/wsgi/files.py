"""`wsgi.file_wrapper` (PEP 3333): a file, which the kernel may be able to send by itself.

Rules:
1. A file goes that way only if what stands on the disk is what reading it would give.
   A descriptor proves nothing: that of `gzip.GzipFile` leads to the compressed bytes.
   So it is asked whose method `read` is, and one of Python's own plain files counts.
2. It begins at the position of the file, which is not that of its descriptor: a buffer
   has read ahead.
3. It ends with the file or with the Content-Length, whichever comes first; a file that
   is longer is no mistake.
4. The application's file is not moved, and closed by nobody but `close`.
"""

from __future__ import annotations

import io
import os
import stat
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

BLOCK = 65536
_BUFFERED = (io.BufferedReader, io.BufferedRandom)


class Extent(NamedTuple):
    """What is left of a regular file that is open."""

    descriptor: int
    start: int
    size: int
    """Bytes that were there when it was looked at."""

    def blocks(self, start: int, most: int | None) -> Iterator[bytes]:
        """Yield what stands from `start` on, `most` bytes of it if that is given."""
        left = most
        while left is None or left > 0:
            block = os.pread(self.descriptor, BLOCK if left is None else min(left, BLOCK), start)
            if not block:
                return
            yield block
            start += len(block)
            left = None if left is None else left - len(block)


class FileWrapper:
    """A file as an iterable of blocks, closed with the response."""

    def __init__(self, file: Any, block_size: int = BLOCK) -> None:
        self._file = file
        self._block_size = block_size
        if hasattr(file, "close"):
            self.close = file.close

    def __iter__(self) -> FileWrapper:
        return self

    def __next__(self) -> bytes:
        block: bytes = self._file.read(self._block_size)
        if not block:
            raise StopIteration
        return block

    def extent(self) -> Extent | None:
        """Return where the file stands on a disk; None where reading it may give something else."""
        owner: Any = getattr(getattr(self._file, "read", None), "__self__", None)
        raw = owner.raw if type(owner) in _BUFFERED else owner
        if type(raw) is not io.FileIO or not owner.readable():
            return None
        try:
            owner.flush()  # what was written to it and is not there yet
            descriptor, start = raw.fileno(), owner.tell()
            status = os.fstat(descriptor)
        except OSError:
            return None
        if not stat.S_ISREG(status.st_mode):
            return None
        return Extent(descriptor, start, max(0, status.st_size - start))

    def blocks(self, most: int | None) -> Iterable[bytes]:
        """Return what reading gives, `most` bytes of it if that is given."""
        return self if most is None else self._within(most)

    def _within(self, left: int) -> Iterator[bytes]:
        while left > 0:
            block: bytes = self._file.read(min(self._block_size, left))
            if not block:
                return
            yield block
            left -= len(block)
