"""The only door to watchdog: directories in, file events out.

Rules:
1. Directories are watched one by one, never their subfolders, and the kernel is
   asked for an allow-list of events: nothing that only reads a file wakes us.
2. watchdog's threads put events in a queue and write one byte to the main loop;
   they decide nothing.
3. A directory that was deleted or replaced is another directory: `watch` with
   the same path watches the new one.
4. A directory that cannot be watched does not stop the others.  Below the project
   it is polled instead; an installed package is then not watched.

watchdog holds a file that leaves a directory for half a second, because it may
come in elsewhere; later events of that directory wait behind it.
"""

from __future__ import annotations

import logging
import os
import queue
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from types import TracebackType

from watchdog import events
from watchdog.observers.api import BaseObserver, ObservedWatch
from watchdog.observers.inotify import InotifyObserver
from watchdog.observers.polling import PollingObserver

from spawning_devtools.reload.changes import FolderTouch, State, Touch

POLL_SECONDS = 1.0

_ALLOWED: list[type[events.FileSystemEvent]] = [
    events.FileCreatedEvent,
    events.FileModifiedEvent,
    events.FileClosedEvent,
    events.FileMovedEvent,
    events.FileDeletedEvent,
    events.DirCreatedEvent,
    events.DirMovedEvent,
    events.DirDeletedEvent,
]


@dataclass(frozen=True, slots=True)
class Unwatchable:
    """A directory that the kernel refuses to watch."""

    path: str
    reason: str
    polled: bool


class _Handler(events.FileSystemEventHandler):
    """Translates watchdog's events; runs in its threads."""

    def __init__(self, put: Callable[[Touch | FolderTouch], None], polls: bool) -> None:
        self._put = put
        # Polling sees that a file is different, never that it was closed.
        self._modified = State.WRITTEN if polls else State.MODIFIED
        self._created = State.WRITTEN if polls else State.BEING_WRITTEN

    def dispatch(self, event: events.FileSystemEvent) -> None:
        """Put what `event` says; a move is one event for each of its names."""
        now = time.monotonic()
        source, target = os.fsdecode(event.src_path), os.fsdecode(event.dest_path)
        match event:
            case events.DirCreatedEvent() | events.DirDeletedEvent() | events.DirMovedEvent():
                for path in filter(None, (source, target)):
                    self._put(FolderTouch(path, now))
            case events.FileMovedEvent():
                if source:
                    self._put(Touch(State.UNSURE, source, now))
                if target:
                    self._put(Touch(State.PLACED, target, now))
            case events.FileClosedEvent():
                self._put(Touch(State.WRITTEN, source, now))
            case events.FileCreatedEvent():
                state = State.PLACED if _is_link(source) else self._created
                self._put(Touch(state, source, now))
            case events.FileModifiedEvent():
                self._put(Touch(self._modified, source, now))
            case events.FileDeletedEvent():
                self._put(Touch(State.UNSURE, source, now))


def _is_link(path: str) -> bool:
    """Return whether `path` is a soft or hard link: nobody will close it."""
    try:
        return os.path.islink(path) or os.stat(path).st_nlink > 1
    except OSError:
        return False


@dataclass(slots=True)
class _Watched:
    observer: BaseObserver
    watch: ObservedWatch
    identity: tuple[int, int]


@dataclass(slots=True)
class Watcher:
    """Watches directories; `wake` is called from other threads when there is something."""

    wake: Callable[[], None]
    _queue: queue.SimpleQueue[Touch | FolderTouch] = field(default_factory=queue.SimpleQueue)
    _watched: dict[str, _Watched] = field(default_factory=dict)
    _refused: set[str] = field(default_factory=set)
    _kernel: BaseObserver | None = None
    _poller: BaseObserver | None = None

    def __enter__(self) -> Watcher:
        # watchdog logs an overflow of the kernel's queue; the sweep after a burst
        # is our answer, and standard error is not the place.
        logging.getLogger("watchdog").addHandler(logging.NullHandler())
        logging.getLogger("watchdog").propagate = False
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for observer in filter(None, (self._kernel, self._poller)):
            observer.stop()

    def take(self) -> list[Touch | FolderTouch]:
        """Return the events that have arrived since the last call, in their order."""
        taken = []
        while True:
            try:
                taken.append(self._queue.get_nowait())
            except queue.Empty:
                return taken

    def backends(self) -> dict[str, str]:
        """Return how the changes in each directory that is watched are learned."""
        return {
            path: "polling" if watched.observer is self._poller else "inotify"
            for path, watched in self._watched.items()
        }

    def watch(
        self, directories: Iterable[str], lost: Iterable[str], may_poll: Callable[[str], bool]
    ) -> list[Unwatchable]:
        """Watch exactly `directories`, the important ones first.

        `lost` names those of which an event said that they went or were replaced.
        Returns those that cannot be watched, each once in the life of this object.
        """
        wanted = dict.fromkeys(directories)
        gone = set(lost)
        for path, watched in list(self._watched.items()):
            if path not in wanted or path in gone or _identity(path) != watched.identity:
                del self._watched[path]
                watched.observer.unschedule(watched.watch)
        refused = (self._add(path, may_poll) for path in wanted if path not in self._watched)
        return [refusal for refusal in refused if refusal]

    def _add(self, path: str, may_poll: Callable[[str], bool]) -> Unwatchable | None:
        identity = _identity(path)
        if identity is None:
            return None  # Its parent is watched, and tells when it appears.
        try:
            self._schedule(path, identity)
            return None
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            reason = error.strerror or str(error)
        polled = may_poll(path) and self._poll(path, identity)
        if path in self._refused:
            return None
        self._refused.add(path)
        return Unwatchable(path, reason, polled)

    def _schedule(self, path: str, identity: tuple[int, int]) -> None:
        if self._kernel is None:
            observer = InotifyObserver(generate_full_events=True)
            observer.start()
            self._kernel = observer
        handler = _Handler(self._put, polls=False)
        watch = self._kernel.schedule(handler, path, event_filter=_ALLOWED)
        self._watched[path] = _Watched(self._kernel, watch, identity)

    def _poll(self, path: str, identity: tuple[int, int]) -> bool:
        if self._poller is None:
            observer = PollingObserver(timeout=POLL_SECONDS)
            observer.start()
            self._poller = observer
        try:
            watch = self._poller.schedule(_Handler(self._put, polls=True), path)
        except OSError:
            return False
        self._watched[path] = _Watched(self._poller, watch, identity)
        return True

    def _put(self, touch: Touch | FolderTouch) -> None:
        self._queue.put(touch)
        self.wake()


def _identity(path: str) -> tuple[int, int] | None:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino
