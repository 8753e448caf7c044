"""The note by which this user's other programs find a running server, and its secret.

Rules:
1. A note is written only where an option asks for it: --backdoor, --status-port,
   --reload=dev.  It goes with the server.
2. The folder belongs to the user alone: `$XDG_RUNTIME_DIR/spawning`, or, where there is
   none that is this user's, `/tmp/spawning-UID`.  Anybody can put something at the latter
   first; what is not a folder of this user's with mode 0700 is never used, nor read.
3. Files are made under another name and renamed, 0600 from their first moment on.
4. A process id may be another process's by now: the note says when the server started, in
   the kernel's words, and holds only for a process that did.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import stat
from collections.abc import Iterator, Mapping
from typing import Any

FORMAT = 1
NAME = "spawning"
NOTE, SECRET = ".json", ".secret"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Where a server is, and how it can be reached."""

    pid: int
    """Of the controller."""
    started: int
    """In clock ticks since the machine's start."""
    folder: str
    application: str
    urls: tuple[str, ...]
    backdoor: tuple[str, ...] = ()
    """HOST:PORT, or unix:PATH."""
    status: str = ""
    """The address of the status page; empty where there is none."""
    secret: str = ""
    """The file with the secret that the backdoor may ask for; empty where there is none."""
    version: str = ""
    python: str = ""
    """The interpreter that runs the server; empty in notes of servers that did not say."""
    argv: tuple[str, ...] = ()
    """The command line, the interpreter first; typed in `folder` it starts the same once more."""
    format: int = FORMAT


class Refused(Exception):
    """The folder is not this user's alone; the text says how."""


def folders(environ: Mapping[str, str], user: int) -> list[str]:
    """Return where notes of `user` may be, in the order of preference."""
    found = []
    runtime = environ.get("XDG_RUNTIME_DIR", "")
    with contextlib.suppress(OSError):
        if os.path.isabs(runtime) and os.stat(runtime).st_uid == user:
            found.append(os.path.join(runtime, NAME))
    return [*found, f"/tmp/{NAME}-{user}"]  # noqa: S108 - see rule 2


def check(folder: str, user: int) -> None:
    """Raise Refused where a folder is not the user's alone, OSError where there is none."""
    found = os.lstat(folder)
    if not stat.S_ISDIR(found.st_mode):
        raise Refused(f"{folder} is no folder")
    if found.st_uid != user:
        raise Refused(f"{folder} belongs to another user")
    if found.st_mode & 0o077:
        raise Refused(f"{folder} is open to others")


def made(folder: str, user: int) -> str:
    """Return the folder, which is there and the user's alone; raises Refused or OSError."""
    with contextlib.suppress(FileExistsError):
        os.mkdir(folder, 0o700)
    check(folder, user)
    return folder


def started(pid: int) -> int:
    """Return when a process started, in clock ticks since the machine's start; 0: there is none."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            # The second field is its name in brackets, which may hold anything.
            fields = file.read().rpartition(b")")[2].split()
    except OSError:
        return 0
    return 0 if fields[0] in (b"Z", b"X") else int(fields[19])


@contextlib.contextmanager
def written(folder: str, note: Note, secret: str) -> Iterator[None]:
    """Have a note, and the secret where there is one, in a folder until the block ends."""
    path = os.path.join(folder, f"{note.pid}{NOTE}")
    with contextlib.ExitStack() as stack:
        if secret:
            _write(note.secret, secret + "\n")
            stack.callback(_remove, note.secret)
        _write(path, json.dumps(dataclasses.asdict(note), indent=1) + "\n")
        stack.callback(_remove, path)
        yield


def notes(folder: str, user: int) -> list[Note]:
    """Return the notes in a folder; those of servers that are gone are removed.

    Raises Refused where the folder is not to be trusted; a missing one is empty.
    """
    try:
        check(folder, user)
        names = sorted(os.listdir(folder))
    except OSError:
        return []
    found = []
    for name in names:
        stem, extension = os.path.splitext(name)
        if not stem.isdigit():
            continue
        if not started(int(stem)):
            _remove(os.path.join(folder, name))
        elif extension == NOTE and (note := _read(os.path.join(folder, name))) is not None:
            if note.pid == int(stem) and note.started == started(note.pid):
                found.append(note)
            else:
                _remove(os.path.join(folder, name))
    return found


def own_notes() -> list[Note]:
    """Return the notes of the servers of this process's user, from folders that are believed."""
    user = os.geteuid()
    found: list[Note] = []
    for folder in folders(os.environ, user):
        with contextlib.suppress(Refused):
            found += notes(folder, user)
    return found


def attach_command(pid: int) -> str:
    """Return what the user of this process types to enter the server with this controller."""
    found = [note for note in own_notes() if note.backdoor]
    return "spawnctl attach" + (f" --pid {pid}" if len(found) != 1 else "")


def _read(path: str) -> Note | None:
    """Return what stands in a note; None where it is gone, or of another version."""
    try:
        with open(path, encoding="utf-8") as file:
            values: dict[str, Any] = json.load(file)
        known = {field.name for field in dataclasses.fields(Note)}
        plain: dict[str, Any] = {
            key: tuple(value) if isinstance(value, list) else value
            for key, value in values.items()
            if key in known
        }
        return Note(**plain) if values.get("format") == FORMAT else None
    except (OSError, ValueError, TypeError, AttributeError):
        return None


def _write(path: str, text: str) -> None:
    draft = f"{path}.new"
    _remove(draft)  # of one that was killed while it wrote
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with open(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    os.rename(draft, path)


def _remove(path: str) -> None:
    with contextlib.suppress(OSError):
        os.unlink(path)
