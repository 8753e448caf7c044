"""What a worker tells of the lines that run in it, from its start to its end."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from unit.devtools.covering import run, write

pytestmark = pytest.mark.slow

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
from spawning_devtools.cover.meter import Meter
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
keeper.settimeout(20)
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


def told(folder: Path, import_folders: list[str], program: str, *words: str) -> list[Any]:
    """Return what a program prints that has a `meter`."""
    write(folder, SITE)
    return run(folder, import_folders, "-c", HEAD + program, *words)


def test_a_worker_from_start_to_end(tmp_path: Path, import_folders: list[str]) -> None:
    program = """
meter.start()
meter.begin(boot())
import app
meter.import_is_over()
tell(hear("CoverageAck"))
app.index(2)
app.late()
meter.hear(CoverageOrder(0, False))
tell(hear("CoverageAck"))
app.index(1)
meter.end()
tell(hear("CoverageLeft"))
"""
    (imported,), (requested,), (rest,) = told(tmp_path, import_folders, program)
    assert imported == {
        "import 0 app.py": [1, 3, 4, 6, 8, 12],
        "import 0 early.py": [1],
        "ack": [1, 0, False],
    }
    assert requested == {
        "request 0 app.py": [4, 5, 9, 10],
        "import 0 lazy.py": [1, 3, 4, 6],
        "request 0 lazy.py": [7],
        "ack": [1, 0, False],
    }
    assert rest == {"request 0 app.py": [6]}


def test_it_is_told_without_being_asked(tmp_path: Path, import_folders: list[str]) -> None:
    program = """
meter.start()
meter.begin(boot())
import app
meter.import_is_over()
hear("CoverageAck")
app.index(2)
tell(sorted(line for file in decode(keeper.recv(200_000)).files for line in file.lines))
"""
    assert told(tmp_path, import_folders, program) == [[[4, 5]]]


def test_orders(tmp_path: Path, import_folders: list[str]) -> None:
    program = """
meter.start()
meter.begin(boot(CoverageOrder(4, True)))
import app
meter.import_is_over()
tell(hear("CoverageAck"))
app.index(2)
app.late()
meter.hear(CoverageOrder(4, False))
tell(hear("CoverageAck"))
app.index(2)
app.index(1)
meter.hear(CoverageOrder(5, False))
tell(hear("CoverageAck"))
app.index(2)
meter.hear(CoverageOrder(5, True))
tell(hear("CoverageAck"))
app.index(1)
meter.end()
tell(hear("CoverageLeft"))
"""
    starts, resumed, reset, paused, ended = (first for first, in told(
        tmp_path, import_folders, program
    ))  # fmt: skip
    assert starts["import 4 app.py"] == [1, 3, 4, 6, 8, 12]
    assert starts["ack"] == [1, 4, True]
    assert resumed == {"import 4 lazy.py": [1, 3, 4, 6], "ack": [1, 4, False]}
    assert reset == {"request 4 app.py": [4, 5, 6], "ack": [1, 5, False]}
    assert paused == {"request 5 app.py": [4, 5], "ack": [1, 5, True]}
    assert ended == {}


def test_a_worker_that_was_forked(tmp_path: Path, import_folders: list[str]) -> None:
    program = """
known = set(os.listdir("/proc/self/fd"))
meter.start()
import early
tell(len(os.listdir("/proc/self/task")), sorted(set(os.listdir("/proc/self/fd")) - known))
sys.stdout.flush()
child = os.fork()
if child:
    os.utime("early.py", (1, 1))  # a file that was saved as it was
    tell(hear("CoverageAck", child), hear("CoverageLeft", child))
    os.wait()
else:
    import app
    meter.begin(boot())
    meter.import_is_over()
    app.index(1)
    meter.end()
    os._exit(0)
"""
    (tasks, opened), (imported, requested) = told(tmp_path, import_folders, program)
    assert (tasks, opened) == (1, [])
    assert imported["import 0 early.py"] == [1], "its digest was known before the fork"
    assert imported["import 0 app.py"] == [1, 3, 4, 6, 8, 12]
    assert requested == {"request 0 app.py": [4, 6]}


def test_lines_of_a_source_that_is_not_known_are_not_told(
    tmp_path: Path, import_folders: list[str]
) -> None:
    program = """
meter.start()
meter.begin(boot())
import app
with open("app.py", "a") as file:
    file.write("# edited\\n")
meter.import_is_over()
tell(hear("CoverageAck"))
app.late()
meter.end()
tell(hear("CoverageLeft"))
"""
    (imported,), (rest,) = told(tmp_path, import_folders, program)
    assert imported == {"import 0 early.py": [1], "ack": [1, 0, False]}
    assert rest == {"import 0 lazy.py": [1, 3, 4, 6], "request 0 lazy.py": [7]}


def test_requests_are_told_apart(tmp_path: Path, import_folders: list[str]) -> None:
    program = """
