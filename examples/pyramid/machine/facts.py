"""What the kernel tells of this machine, in bytes and seconds."""

import os
import platform
import shutil
from pathlib import Path

PROC = Path("/proc")


def processors():
    """Return how many there are, and how many programs want one: of late, and for longer."""
    return {"count": os.cpu_count(), "load": [round(load, 2) for load in os.getloadavg()]}


def memory():
    """Return what there is of memory, and what is taken of it."""
    lines = (line.split() for line in (PROC / "meminfo").read_text().splitlines())
    known = {words[0].rstrip(":"): int(words[1]) * 1024 for words in lines}
    return {"total": known["MemTotal"], "used": known["MemTotal"] - known["MemAvailable"]}


def disk(path):
    """Return the same for the disk that holds `path`."""
    found = shutil.disk_usage(path)
    return {"path": path, "total": found.total, "used": found.total - found.free}


def system():
    """Return what it is, and how long it has been running."""
    return {
        "name": platform.node(),
        "kernel": f"{platform.system()} {platform.release()}",
        "up": float((PROC / "uptime").read_text().split()[0]),
    }
