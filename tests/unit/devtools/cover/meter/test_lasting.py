"""What measures lasts: over forks, for as long as a server lives, and no longer."""

from __future__ import annotations

from pathlib import Path

import pytest

from unit.devtools.cover.meter.covering import CORES, SITE, measured, write

pytestmark = pytest.mark.slow

IN_THREAD = {8, 9, 28, 30, 31, 35}
"""Lines of which some run in another thread."""


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