meter.start()
meter.begin(boot())
import app
meter.import_is_over()
hear("CoverageAck")
def application(environ, start):
    return app.index(int(environ["PATH_INFO"][1:])), app.late()
labelled = meter.around(application)
for path in ("/1", "/2"):
    labelled({"REQUEST_METHOD": "GET", "PATH_INFO": path}, None)
app.index(1)
meter.end()
tell(hear("CoverageLeft"), meter.around(application) is application)
"""
    ((found, is_bare),) = told(tmp_path, import_folders, program, "contexts")
    assert not is_bare
    assert found == {
        "request 0 app.py GET /1": [4, 6, 9, 10],
        "request 0 app.py GET /2": [4, 5, 9, 10],
        "import 0 lazy.py": [1, 3, 4, 6],
        "request 0 lazy.py GET /1": [7],
        "request 0 lazy.py GET /2": [7],
        "request 0 app.py": [4, 6],
    }
    ((found, is_bare),) = told(tmp_path, import_folders, program)
    assert is_bare
    assert found["request 0 app.py"] == [4, 5, 6, 9, 10]


def test_a_start_that_fails(tmp_path: Path, import_folders: list[str]) -> None:
    program = """
meter.start()
meter.begin(boot())
try:
    import no_such_module
except ImportError:
    meter.end()
import early
keeper.setblocking(False)
try:
    keeper.recv(10)
except BlockingIOError:
    tell("silent")
"""
    assert told(tmp_path, import_folders, program) == [["silent"]]


def test_plugins_and_packages_of_the_project_are_found(
    tmp_path: Path, import_folders: list[str]
) -> None:
    write(
        tmp_path,
        {
            "mine.py": "import coverage\nclass Mine(coverage.CoveragePlugin):\n"
            "    def configure(self, config):\n        config.set_option('run:branch', True)\n"
            "def coverage_init(reg, options):\n    reg.add_configurer(Mine())\n",
        },
    )
    program = """
before = list(sys.path)
sys.path.remove(os.getcwd())
ours = list(sys.path)
with open(".coveragerc", "w") as file:
    file.write("[run]\\nplugins = mine\\nsource_pkgs = early\\n")
meter.start()
assert sys.path == ours
sys.path[:] = before
meter.begin(boot())
import app
meter.import_is_over()
tell(hear("CoverageAck"))
"""
    ((found,),) = told(tmp_path, import_folders, program)
    assert set(found) == {"import 0 early.py", "ack"}
    assert all(isinstance(arc, list) for arc in found["import 0 early.py"])


def test_a_configuration_that_broke_leaves_a_worker_that_serves(
    tmp_path: Path, import_folders: list[str]
) -> None:
    program = """
with open(".coveragerc", "w") as file:
    file.write("[run]\\nbranch = perhaps\\n")
from spawning import log
said = []
log.say = said.append
meter.start()
meter.begin(boot())
import app
meter.import_is_over()
tell(hear("CoverageAck"))
application = meter.around(app.index)
meter.hear(CoverageOrder(3, True))
tell(hear("CoverageAck"))
meter.end()
tell(hear("CoverageLeft"))
tell(said)
"""
    (imported,), (ordered,), (ended,), (said,) = told(tmp_path, import_folders, program)
    assert (imported, ordered, ended) == ({"ack": [1, 0, False]}, {"ack": [1, 3, True]}, {})
    (line,) = said
    assert "branch" in line


@pytest.mark.parametrize("core", ["ctrace", "sysmon"])
def test_greenlets_wait_for_nobody(tmp_path: Path, import_folders: list[str], core: str) -> None:
    if core == "sysmon" and sys.version_info < (3, 12):
        pytest.skip("no sys.monitoring")
    program = """
import dataclasses
config = dataclasses.replace(config, threads=0)
meter = Meter(config, boot())
meter.start()
from spawning.http.greenlets import monkey_patch
monkey_patch()
meter.begin(boot())
import app, eventlet
from eventlet import tpool
meter.import_is_over()
reader = eventlet.patcher.original("socket").socket
hear("CoverageAck")
eventlet.spawn(app.index, 2).wait()
tpool.execute(app.index, 1)
meter.end()
tell(hear("CoverageLeft"))
tpool.killall()
"""
    write(tmp_path, SITE)
    found = run(tmp_path, import_folders, "-c", HEAD + program, env={"COVERAGE_CORE": core})
    assert found == [[{"request 0 app.py": [4, 5, 6]}]]
