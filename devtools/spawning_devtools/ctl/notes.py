"""Which server is meant, of those that have left a note of where they are.

Servers without a development option, a backdoor or a status port leave none.  They are
found too, by the title of their process: enough to reload and stop them, and to look at them.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from spawning.errors import ServerNotFound
from spawning.inspection import folders_of
from spawning.title import CONTROLLER
from spawning.whereabouts import Note, Refused
from spawning_devtools.ctl.code.servers import chosen
from spawning_devtools.discovery import running, servers


def one(pid: int | None, has: Callable[[Note], Any], option: str) -> Note:
    """Return the note of the server that is meant, which has what is asked of it.

    `option` is what gives it that.  Raises ServerNotFound.
    """
    notes = _notes(pid)
    suitable = {number: note.folder for number, note in notes.items() if has(note)}
    everywhere = folders_of(CONTROLLER)
    if suitable and pid is None:
        meant = _only(suitable) or chosen(suitable, os.getcwd(), None)
    else:
        meant = chosen(everywhere | suitable, os.getcwd(), pid)
    if meant not in suitable:
        raise ServerNotFound(
            f"server {meant} was not started with {option}", f"start it with {option}"
        )
    return notes[meant]


def _only(suitable: dict[int, str]) -> int | None:
    """Return the server where there is but one: nobody has to be in its folder then."""
    return next(iter(suitable)) if len(suitable) == 1 else None


def any_one(pid: int | None) -> tuple[int, Note | None]:
    """Return the server that is meant, and its note if it has one.  Raises ServerNotFound."""
    notes = _notes(pid)
    known = folders_of(CONTROLLER) | {note.pid: note.folder for note in notes.values()}
    meant = chosen(known, os.getcwd(), pid)
    return meant, notes.get(meant)


def _notes(pid: int | None) -> dict[int, Note]:
    """Return the notes of this user's servers, and that of the process which is named.

    That may be another user's: root may enter it, and looks where that user's notes are.
    """
    found = {note.pid: note for note in servers()}
    if pid is None or pid in found:
        return found
    with contextlib.suppress(OSError, Refused):
        owner = os.stat(f"/proc/{pid}").st_uid
        told = Path(f"/proc/{pid}/environ").read_bytes().decode(errors="surrogateescape")
        environ = dict(pair.partition("=")[::2] for pair in told.split("\0") if "=" in pair)
        environ.setdefault("XDG_RUNTIME_DIR", f"/run/user/{owner}")  # a title may cover it
        found.update((note.pid, note) for note in running(environ, owner) if note.pid == pid)
    return found
