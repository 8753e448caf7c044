"""What the observer of imports reports, of an application in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from spawning.messages import Graph, decode


def graphs_of(program: str, folder: Path, import_folders: list[str]) -> list[Graph]:
    """Run a program in `folder` that prints its reports, a line each; return these."""
    ran = subprocess.run(
        [sys.executable, "-c", program],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(import_folders)},
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stderr
    graphs = [decode(line.encode()) for line in ran.stdout.splitlines()]
    return [graph for graph in graphs if isinstance(graph, Graph)]
