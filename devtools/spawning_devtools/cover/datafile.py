"""What coverage.py's reports are made from: its data, filled with what the keeper knows."""

from __future__ import annotations

from spawning_devtools.cover.facts import Setup, Snapshot


def write(path: str, setup: Setup, snapshot: Snapshot) -> None:
    """Write a `.coverage` file, which `coverage combine` merges with others.

    Of each file it has what ran of the source that is on disk.  Contexts are the requests
    where these are measured, else "import" and "request".  To be called in a process of its
    own (see `builds`, whose kind `data` this is): it changes the working directory.
    """
    raise NotImplementedError
