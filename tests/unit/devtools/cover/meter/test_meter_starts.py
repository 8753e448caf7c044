"""Workers that start otherwise than most."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from unit.devtools.cover.meter.covering import write
from unit.devtools.cover.meter.metering import told

pytestmark = pytest.mark.slow


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
from spawning.http.green import monkey_patch
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
    found = told(tmp_path, import_folders, program, core=core)
    assert found == [[{"request 0 app.py": [4, 5, 6]}]]
