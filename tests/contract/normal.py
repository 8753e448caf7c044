"""Answers as they would be elsewhere: with the paths, numbers and times of one imaginary machine.

What is the same at each run stays as it is.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

MOMENT = 1_800_000_000.25
DAY = "Fri Jan 15 08:00:00 2027"
HOME = "/home/ada/shop"
PROGRAMS = "/home/ada/.venv/bin"
FIRST_PID = 4000
RUN = "c0ffee00"

ALWAYS: Mapping[str, Any] = {
    # Times of day, and durations.
    **dict.fromkeys(("at", "time", "since"), MOMENT),
    **dict.fromkeys(("after", "seconds"), 0.25),
    **dict.fromkeys(("age", "uptime_seconds"), 12.5),
    "heartbeat_age": 0.5,
    "started": 123456,
    **dict.fromkeys(("now", "started_at", "forked_at"), DAY),
    "uptime": "12s",
    # What depends on the machine, and on when one looks.
    "memory": 2**25,
    "connections": 0,
    "bytes": 9,
    "seq": 12,
    # What others have installed.
    "version": "1.0.0",
    "python": "3.13.0",
    "coverage": "7.14.0",
    "core": "ctrace",
    "reason": "ctrace: coverage.py's usual core",
    "run": RUN,
}
"""By the name of a field: what stands for its value, where that is of the same type."""


class Place:
    """Where a server runs, and as what."""

    def __init__(self, folder: Path, controller: int, ports: Mapping[int, int]) -> None:
        runtime = str(folder.parent / "runtime")
        programs = str(Path(sys.executable).parent)
        self._texts = {str(folder): HOME, runtime: "/run/user/1000", programs: PROGRAMS}
        self._pids = {controller: FIRST_PID}
        self._ids: dict[str, str] = {}
        self._ports = ports

    def normal(self, value: Any, name: str = "") -> Any:
        """Return a value as it would be elsewhere; `name`: of the field that it is in."""
        if isinstance(value, dict):
            is_by_pid = name == "children"
            return {
                self._key(key) if is_by_pid else key: self.normal(inside, key)
                for key, inside in value.items()
            }
        if isinstance(value, list):
            return [self.normal(inside, name) for inside in value]
        if name == "pid":
            return self._pid(value)
        if type(value) is type(ALWAYS.get(name)) and not self._is_path(value):
            return ALWAYS.get(name)
        return self._text(value, name) if isinstance(value, str) else value

    def _text(self, text: str, name: str) -> str:
        for real, shown in self._texts.items():
            text = text.replace(real, shown)
        for port, number in self._ports.items():
            text = re.sub(rf"(?<=:){port}\b", str(number), text)
        if name == "id":
            return self._ids.setdefault(text, f"{RUN}-{len(self._ids) + 1}")
        if name in ("python", "argv"):
            return re.sub(rf"^{PROGRAMS}/python[\d.]*$", f"{PROGRAMS}/python", text)
        return re.sub(r"\d+(?=\.secret$)", str(FIRST_PID), text)

    def _key(self, pid: str) -> str:
        return str(self._pid(int(pid)))

    def _pid(self, pid: int) -> int:
        """Return a number for a process: the same for the same, in the order of their coming."""
        return self._pids.setdefault(pid, FIRST_PID + len(self._pids))

    @staticmethod
    def _is_path(value: Any) -> bool:
        return isinstance(value, str) and value.startswith("/")
