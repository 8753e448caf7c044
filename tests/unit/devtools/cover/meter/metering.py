"""Programs that have a meter, as a worker has, each in a process of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from unit.devtools.cover.meter.covering import run, write

SITE = {
    "app.py": """\
import early

def index(number):
    if number > 1:
        return "many"
    return "few"

def late():
    import lazy
    return lazy.answer()

index(1)
""",
    "early.py": "x = 1\n",
    "lazy.py": "WORDS = ['a']\n\nclass Late:\n    y = 2\n\ndef answer():\n    return WORDS[0]\n",
    ".coveragerc": "[run]\nsource = .\n",
}

HEAD = """\
import json, os, socket, sys
from spawning.config import Config
from spawning.messages import Boot, CoverageOrder, CoverageTold, decode
from spawning_devtools.cover.meter.meter import Meter
keeper, worker = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
path = (os.getcwd(), *sys.path)
def boot(order=None, worker_id=1):
    return Boot(
        worker_id, 7, {}, (), -1, -1, -1, (0, 0, 0), 0, path,
        coverage=(-1, worker.fileno()), order=order,
    )
config = Config(coverage=True, coverage_contexts="contexts" in sys.argv)
meter = Meter(config, boot())
sys.path[:] = path
keeper.settimeout(60)
def hear(last, pid=os.getpid()):
    found = {}
    while True:
        message = decode(keeper.recv(200_000))
        kind = type(message).__name__
        if isinstance(message, CoverageTold):
            assert (message.worker_id, message.pid, message.generation) == (1, pid, 7)
            for file in message.files:
                assert len(file.digest) == 64
                key = f"{message.phase} {message.epoch} {os.path.basename(file.path)}"
                key += f" {file.context}" if file.context else ""
                found[key] = sorted({*found.get(key, ()), *file.lines})
        elif kind == last:
            if kind == "CoverageAck":
                found["ack"] = [message.worker_id, message.epoch, message.paused]
            return found
def tell(*things):
    print(json.dumps(things))
"""


def told(
    folder: Path, import_folders: list[str], program: str, *words: str, core: str = ""
) -> list[Any]:
    """Return what a program prints that has a `meter`; `core` is the one that is asked for."""
    write(folder, SITE)
    env = {"COVERAGE_CORE": core} if core else {}
    return run(folder, import_folders, "-c", HEAD + program, *words, env=env)
