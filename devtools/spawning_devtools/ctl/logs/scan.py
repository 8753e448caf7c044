"""Reads files, in pieces and by several processes.

Files are read in blocks rather than mapped into memory: the copy costs a fifth of
a second for a gigabyte, and a log that is cut short meanwhile does no harm.
"""

from __future__ import annotations

import dataclasses
import gzip
import multiprocessing
import os
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import BinaryIO

from spawning.errors import UsageError
from spawning_devtools.ctl.logs import lines, times
from spawning_devtools.ctl.logs.tally import Tally, Total

BLOCK = 1 << 20
WORTH_A_PROCESS = 16 << 20
STANDARD_INPUT = "-"
Key = tuple[str, ...]
_Escaped = bytes | tuple[bytes, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Question:
    """What is asked of the logs."""

    by: tuple[str, ...]
    """Columns of `lines.COLUMNS`."""
    earliest: float | None = None
    latest: float | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Part:
    """The lines of a file that begin within a range of bytes; no end is the file's end."""

    path: str
    start: int = 0
    end: int | None = None

    def blocks(self) -> Iterator[bytes]:
        """Yield the lines in blocks, each of which ends with a line's end."""
        if self.path == STANDARD_INPUT:
            yield from _blocks(sys.stdin.buffer, None)
        elif self.path.endswith(".gz"):
            with gzip.open(self.path) as unpacked:
                yield from _blocks(unpacked, None)
        else:
            with open(self.path, "rb") as file:
                position = self.start
                if position:
                    file.seek(position - 1)
                    position += len(file.readline()) - 1
                yield from _blocks(file, None if self.end is None else self.end - position)


def _blocks(file: BinaryIO | gzip.GzipFile, left: int | None) -> Iterator[bytes]:
    while left is None or left > 0:
        block = file.read(BLOCK if left is None else min(BLOCK, left))
        if not block:
            return
        if not block.endswith(b"\n"):
            block += file.readline()
        if left is not None:
            left -= len(block)
        yield block if block.endswith(b"\n") else block + b"\n"


@dataclasses.dataclass(slots=True)
class Findings:
    """What the logs say."""

    totals: dict[Key, Total] = dataclasses.field(default_factory=dict)
    unread: int = 0
    """Lines that are in no form that is known."""
    example: str = ""
    """One of them."""

    def add(self, other: Findings) -> None:
        """Take over what another process has found."""
        for key, total in other.totals.items():
            known = self.totals.setdefault(key, total)
            if known is not total:
                known.add(total)
        self.unread += other.unread
        self.example = self.example or other.example


class Scan:
    """One process's reading."""

    def __init__(self, question: Question) -> None:
        self._question = question
        self._columns = [column for column in lines.COLUMNS if column in question.by]
        self._has_range = question.earliest is not None or question.latest is not None
        wanted = [*self._columns, *(["time"] if self._has_range else [])]
        self._patterns = [lines.pattern(is_json, wanted) for is_json in (False, True)]
        self._tallies: tuple[dict[_Escaped, Tally], ...] = ({}, {})
        """Of text and of JSON, by what stands in the lines: escapes are for the end."""
        self._odd: dict[Key, Tally] = {}
        self._findings = Findings()
        self._is_within = times.within(question.earliest, question.latest)
        self._known: dict[bytes, bool] = {}

    def read(self, block: bytes) -> None:
        """Count the lines of a block, which ends with a line's end."""
        is_json = block.startswith(b"{")
        rows = self._patterns[is_json].findall(block)
        odd = [row[-1] for row in rows if row[-1]]
        if odd:
            rows = [row for row in rows if not row[-1]]
            for text in odd:
                self._read_odd(text)
        if self._has_range:
            rows = [row for row in rows if self._admits(row[0])]
        if rows:
            self._count(self._tallies[is_json], rows)

    def _count(self, tallies: dict[_Escaped, Tally], rows: list[tuple[bytes, ...]]) -> None:
        """Count lines; this is where the time goes."""
        *keys, sizes, durations, later, _ = list(zip(*rows, strict=True))
        keys = keys[self._has_range :]
        if any(later):
            durations = tuple(a or b for a, b in zip(durations, later, strict=True))
        for key, size, seconds in zip(
            keys[0] if len(keys) == 1 else zip(*keys, strict=True),
            map(int, sizes)
            if b"-" not in sizes
            else [int(size.strip(b"-") or 0) for size in sizes],
            map(float, durations) if all(durations) else [float(d or -1) for d in durations],
            strict=True,
        ):
            tally = tallies.get(key)
            if tally is None:
                tally = tallies[key] = Tally()
            tally.size += size
            if seconds >= 0:
                tally.add(seconds)
            else:
                tally.untimed += 1

    def findings(self) -> Findings:
        """Return what was found."""
        found = self._findings
        for tallies, unescaped in zip(
            self._tallies, (lines.unescaped, lines.unescaped_json), strict=True
        ):
            while tallies:
                escaped, tally = tallies.popitem()
                words = escaped if isinstance(escaped, tuple) else (escaped,)
                texts = dict(zip(self._columns, map(unescaped, words), strict=True))
                found.add(Findings({self._key(texts): tally.total()}))
        found.add(Findings({key: tally.total() for key, tally in self._odd.items()}))
        return found

    def _key(self, texts: dict[str, str]) -> Key:
        if "method" in texts:
            texts["method"] = lines.method_of(texts["method"])
        return tuple(texts[column] or "-" for column in self._question.by)

    def _admits(self, logged: bytes) -> bool:
        if logged[19:20] == b".":
            logged = logged[:19] + logged[23:]  # the second will do, and it comes often
        known = self._known.get(logged)
        if known is None:
            known = self._known[logged] = self._is_within(logged)
        return known

    def _read_odd(self, text: bytes) -> None:
        """Count a line that is not of the form of its block's first line."""
        line = lines.read(text)
        if line is None:
            if not self._findings.unread:
                self._findings.example = text[:100].decode("latin-1").rstrip("\n")
            self._findings.unread += 1
        elif not self._has_range or self._is_within(line.time.encode("latin-1", "replace")):
            key = self._key({column: getattr(line, column) for column in self._columns})
            tally = self._odd.setdefault(key, Tally())
            tally.size += line.size
            if line.seconds is None:
                tally.untimed += 1
            else:
                tally.add(line.seconds)


def scan(question: Question, parts: Sequence[Part]) -> Findings:
    """Read parts one after another; raises OSError."""
    one = Scan(question)
    for part in parts:
        for block in part.blocks():
            one.read(block)
    return one.findings()


def scan_all(question: Question, paths: Sequence[str], processes: int) -> Findings:
    """Read all files, by as many processes as are worth it; raises UsageError."""
    try:
        ours, *shares = shared(paths, processes)
        if not shares:
            return scan(question, ours)
        # Without threads until here, a fork is safe and takes no time.
        context = multiprocessing.get_context("fork")
        with ProcessPoolExecutor(len(shares), mp_context=context) as pool:
            others = [pool.submit(scan, question, share) for share in shares]
            found = scan(question, ours)
            for other in others:
                found.add(other.result())
        return found
    except (OSError, EOFError) as error:
        reason = getattr(error, "strerror", None) or error
        name = getattr(error, "filename", None) or "the log"
        raise UsageError(f"{name} cannot be read: {reason}") from None


def shared(paths: Sequence[str], processes: int) -> list[list[Part]]:
    """Return what each process is to read, ours first: standard input is in no other."""
    sizes = [(path, os.path.getsize(path)) for path in paths if _is_divisible(path)]
    whole = [Part(path) for path in paths if not _is_divisible(path)]
    count = max(1, min(processes, sum(size for _, size in sizes) // WORTH_A_PROCESS))
    shares: list[list[Part]] = [[] for _ in range(count)]
    for path, size in sizes:
        edges = [size * number // count for number in range(count + 1)]
        for share, start, end in zip(shares, edges, edges[1:], strict=False):
            share.append(Part(path, start, end))
    shares[0] += whole
    return shares


def _is_divisible(path: str) -> bool:
    return path != STANDARD_INPUT and not path.endswith(".gz") and os.path.isfile(path)
