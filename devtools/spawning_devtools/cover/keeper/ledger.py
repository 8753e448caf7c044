"""Which lines have run, of which source; pure.

Rules:
1. Lines belong to the source that ran, by the hash of its bytes: lines of other sources of
   the same file are kept for a while, because an edit may be undone, and never mixed.
2. What ran at import stays, whatever is forgotten: the modules are loaded still.
3. What requests ran counts in the epoch that it belongs to, and is dropped afterwards.
4. A number grows with each change.
5. Nothing that no worker would tell gets in, not even in part.

Where branches are measured, a line stands for a pair of lines everywhere.
"""

from __future__ import annotations

import dataclasses
from typing import Any

from spawning.messages import IMPORT, REQUEST, CoverageTold, FileLines
from spawning_devtools.cover.facts import FileFacts, Snapshot, Version

VERSIONS = 4
"""So many sources of one file are remembered, those told last."""


class MeasuredOtherwise(ValueError):
    """A worker tells pairs of lines and others have told lines, or the other way around."""


class _Growing:
    """What has run of one source, as it grows."""

    __slots__ = ("contexts", "imports", "requests")

    def __init__(self) -> None:
        self.imports: set[Any] = set()
        self.requests: set[Any] = set()
        self.contexts: dict[str, set[Any]] = {}

    def add(self, phase: str, told: FileLines) -> tuple[Any, ...]:
        """Take lines; return those that are news."""
        lines = set(told.lines)
        ran = self.imports if phase == IMPORT else self.requests
        new = lines - ran
        ran |= new
        if phase == REQUEST and told.context:
            of_context = self.contexts.setdefault(told.context, set())
            new |= lines - of_context
            of_context |= lines
        return tuple(sorted(new))

    def version(self, digest: str) -> Version:
        """Return it as it is now."""
        # Copies: what is given away is never changed.
        contexts = {label: frozenset(lines) for label, lines in self.contexts.items()}
        return Version(digest, frozenset(self.imports), frozenset(self.requests), contexts)

    def forget(self) -> bool:
        """Forget what requests ran; return whether there was something."""
        had_some = bool(self.requests)
        self.requests.clear()
        self.contexts.clear()
        return had_some


class Ledger:
    """The lines of all files; not for several threads at once."""

    def __init__(self) -> None:
        self.seq = 0
        self.epoch = 0
        self._kind: type | None = None
        """What a line is: a number or a pair of them; None until one was told."""
        self._files: dict[str, dict[str, _Growing]] = {}
        """By path and digest, the digest that was told last at the end."""

    def add(self, told: CoverageTold) -> tuple[FileLines, ...]:
        """Take what a worker tells; return what of it is news.

        Raises ValueError for what is no such thing, and MeasuredOtherwise.
        """
        self._check(told)
        if told.phase == REQUEST and told.epoch != self.epoch:
            return ()
        news = []
        for file in told.files:
            versions = self._files.setdefault(file.path, {})
            known = versions.pop(file.digest, None)
            version = versions[file.digest] = known or _Growing()
            for old in list(versions)[:-VERSIONS]:
                del versions[old]
            lines = version.add(told.phase, file)
            if lines or known is None:
                news.append(dataclasses.replace(file, lines=lines))
        self.seq += bool(news)
        return tuple(news)

    def _check(self, told: CoverageTold) -> None:
        if told.phase not in (IMPORT, REQUEST):
            raise ValueError(f"no such phase: {told.phase!r}")
        kinds = set[type | None]()
        for file in told.files:
            if not (isinstance(file, FileLines) and _are_words(file)):
                raise ValueError(f"no lines of a file: {file!r}")
            kinds.update(map(_kind_of, file.lines))
        if len(kinds) > 1 or None in kinds:
            raise ValueError(f"no lines, but {kinds}")
        kind = next(iter(kinds), self._kind)
        if self._kind not in (None, kind):
            raise MeasuredOtherwise(
                "a worker measures otherwise than those before it, and is not counted:"
                " coverage.py's configuration has changed; start the server anew"
            )
        self._kind = kind

    def forget(self, epoch: int) -> list[str]:
        """Begin an epoch: forget what requests have run; return the files where they had."""
        # All versions of a file have to forget: so a list, and not a generator.
        forgot = {path: [v.forget() for v in own.values()] for path, own in self._files.items()}
        self.epoch = epoch
        self.seq += 1
        return [path for path, each in forgot.items() if any(each)]

    @property
    def has_pairs(self) -> bool | None:
        """Whether pairs of lines are told; None where it is not known yet."""
        return None if self._kind is None else self._kind is tuple

    def paths(self) -> list[str]:
        """Return all files of which something ran."""
        return list(self._files)

    def facts(self, path: str) -> FileFacts:
        """Return all that is known of a file; the source that was told last comes last."""
        versions = self._files.get(path, {})
        return FileFacts(path, tuple(one.version(digest) for digest, one in versions.items()))

    def snapshot(self) -> Snapshot:
        """Return all that is known."""
        return Snapshot(self.seq, tuple(self.facts(path) for path in self._files))


def _are_words(file: FileLines) -> bool:
    return all(isinstance(word, str) for word in (file.path, file.digest, file.context))


def _kind_of(line: Any) -> type | None:
    """Return what a line is, None where it is none."""
    if type(line) is int:
        return int
    is_pair = type(line) is tuple and len(line) == 2 and type(line[0]) is type(line[1]) is int
    return tuple if is_pair else None
