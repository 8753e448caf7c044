"""What the kernel tells of a process: its title, its memory, its time."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import time

TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclasses.dataclass(frozen=True, slots=True)
class Process:
    """A process, at one instant."""

    title: str = ""
    memory: int = 0
    """Resident bytes."""
    cpu: float = 0.0
    """Seconds that it has used."""
    age: float = 0.0


def process_of(pid: int) -> Process:
    """Return what is known of a process; nothing where there is none."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        title = _read(f"/proc/{pid}/cmdline").replace(b"\0", b" ").decode(errors="replace").strip()
        # The second field is its name in brackets, which may hold anything.
        fields = _read(f"/proc/{pid}/stat").rpartition(b")")[2].split()
        memory = int(_read(f"/proc/{pid}/statm").split()[1]) * PAGE
        age = time.clock_gettime(time.CLOCK_BOOTTIME) - int(fields[19]) / TICKS
        return Process(title, memory, (int(fields[11]) + int(fields[12])) / TICKS, age)
    return Process()


def _read(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()
