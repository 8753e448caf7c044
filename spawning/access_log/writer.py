"""The descriptor of the access log: opened, written to, opened anew.

Rules:
1. A line is one write to a file that is open for appending, so several workers
   share it and their lines do not mix.
2. A log that cannot be written never fails a request.  It is said once, and once
   more, with the number of lines that are lost, when it can be written again.
3. Opening anew puts the new file under the old number, so that a thread that
   writes meanwhile writes to the one or the other.
"""

from __future__ import annotations

import os
from _thread import allocate_lock
from collections.abc import Callable, Iterable

# By name: with greenlets os.write becomes one that may switch, and a log must not.
from os import write

from spawning import log
from spawning.access_log.formats import coloured, compiled
from spawning.access_log.identity import Ids
from spawning.access_log.record import Origin, Record

STANDARD_OUTPUT = 1
NOWHERE = Origin(0, 0, 0)


class AccessLog:
    """Writes a line for each request; callable from any thread."""

    def __init__(
        self, descriptor: int, text: str = "", origin: Origin = NOWHERE, path: str = ""
    ) -> None:
        self._descriptor = descriptor
        self._path = path
        self._line: Callable[[Record], str] = compiled(text, origin)
        if not text and log.shows_colour(descriptor):
            plain = self._line
            self._line = lambda record: coloured(plain(record))
        ids = Ids()
        self.new_id: Callable[[], str] = ids.make
        self.identify: Callable[[dict[str, str]], str] = ids.see_to
        """Return the id of the request with these headers, which have it from now on."""
        self._lost = 0
        self._is_torn = False
        """Whether the last write left half a line."""
        self._trouble = allocate_lock()

    def write(self, record: Record) -> None:
        """Log one request."""
        data = self._line(record).encode("ascii", "backslashreplace")
        try:
            if self._lost:
                self._try_again(data)
                return
            written = write(self._descriptor, data)
        except OSError as error:
            self._lose(error)
        else:
            if written != len(data):
                self._finish(data[written:])

    def reopen(self) -> None:
        """Open the file anew, which may have been moved away; standard output stays.

        Where that fails it is said, and the old file goes on.
        """
        if not self._path:
            return
        try:
            descriptor = _open_file(self._path)
        except OSError as error:
            log.say(f"the access log {self._path} cannot be opened anew: {error.strerror}")
            return
        os.dup2(descriptor, self._descriptor, inheritable=False)
        os.close(descriptor)

    def close(self) -> None:
        """Close the file; nothing may be written after this."""
        os.close(self._descriptor)

    # ------------------------------------------------------------ trouble

    def _finish(self, rest: bytes) -> None:
        """Write the rest of a line of which the system took only a part."""
        try:
            while rest:
                rest = rest[write(self._descriptor, rest) :]
        except OSError as error:
            self._is_torn = True
            self._lose(error)

    def _lose(self, error: OSError) -> None:
        with self._trouble:
            self._lost += 1
            first = self._lost == 1
        if first:
            where = f" {self._path}" if self._path else ""
            log.say(
                f"the access log{where} cannot be written: {error.strerror};"
                " lines are lost until it can"
            )

    def _try_again(self, data: bytes) -> None:
        """Write a line after others were lost; raises OSError where that fails too."""
        data = b"\n" + data if self._is_torn else data
        written = write(self._descriptor, data)
        with self._trouble:
            lost, self._lost = self._lost, 0
            self._is_torn = False
        if lost:
            lines = "1 line is" if lost == 1 else f"{lost} lines are"
            log.say(f"the access log is written again; {lines} lost")
        if written != len(data):
            self._finish(data[written:])


def open_log(path: str, text: str, origin: Origin) -> AccessLog | None:
    """Return the log at `path`: '' is standard output, /dev/null none at all.

    Raises OSError where the file cannot be opened, ValueError where `text` is no format.
    """
    if path == os.devnull:
        return None
    if not path:
        return AccessLog(STANDARD_OUTPUT, text, origin)
    return AccessLog(_open_file(path), text, origin, path)


def log_killed(path: str, text: str, origin: Origin, records: Iterable[Record]) -> None:
    """Log the requests of a worker that was killed and cannot do it itself.

    A file that cannot be opened or written is said, not raised.
    """
    try:
        access_log = open_log(path, text, origin)
    except OSError as error:
        log.say(f"the access log {path} cannot be opened: {error.strerror}")
        return
    if access_log is None:
        return
    for record in records:
        access_log.write(record)
    if path:
        access_log.close()


def _open_file(path: str) -> int:
    """Return the descriptor of a file that is opened for appending; raises OSError."""
    # O_NOCTTY: a server without a terminal must not get one from a log.
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOCTTY
    return os.open(path, flags, 0o644)
