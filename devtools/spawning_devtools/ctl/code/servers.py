"""Which server is meant: the one in this folder, or the one that is named."""

from __future__ import annotations

import os
from collections.abc import Mapping

from spawning.errors import ServerNotFound
from spawning.inspection import folders_of
from spawning.title import CONTROLLER

RELOADING = "--reload=dev"


def find(pid: int | None, option: str = RELOADING) -> int:
    """Return the process id of the controller that is meant; raises ServerNotFound.

    `option` is what a server needs that is asked.
    """
    return chosen(folders_of(CONTROLLER), os.getcwd(), pid, option)


def chosen(
    servers: Mapping[int, str], folder: str, pid: int | None, option: str = RELOADING
) -> int:
    """Return which of `servers`, each with its folder, is meant by somebody in `folder`.

    Raises ServerNotFound, with those that there are.
    """
    if pid is not None:
        if pid not in servers:
            known = _list(servers, option)
            raise ServerNotFound(f"process {pid} is no server's controller", known)
        return pid
    place = folder
    while True:
        here = [number for number, where in servers.items() if where == place]
        if len(here) == 1:
            return here[0]
        if here:
            several = {number: servers[number] for number in here}
            raise ServerNotFound(f"{len(here)} servers run in {place}", _list(several, option))
        parent = os.path.dirname(place)
        if parent == place:
            raise ServerNotFound(f"no server was started in {folder}", _list(servers, option))
        place = parent


def _list(servers: Mapping[int, str], option: str) -> str:
    if not servers:
        return f"none runs on this machine; start one: spawn {option} MODULE.APPLICATION"
    known = ", ".join(f"--pid {pid} ({where or '?'})" for pid, where in sorted(servers.items()))
    return f"type one of: {known}"
