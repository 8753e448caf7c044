"""The servers of this user that left a note of where they are (see `spawning.whereabouts`)."""

from __future__ import annotations

import os
from collections.abc import Mapping

from spawning.errors import ServerNotFound
from spawning.whereabouts import Note, Refused, folders, notes

__all__ = ["Note", "running", "servers"]


def servers() -> list[Note]:
    """Return the notes of the servers that run, by process id; raises ServerNotFound.

    That is raised where there are none but in a folder that somebody else may have made.
    """
    found, complaints = _found(os.environ, os.geteuid())
    if complaints and not found:
        raise ServerNotFound(f"{complaints[0]}, so nothing in it is believed")
    return sorted(found, key=lambda note: note.pid)


def running(environ: Mapping[str, str], user: int) -> list[Note]:
    """Return the notes of one user's servers that run."""
    return _found(environ, user)[0]


def _found(environ: Mapping[str, str], user: int) -> tuple[list[Note], list[str]]:
    """Return the notes that are believed, and why a folder is not."""
    found: list[Note] = []
    complaints: list[str] = []
    for folder in folders(environ, user):
        try:
            found += notes(folder, user)
        except Refused as error:
            complaints.append(str(error))
    return found, complaints
