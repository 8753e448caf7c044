"""Files that were read at import, noticed in a process of its own: a hook for audits stays."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from spawning_devtools.snapshots import ladder
from spawning_devtools.snapshots.readings import stamp_of
from spawning_devtools.snapshots.rungs import Kind, Ladder, Rung

PROGRAM = """
import os, sys
sys.path[:0] = {folders!r}
from pathlib import Path
from spawning_devtools.reload.origin import is_project
from spawning_devtools.snapshots.readings import Readings
readings = Readings(is_project)
readings.take()
{statement}
print([(os.path.basename(path), bool(stamp)) for path, stamp in readings.take()])
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("statement", "noticed"),
    [
        ("open('a.ini').close()", ["a.ini"]),
        ("Path('a.ini').read_text()", ["a.ini"]),
        ("os.close(os.open('a.ini', os.O_RDONLY))", ["a.ini"]),
        ("exec(open('conf.py').read())", ["conf.py"]),  # as Flask's from_pyfile does
        ("open('a.ini', 'a').close()", []),
        ("open('new', 'w').close()", []),
        ("open('/proc/self/status').close(); open('/dev/null').close()", []),
        ("open(os.pipe()[0]).close()", []),
        ("readings.end(); open('a.ini').close()", []),
        ("os.listdir('.'); os.close(os.open('.', os.O_RDONLY))", []),
    ],
)
def test_what_is_read_is_noticed(
    tmp_path: Path, import_folders: list[str], statement: str, noticed: list[str]
) -> None:
    for name in ("a.ini", "conf.py"):
        (tmp_path / name).touch()
    program = PROGRAM.format(folders=import_folders, statement=statement)
    ran = subprocess.run(
        [sys.executable, "-Wignore", "-c", program],
        cwd=tmp_path, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert ran.stdout.strip() == repr([(name, True) for name in noticed])


def test_a_snapshot_that_has_read_another_file_is_stale(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.write_text("1")
    reading = (str(data), stamp_of(str(data)))
    known = Ladder().with_rung(Rung(1, Kind.NATURAL, "a", read=frozenset([reading])))
    known = known.with_rung(Rung(2, Kind.NATURAL, "b"))
    assert ladder.stale(known, stamp_of) == []
    data.write_text("12")
    assert ladder.stale(known, stamp_of) == [1]
    data.unlink()
    assert ladder.stale(known, stamp_of) == [1]
