"""Who has the address that we want, and what to do about it: pure."""

from __future__ import annotations

from collections.abc import Sequence

from spawning.inspection import Holder
from spawning.title import CONTROLLER
from spawning.whereabouts import Note

ROOT = "root"
LONGEST = 60
"""Characters of a command that are shown."""


def described(holder: Holder | None, notes: Sequence[Note]) -> str:
    """Return who it is; `notes` are those of this user's servers."""
    if holder is None:
        return "a process that we may not look at"
    if not holder.pid:
        return f"a process of user {holder.user}, which we may not look at"
    what = _shortened(holder.command)
    if is_ours(holder):
        note = next((one for one in notes if one.pid == holder.pid), None)
        application = holder.command.removeprefix(CONTROLLER).strip()
        folder = f" in {note.folder}" if note is not None else ""
        what = f"the Spawning server of {_shortened(application)}{folder}"
    return f"{what} (pid {holder.pid}, user {holder.user})"


def remedy(holder: Holder | None, user: str) -> str:
    """Return what `user` does about it: a clause, which goes on with another address."""
    if holder is not None and user not in (holder.user, ROOT):
        return f"have user {holder.user} stop it"
    if holder is not None and is_ours(holder):
        return f"type 'spawnctl stop --pid {holder.pid}'"
    return "stop it"


def is_ours(holder: Holder) -> bool:
    """Return whether it is a Spawning server."""
    return holder.command.startswith(f"{CONTROLLER} ")


def _shortened(command: str) -> str:
    return command if len(command) <= LONGEST else f"{command[: LONGEST - 1]}…"
