"""What is measured is what coverage.py measures, and is taken under running threads."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from unit.devtools.covering import CORES, measured, run, write

pytestmark = pytest.mark.slow

SITE = {
    "site_app.py": """\
import threading
from contextlib import contextmanager

class Shape:
    sides = 4
    def area(self, by):
        if by > 1:
            return self.sides * by
        return 0

@contextmanager
def opened():
    try:
        yield [part for part in range(3) if part]
    finally:
        done = True

def pieces(number):
    for one in range(number):
        if one == 2:
            continue
        try:
            yield one / (one - 1)
        except ZeroDivisionError:
            pass

def in_thread():
    found = []
    def work():
        while len(found) < 3:
            found.append(Shape().area(len(found)))
    other = threading.Thread(target=work)
    other.start()
    other.join()
    return found

def everything():
    with opened() as parts:
        total = sum(parts)
    for piece in pieces(4):
        total += piece
    return total, in_thread(), later()

def later():
    import site_late
    return site_late.x

def never():
    return 1
""",
    "site_late.py": "x = 1\nclass Late:\n    y = 2\n",
    "left_out.py": "z = 1\n",
    ".coveragerc": "[run]\nsource = .\nomit = left_out.py\n",
}
IN_THREAD = {8, 9, 28, 30, 31, 35}
"""Lines of which some run in another thread."""

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
    ((before, after, rest),) = measured(tmp_path, import_folders, PROGRAM, core, branch=branch)
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


@pytest.mark.parametrize("core", CORES)
def test_a_forked_process_goes_on(tmp_path: Path, import_folders: list[str], core: str) -> None:
    write(tmp_path, SITE)
    program = """
known = set(os.listdir("/proc/self/fd"))
it.start()
import site_late
tell(len(os.listdir("/proc/self/task")), sorted(set(os.listdir("/proc/self/fd")) - known))
sys.stdout.flush()
if not os.fork():
    import site_app
    tell(taken())
    sys.stdout.flush()
    it.see_again()
    site_app.in_thread()
    tell(taken())
    sys.stdout.flush()
    os._exit(0)
os.wait()
"""
    (tasks, opened), (inherited,), (after,) = measured(tmp_path, import_folders, program, core)
    assert (tasks, opened) == (1, [])
    assert inherited[""]["site_late.py"] == [1, 2, 3]
    assert 48 in inherited[""]["site_app.py"]
    assert set(after[""]["site_app.py"]) > IN_THREAD


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


@pytest.mark.parametrize("core", CORES)
def test_what_is_gone_is_let_go(tmp_path: Path, import_folders: list[str], core: str) -> None:
    if core == "pytrace":
        pytest.skip("its tracers hold themselves")
    write(tmp_path, SITE)
    program = """
import _thread
it.start()
import site_app
def hoarded():
    tracers = it._collector.tracers
    return len(getattr(tracers[0], "code_objects", tracers))
def beside(work):
    over = _thread.allocate_lock()
    over.acquire()
    _thread.start_new_thread(lambda: (work(), over.release()), ())
    over.acquire()
for number in range(70_000 if CORE == "sysmon" else 1_600):
    if CORE == "sysmon":
        exec(compile("def f():\\n    pass\\nf()", "<made>", "exec"), {})
    else:
        other = threading.Thread(target=int)
        other.start()
        other.join()
    if number % 100 == 0:
        beside(it.let_go)
it.take()
it.see_again()
site_app.in_thread()
tell(hoarded(), taken())
"""
    ((number, ran),) = measured(tmp_path, import_folders, program, core)
    assert number < (61_000 if core == "sysmon" else 1_200)
    assert set(ran[""]["site_app.py"]) > IN_THREAD


@pytest.mark.parametrize("core", CORES)
def test_the_end_is_silent(tmp_path: Path, import_folders: list[str], core: str) -> None:
    write(tmp_path, SITE)
    program = """
import atexit
it.start()
class Late:
    def __del__(self):
        site_app.everything()
import site_app
kept = Late()
atexit.register(site_app.never)
busy = threading.Event()
def wait():
    busy.set()
    threading.Event().wait()
threading.Thread(target=wait, daemon=True).start()
busy.wait()
it.stop()
site_app.never()
tell(taken()[""]["site_app.py"].count(49))
"""
    assert measured(tmp_path, import_folders, program, core) == [[0]]
