"""The servers of this user that left a note of where they are (see `spawning.whereabouts`)."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping

from spawning.errors import ServerNotFound
from spawning.whereabouts import Note, Refused, folders, notes

__all__ = ["Note", "running", "servers"]


def servers() -> list[Note]:
    """Return the notes of the servers that run, by process id; raises ServerNotFound.

    That is raised where somebody else may have put notes there, and nobody is to be trusted.
    """
    try:
        return sorted(running(os.environ, os.geteuid()), key=lambda note: note.pid)
    except Refused as error:
        raise ServerNotFound(f"{error}, so nothing in it is believed") from None


def running(environ: Mapping[str, str], user: int) -> Iterator[Note]:
    """Yield the notes of one user's servers that run; raises Refused."""
    for folder in folders(environ, user):
        yield from notes(folder, user)
