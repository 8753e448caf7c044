"""Becoming another user, once all that needs root is done.

Files and sockets that the user has to open, remove or replace later are given
to him; nothing but regular files and sockets is, and no file with several names:
one of them could be another user's.
"""

from __future__ import annotations

import dataclasses
import grp
import os
import pwd
import stat
import sys
from pathlib import Path
from typing import Any

from spawning.errors import UsageError


@dataclasses.dataclass(frozen=True, slots=True)
class Identity:
    """A user and a group; no name where the system knows none for the number."""

    uid: int
    gid: int
    name: str
    home: str


def find(text: str) -> Identity:
    """Return whom USER[:GROUP] names; raises UsageError where there is no such user or group."""
    user, _, group = text.partition(":")
    entry = _user(user)
    if entry is None and not _is_number(user):
        raise UsageError(f"--chuid: there is no user '{user}'", "type a name from /etc/passwd")
    if entry is None and not group:
        raise UsageError(
            f"--chuid: the system has no name for user {user}, hence no group",
            f"type a group as well: --chuid {user}:{user}",
        )
    gid = _gid(group) if group else entry.pw_gid if entry else 0
    if entry is None:
        return Identity(int(user), gid, "", "/")
    return Identity(entry.pw_uid, gid, entry.pw_name, entry.pw_dir)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _user(text: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwuid(int(text)) if _is_number(text) else pwd.getpwnam(text)
    except (KeyError, OverflowError):
        return None


def _gid(text: str) -> int:
    try:
        return int(text) if _is_number(text) else grp.getgrnam(text).gr_gid
    except KeyError:
        raise UsageError(
            f"--chuid: there is no group '{text}'", "type a name from /etc/group"
        ) from None


def check_rights(identity: Identity) -> None:
    """Raise UsageError where we could not become `identity`."""
    if os.geteuid() != 0 and (os.geteuid(), os.getegid()) != (identity.uid, identity.gid):
        raise UsageError(
            "--chuid: only root can change to another user", "start as root, or leave --chuid out"
        )


def give_file(identity: Identity, descriptor: int) -> None:
    """Make an open file the user's, where it is one."""
    found = os.fstat(descriptor)
    if stat.S_ISREG(found.st_mode) and found.st_nlink == 1:
        os.fchown(descriptor, identity.uid, identity.gid)


def give_socket(identity: Identity, path: str) -> None:
    """Make a unix socket the user's."""
    os.chown(path, identity.uid, identity.gid, follow_symlinks=False)


def for_child(identity: Identity) -> dict[str, Any]:
    """Return the arguments with which subprocess starts a process as `identity`.

    None where we are that user already.
    """
    if os.geteuid() != 0:
        return {}
    named = identity.name
    groups = os.getgrouplist(named, identity.gid) if named else [identity.gid]
    names = {"USER": named, "LOGNAME": named} if named else {}
    return {
        "user": identity.uid,
        "group": identity.gid,
        "extra_groups": groups,
        "env": {**os.environ, "HOME": identity.home, **names},
    }


def assume(identity: Identity) -> None:
    """Be `identity` from now on, and for ever; raises UsageError where the system refuses."""
    try:
        if os.geteuid() == 0:
            if identity.name:
                os.initgroups(identity.name, identity.gid)
            else:
                os.setgroups([identity.gid])
        os.setresgid(identity.gid, identity.gid, identity.gid)
        os.setresuid(identity.uid, identity.uid, identity.uid)
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UsageError(f"--chuid: the system refuses to change the user: {reason}") from None
    os.environ["HOME"] = identity.home
    if identity.name:
        os.environ["USER"] = os.environ["LOGNAME"] = identity.name
    _check_reach(identity.name or str(identity.uid))


def _check_reach(name: str) -> None:
    """Find out now what would have every worker fail."""
    folder = Path.cwd()
    if not os.access(folder, os.R_OK | os.X_OK):
        raise UsageError(
            f"--chuid: {name} may not read the folder {folder}",
            "start in a folder that the user may read",
        )
    if not os.access(sys.executable, os.X_OK):
        raise cannot_run(name)


def cannot_run(name: str) -> UsageError:
    """Return the error that a user may not start the interpreter that we run with."""
    return UsageError(
        f"--chuid: {name} may not run {sys.executable}",
        "install Python where every user can reach it",
    )
