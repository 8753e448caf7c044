"""Memory that a worker will write to, made a spare's own while it waits.

A forked process shares its memory, and the kernel copies a page when it is first written
to.  From a save to its answer that is some thousand pages, of 2.5 microseconds each.
What one worker has written to the next will write to, at the same addresses where both
come from one snapshot, and mostly so where they do not.  So a worker leaves a list of it,
and a spare copies those pages while nobody waits.

Nothing depends on the list: where it is missing, torn or another's, it costs time or saves
less.  Older kernels (before 5.14) refuse, and nothing is saved there.
"""

from __future__ import annotations

import array
import contextlib
import ctypes
import itertools
import mmap
import operator
import re
from collections.abc import Iterator

Span = tuple[int, int]
"""The address of the first byte, and how many."""

_ROOM = 1 << 18
_WORD = 8
_MOST = _ROOM // (2 * _WORD) - 1
_POPULATE_WRITE = 23
_PRIVATE = re.compile(rb"([0-9a-f]+)-([0-9a-f]+) rw.p")
# The flags of a page are in the last byte of its entry: it is there, and nobody else's.
_OWN = re.compile(b"[" + re.escape(bytes(n for n in range(256) if n & 0x81 == 0x81)) + b"]+")


class Touched:
    """A list of pages, common to this process and all that will be forked from it."""

    def __init__(self) -> None:
        self._list = mmap.mmap(-1, _ROOM)

    def leave(self) -> None:
        """List what this process has made its own, in place of what was listed."""
        with contextlib.suppress(OSError):  # a container may hide it
            longest = sorted(own_spans(), key=operator.itemgetter(1))[-_MOST:]
            words = array.array("Q", [len(longest), *itertools.chain.from_iterable(longest)])
            self._list[: len(words) * _WORD] = words.tobytes()

    def take(self) -> None:
        """Make what is listed this process's own."""
        madvise = ctypes.CDLL(None).madvise
        with memoryview(self._list) as octets, octets.cast("Q") as words:
            for place in range(1, 1 + 2 * min(words[0], _MOST), 2):
                address, length = ctypes.c_void_p(words[place]), ctypes.c_size_t(words[place + 1])
                madvise(address, length, _POPULATE_WRITE)


def own_spans() -> Iterator[Span]:
    """Yield what of this process's memory nobody shares; raises OSError."""
    with open("/proc/self/maps", "rb") as maps:  # as bytes: to decode would load a codec
        regions = [match.groups() for match in map(_PRIVATE.match, maps) if match]
    with open("/proc/self/pagemap", "rb", buffering=0) as pagemap:
        for low, high in regions:
            first, last = int(low, 16) // mmap.PAGESIZE, int(high, 16) // mmap.PAGESIZE
            pagemap.seek(first * _WORD)
            yield from spans(first, pagemap.read((last - first) * _WORD))


def spans(first: int, entries: bytes) -> Iterator[Span]:
    """Yield the runs of pages that are nobody else's; `entries`: of pagemap, from page `first`."""
    for run in _OWN.finditer(entries[_WORD - 1 :: _WORD]):
        yield (first + run.start()) * mmap.PAGESIZE, len(run[0]) * mmap.PAGESIZE
