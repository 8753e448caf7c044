"""The clients of steady.py seen from the one who measures: started, and ended."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any

import psutil

FOLDER = Path(__file__).parent
SLOW = 50
"""Connections that send a byte now and then."""
LIMIT = 60.0


class Clients:
    """The load of one server, and its slow clients, while the block lasts."""

    def __init__(self, port: int, rate: int) -> None:
        words = {
            "steady_load.py": [str(port), str(rate)],
            "robustness_drip.py": [str(port), str(SLOW)],
        }
        self._programs = [
            subprocess.Popen(
                [sys.executable, str(FOLDER / name), *own],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for name, own in words.items()
        ]

    def __enter__(self) -> Clients:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        for program in self._programs:
            program.kill()
            program.wait()

    def ended(self) -> tuple[dict[str, Any], str]:
        """End the load; return what its clients have seen, and what has gone wrong with them."""
        spent = sum(psutil.Process(self._programs[0].pid).cpu_times()[:2])
        gone = [program.poll() for program in self._programs]
        told = [program.communicate(timeout=LIMIT)[0] for program in self._programs]
        if any(code is not None for code in gone):
            return {"answered": {}, "failed": {}}, f"clients ended early, with {gone}"
        return {**json.loads(told[0]), "cpu_seconds": round(spent, 1)}, ""
