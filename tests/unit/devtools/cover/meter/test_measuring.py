"""What is measured is what coverage.py measures, and is taken under running threads."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from unit.devtools.cover.meter.covering import CORES, SITE, How, measured, run, write

pytestmark = pytest.mark.slow

PROGRAM = """
it.start()
import site_app, left_out
before = taken()
site_app.everything()
tell(before, taken(), taken())
"""
ALONE = """\
import coverage, json, os, sys
sys.path.insert(0, os.getcwd())
measured = coverage.Coverage(branch=sys.argv[2] == "1")
measured.config.core = sys.argv[1]
measured.start()
import site_app, left_out
site_app.everything()
measured.stop()
data = measured.get_data()
look = data.arcs if data.has_arcs() else data.lines
print(json.dumps({os.path.basename(path): sorted(look(path)) for path in data.measured_files()}))
"""


@pytest.mark.parametrize("branch", [False, True], ids=["lines", "branches"])
@pytest.mark.parametrize("core", CORES)
def test_it_is_what_coverage_py_measures(
    tmp_path: Path, import_folders: list[str], core: str, branch: bool
) -> None:
    if core == "sysmon" and branch and sys.version_info < (3, 14):
        pytest.skip("never chosen")
    write(tmp_path, SITE)
    (alone,) = run(tmp_path, import_folders, "-c", ALONE, core, str(int(branch)))
    ((before, after, rest),) = measured(tmp_path, import_folders, PROGRAM, How(core, branch=branch))
    assert set(before[""]) == {"site_app.py"}
    found: dict[str, Any] = {
        name: sorted({*map(key, before[""].get(name, [])), *map(key, after[""][name])})
        for name in after[""]
    }
    alone.pop("<string>", None)
    assert found == {name: sorted(map(key, ran)) for name, ran in alone.items() if ran}
    assert rest == {}


def key(ran: Any) -> Any:
    return tuple(ran) if isinstance(ran, list) else ran


@pytest.mark.parametrize("core", CORES)
def test_lines_are_seen_again_when_it_is_asked_for(
    tmp_path: Path, import_folders: list[str], core: str
) -> None:
    write(tmp_path, SITE)
    program = """
it.start()
import site_app
site_app.later()
it.take()
it.see_again()
site_app.later()
other = threading.Thread(target=site_app.later)
other.start()
other.join()
tell(taken())
"""
    ((again,),) = measured(tmp_path, import_folders, program, core)
    assert again == {"": {"site_app.py": [45, 46]}}


LOOPS = """\
def parts():
    while True:
        yield 1
        two = 2

def loop(stop, turn):
    while not stop.is_set():
        turn.set()
        three = 3
    return three
"""


@pytest.mark.parametrize("core", CORES)
def test_what_has_begun_before_is_seen_again_too(
    tmp_path: Path, import_folders: list[str], core: str
) -> None:
    write(tmp_path, {"loops.py": LOOPS, ".coveragerc": "[run]\nsource = .\n"})
    program = """
it.start()
import loops
parts = loops.parts()
next(parts), next(parts)
stop, turn = threading.Event(), threading.Event()
thread = threading.Thread(target=loops.loop, args=(stop, turn))
def turn_around():
    for _ in range(2):
        turn.clear()
        turn.wait()
thread.start()
turn_around()
it.take()
it.see_again()
turn_around()
next(parts)
found = taken()
stop.set()
thread.join()
tell(found)
"""
    ((again,),) = measured(tmp_path, import_folders, program, core)
    # Versions of Python differ in whether `while True` is a line that runs.
    assert set(again[""]["loops.py"]) - {2} == {3, 4, 7, 8, 9}


@pytest.mark.parametrize("core", CORES)
def test_nothing_is_lost_while_threads_run(
    tmp_path: Path, import_folders: list[str], core: str
) -> None:
    functions = "".join(f"def f{n}():\n    x = {n}\n    return x\n" for n in range(3_000))
    write(tmp_path, {"many.py": functions, ".coveragerc": "[run]\nsource = .\n"})
    program = """
sys.setswitchinterval(1e-6)
it.start()
import many
together = threading.Barrier(5)
def work(first):
    together.wait()
    for number in range(first, 3_000, 4):
        getattr(many, f"f{number}")()
threads = [threading.Thread(target=work, args=(first,)) for first in range(4)]
for thread in threads:
    thread.start()
found = set()
together.wait()
while any(thread.is_alive() for thread in threads):
    found.update(*it.take().get("", {}).values())
found.update(*it.take().get("", {}).values())
tell(len(found))
"""
    ((lines,),) = measured(tmp_path, import_folders, program, core)
    assert lines == 9_000


def test_what_runs_during_a_take_is_taken_next(tmp_path: Path, import_folders: list[str]) -> None:
    write(tmp_path, SITE)
    program = """
class Racing(set):
    def copy(self):
        found = set(self)
        self.add(max(found) + 1)
        return found
it.start()
it._collector.data["racing.py"] = lines = Racing({1})
tell(taken()[""], taken()[""])
lines.discard(3)
tell(taken())
lines.add(7)
tell(taken()[""])
"""
    first, second, third = measured(tmp_path, import_folders, program, "ctrace")
    assert first == [{"racing.py": [1]}, {"racing.py": [2]}]
    assert second == [{}]
    assert third == [{"racing.py": [7]}], "frames that run now hold the set itself"


def test_files_are_told_before_they_run_and_ours_never_are(
    tmp_path: Path, import_folders: list[str]
) -> None:
    write(
        tmp_path,
        {**SITE, ".coveragerc": "[run]\nsource_pkgs = site_app,spawning,spawning_devtools\n"},
    )
    program = """
it.start()
import site_app, site_late
from spawning import daemon
tell(considered, taken())
"""
    ((considered, ran),) = measured(tmp_path, import_folders, program, "ctrace")
    assert considered == [["site_app.py", "<module>"]]
    assert list(ran[""]) == ["site_app.py"]


def test_a_run_of_its_own_is_set_aside(tmp_path: Path, import_folders: list[str]) -> None:
    write(tmp_path, SITE)
    (tmp_path / ".coveragerc").write_text(
        "[run]\nsource = .\nparallel = true\nsigterm = true\ndata_file = data/of/mine\n"
        "concurrency = multiprocessing\ndynamic_context = test_function\ncontext = mine\n"
        "debug = sys,config\ndebug_file = debug.txt\npatch = _exit,subprocess\n"
        "relative_files = true\nno_such_option = 1\ntimid = true\n"
    )
    program = """
import signal
before = os._exit, signal.getsignal(signal.SIGTERM), dict(os.environ)
it.start()
import site_late
unchanged = before == (os._exit, signal.getsignal(signal.SIGTERM), dict(os.environ))
tell(unchanged, type(sys.gettrace()).__name__, list(it.take()[""]))
"""
    ((unchanged, tracer, paths),) = measured(tmp_path, import_folders, program, "ctrace")
    assert unchanged
    assert tracer == "CTracer"
    assert paths == [str(tmp_path.resolve() / "site_late.py")]
    left = {path.name for path in tmp_path.iterdir()} - {"__pycache__"}
    assert left == set(SITE), "nothing is written"
