"""Directories in, file events out: the kernel's, without threads.

Rules:
1. Directories are watched one by one, never their subfolders, and the kernel is
   asked for an allow-list of events: nothing that only reads a file wakes us.
2. A directory that was deleted or replaced is another directory: `watch` with
   the same path watches the new one.
3. The same directory under two paths has one watch; its events are told for both.
4. What the kernel may not tell of is returned by `watch`, with the reason, and
   does not stop the others.  Whether to look at it from time to time instead is
   for others to decide (see `polling`).
5. When the kernel's queue overflowed, that is told as an event of its own.
"""

from __future__ import annotations

import enum
import os
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from types import TracebackType

from spawning_devtools.reload.watcher.changes import FolderTouch, Overflow, State, Touch
from spawning_devtools.reload.watcher.inotify import CHANGES, Bit, Event, Inotify
from spawning_devtools.reload.watcher.mounts import Mount, mount_of, parse
from spawning_devtools.reload.watcher.probe import tells_of

News = Touch | FolderTouch | Overflow


class Why(enum.Enum):
    """Why events do not tell all."""

    REFUSED = "the kernel watches no more"
    SHARED = "others may write there"
    SILENT = "no events arrive"


@dataclass(frozen=True, slots=True)
class Unheard:
    """A directory in which changes may happen that no event tells of."""

    path: str
    why: Why
    detail: str
    """The kernel's error, or the file system's type."""
    place: str
    """What else it holds for: the mount, or the directory itself."""


@dataclass(frozen=True, slots=True)
class _Watched:
    watch: int
    identity: tuple[int, int]
    unheard: Unheard | None


@dataclass(slots=True)
class Watcher:
    """Watches directories; readable when there is something to `take`."""

    mountinfo: Callable[[], str] = lambda: _read("/proc/self/mountinfo")
    probe: Callable[[str], bool] = tells_of
    _kernel: Inotify | OSError | None = None
    _watched: dict[str, _Watched] = field(default_factory=dict)
    _paths: dict[int, dict[str, None]] = field(default_factory=dict)
    """Of each watch, the paths under which it is known."""
    _tried: dict[str, bool] = field(default_factory=dict)
    """Of each mount, whether its events arrive."""

    def __enter__(self) -> Watcher:
        try:
            self._kernel = Inotify()
        except OSError as error:
            self._kernel = error
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if isinstance(self._kernel, Inotify):
            self._kernel.close()

    def fileno(self) -> int | None:
        """Return the descriptor to wait for, None where the kernel gives none."""
        return self._kernel.fileno() if isinstance(self._kernel, Inotify) else None

    def take(self) -> list[News]:
        """Return the events that have arrived since the last call, in their order."""
        if not isinstance(self._kernel, Inotify):
            return []
        events, now = self._kernel.read(), time.monotonic()
        return [news for event in events for news in self._translate(event, now)]

    def watch(self, directories: Iterable[str], lost: Iterable[str]) -> list[Unheard]:
        """Watch exactly `directories`, the important ones first.

        `lost` names those of which an event said that they went or were replaced.
        Returns those of all of them that events do not tell everything of.
        """
        wanted, gone = dict.fromkeys(directories), set(lost)
        for path, watched in list(self._watched.items()):
            if path not in wanted or path in gone or _identity(path) != watched.identity:
                self._forget(path)
        new = [path for path in wanted if path not in self._watched]
        mounts = parse(self.mountinfo()) if new else []
        for path in new:
            self._add(path, mounts)
        known = (self._watched.get(path) for path in wanted)
        return [one.unheard for one in known if one and one.unheard]

    def hears(self) -> set[str]:
        """Return the directories of whose changes the kernel tells."""
        return {
            path
            for path, one in self._watched.items()
            if one.unheard is None or one.unheard.why is Why.SHARED
        }

    def _add(self, path: str, mounts: list[Mount]) -> None:
        identity = _identity(path)
        if identity is None:
            return  # Its parent is watched, and tells when it appears.
        try:
            if not isinstance(self._kernel, Inotify):
                raise self._kernel or OSError("the watcher is not started")
            watch = self._kernel.add(path, CHANGES)
        except (FileNotFoundError, NotADirectoryError):
            return
        except OSError as error:
            unheard = Unheard(path, Why.REFUSED, error.strerror or str(error), path)
            self._watched[path] = _Watched(-1, identity, unheard)
            return
        self._paths.setdefault(watch, {})[path] = None
        self._watched[path] = _Watched(watch, identity, self._doubt(path, mounts))

    def _doubt(self, path: str, mounts: list[Mount]) -> Unheard | None:
        """Return why the events of a watched directory are not all."""
        mount = mount_of(os.path.realpath(path), mounts)
        if mount.is_shared:
            return Unheard(path, Why.SHARED, mount.kind, mount.place)
        if mount.place not in self._tried:
            self._tried[mount.place] = self.probe(path)
        if not self._tried[mount.place]:
            return Unheard(path, Why.SILENT, mount.kind, mount.place)
        return None

    def _forget(self, path: str) -> None:
        watched = self._watched.pop(path)
        paths = self._paths.get(watched.watch, {})
        paths.pop(path, None)
        if not paths and self._paths.pop(watched.watch, None) is not None:
            assert isinstance(self._kernel, Inotify)
            self._kernel.remove(watched.watch)

    def _translate(self, event: Event, now: float) -> Iterator[News]:
        if event.has(Bit.IN_Q_OVERFLOW):
            yield Overflow(now)
        for folder in list(self._paths.get(event.watch, ())):
            path = os.path.join(folder, event.name) if event.name else folder
            if event.has(Bit.IN_IGNORED) and self._watched[folder].watch == event.watch:
                del self._watched[folder]
            if not event.name or event.has(Bit.IN_ISDIR):
                if not event.has(Bit.IN_ATTRIB, Bit.IN_MODIFY):
                    yield FolderTouch(path, now)
            else:
                yield Touch(_state(event, path), path, now)
        if event.has(Bit.IN_IGNORED):
            self._paths.pop(event.watch, None)


def _state(event: Event, path: str) -> State:
    """Return what an event says of a file; a move is one event for each of its names."""
    if event.has(Bit.IN_CLOSE_WRITE):
        return State.WRITTEN
    if event.has(Bit.IN_MOVED_TO):
        return State.PLACED
    if event.has(Bit.IN_CREATE):
        return State.PLACED if _is_link(path) else State.BEING_WRITTEN
    if event.has(Bit.IN_MODIFY):
        return State.BEING_WRITTEN
    return State.ATTRIBUTES if event.has(Bit.IN_ATTRIB) else State.UNSURE


def _is_link(path: str) -> bool:
    """Return whether `path` is a soft or hard link: nobody will close it."""
    try:
        return os.path.islink(path) or os.stat(path).st_nlink > 1
    except OSError:
        return False


def _identity(path: str) -> tuple[int, int] | None:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _read(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            return file.read()
    except OSError:
        return ""
