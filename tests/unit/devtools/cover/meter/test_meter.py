"""What a worker tells of the lines that run in it, from its start to its end."""

from __future__ import annotations

from pathlib import Path

import pytest

from unit.devtools.cover.meter.metering import told

pytestmark = pytest.mark.slow


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
lines = []
while 5 not in lines:  # the first may be told before the second has run
    lines += [line for file in decode(keeper.recv(200_000)).files for line in file.lines]
tell(sorted(lines))
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
tell(hear("CoverageLeft"))
"""
    ((found,),) = told(tmp_path, import_folders, program, "contexts")
    assert found == {
        "request 0 app.py GET /1": [4, 6, 9, 10],
        "request 0 app.py GET /2": [4, 5, 9, 10],
        "import 0 lazy.py": [1, 3, 4, 6],
        "request 0 lazy.py GET /1": [7],
        "request 0 lazy.py GET /2": [7],
        "request 0 app.py": [4, 6],
    }
    ((found,),) = told(tmp_path, import_folders, program)
    assert found["request 0 app.py"] == [4, 5, 6, 9, 10]


@pytest.mark.parametrize("core", ["ctrace", "pytrace"])
def test_measuring_goes_on_after_a_debugger(
    tmp_path: Path, import_folders: list[str], core: str
) -> None:
    program = """
import threading
meter.start()
meter.begin(boot())
import app
meter.import_is_over()
hear("CoverageAck")
def debugged(environ, start):
    app.index(1)
    sys.settrace(None)
    app.index(2)
application = meter.around(debugged)
found = []
def serve():
    for epoch in (1, 2):
        application({}, None)
        meter.hear(CoverageOrder(epoch, False))
        found.append(hear("CoverageAck"))
    meter.end()
    application({}, None)
    found.append(sys.gettrace())
thread = threading.Thread(target=serve)
thread.start()
thread.join()
tell(*found)
"""
    ((first, second, tracer),) = told(tmp_path, import_folders, program, core=core)
    assert first["request 0 app.py"] == [4, 6]
    assert second["request 1 app.py"] == [4, 6]
    assert tracer is None
