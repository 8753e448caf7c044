"""Where the history of a project is kept: a file of the user's own, for each project one."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path

LONGEST = 2 << 20
"""Bytes; what is older than the last half of them is given up."""


def file_of(folder: str, environ: Mapping[str, str], name: str = "python") -> Path:
    """Return where the history of the project in `folder` is."""
    state = environ.get("XDG_STATE_HOME") or os.path.join(os.path.expanduser("~"), ".local/state")
    digest = hashlib.sha256(os.path.realpath(folder).encode()).hexdigest()[:8]
    project = os.path.basename(os.path.realpath(folder)) or "root"
    return Path(state, "spawning", "history", f"{project}-{digest}.{name}")


def prepared(file: Path) -> Path | None:
    """Make the file, for nobody else to read, and cut it where it has become long.

    None where that cannot be: then the history lasts as long as the terminal.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600))
        if file.stat().st_size > LONGEST:
            _cut(file)
    except OSError:
        return None
    return file


def _cut(file: Path) -> None:
    kept = file.read_bytes()[-LONGEST // 2 :]
    begin = kept.find(b"\n# ")  # each statement comes after the time at which it was typed
    spare = file.with_suffix(".new")
    spare.touch(0o600)
    spare.write_bytes(kept[begin + 1 :])
    spare.replace(file)
