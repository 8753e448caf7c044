"""Where a warm start cannot be had, or would be another than a cold one."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from serving import PATIENCE, StartServer, wait_until
from warm import Warm, write

pytestmark = pytest.mark.slow

Serve = Callable[..., Warm]


@pytest.fixture
def serve(spawn: StartServer, tmp_path: Path) -> Serve:
    """Serve the small application, with more in some of its modules."""

    def start(*options: str, **more: str) -> Warm:
        folder = write(tmp_path, **more)
        server = spawn(
            folder, "-s", "1", "--reload=dev", "-l", "/dev/null", *options, "mine.app",
            env={"PYTHONPATH": str(folder / "lib" / "site-packages")},
        )  # fmt: skip
        return Warm(server, folder)

    return start


def installed(folder: Path, text: str) -> Path:
    """Write a package that counts as installed."""
    package = folder / "lib" / "site-packages" / "fittings.py"
    package.parent.mkdir(parents=True)
    package.write_text(f"import os\nMARK = os.urandom(8).hex()\n{text}")
    return package


def is_warm(site: Warm) -> bool:
    """Return whether two saves, when all is ready, share what `steady` drew at import."""
    site.save()
    before = site.get()
    site.save()
    after = site.get()
    assert after["version"] == f"v{site.version}"
    return bool(before["steady"] == after["steady"])


THREAD = (
    "from threading import Event, Thread\n"
    "Thread(target=Event().wait, daemon=True, name='b').start()\n"
)


@pytest.mark.parametrize(
    ("statement", "complaint"),
    [
        (THREAD, r"before edited only: it has started a thread \(b\)"),
        ("import socket\nkept = socket.socketpair()\n", r"it has opened a socket"),
    ],
)
def test_what_a_fork_would_share_or_lose_is_started_cold_and_said_once(
    serve: Serve, statement: str, complaint: str
) -> None:
    site = serve(steady=statement)
    assert not is_warm(site)
    site.server.log.wait_for(complaint)
    said = [line for line in site.server.log.lines if "a warm start can hold" in line]
    assert len(said) == 1, said


HOOK = "import sys\nsys.meta_path.insert(0, type('Mine', (), {'find_spec': lambda *_: None})())\n"


@pytest.mark.parametrize(
    "more",
    [
        {"steady": HOOK},
        {"later": "import sys\nassert 'edited' in sys.modules\n"},
        {"later": "import os\nif 'edited' not in __import__('sys').modules: os._exit(1)\n"},
    ],
    ids=["import hook", "fails ahead of its turn", "ends ahead of its turn"],
)
def test_what_depends_on_the_order_keeps_it(serve: Serve, more: dict[str, str]) -> None:
    site = serve(**more)
    assert is_warm(site)
    before = site.get()["later"]
    site.save()
    assert site.get()["later"] != before


def test_what_an_installed_package_reads_of_the_environment_is_what_it_would_read(
    serve: Serve, tmp_path: Path
) -> None:
    installed(tmp_path, "SEEN = os.environ.get('FLAG')\n")
    settings = "import os\nos.environ['FLAG'] = 'v0'\nimport fittings\nTOLD = fittings.SEEN\n"
    site = serve(steady=settings)
    site.save(site.folder / "steady.py")
    assert site.get()["told"] == "v1"
    # Said of the worker that took the environment to become what it was.
    site.server.log.wait_for("starts once more, cold: the application changes its environment")
    site.save(site.folder / "steady.py")
    assert site.get()["told"] == "v2"


def test_a_module_that_stands_where_the_application_says_later_is_found(
    serve: Serve, tmp_path: Path
) -> None:
    installed(tmp_path, "try:\n    import faster as SEEN\nexcept ImportError:\n    SEEN = None\n")
    (tmp_path / "vendor").mkdir()
    (tmp_path / "vendor" / "faster.py").touch()
    path = "import sys, os\nsys.path.insert(0, os.path.abspath('vendor'))\nimport fittings\n"
    site = serve(steady=path + "TOLD = str(fittings.SEEN)\n")
    seen = site.get()["told"]
    assert "faster" in seen
    steady = site.folder / "steady.py"
    steady.write_text(steady.read_text() + "WORD = 'v0'\n")
    site.server.log.wait_for("generation 2 in")
    assert site.get()["told"] == seen
    assert is_warm(site)
    assert site.get()["told"] == seen


def test_broken_code_is_told_once_and_the_next_good_save_is_served(serve: Serve) -> None:
    site = serve()
    good = site.edited.read_text()
    for generation, broken in ((2, "def view(:\n"), (4, "raise RuntimeError('at import')\n")):
        site.settle()
        site.edited.write_text(broken + good)
        old = generation - 1
        site.server.log.wait_for(
            f"generation {generation} failed; generation {old} goes on serving"
        )
        assert site.get()["version"] == "v0"
        site.edited.write_text(good)
        site.server.log.wait_for(f"generation {generation + 1} in")
    assert sum("error:" in line for line in site.server.log.lines) == 2
    assert is_warm(site)


def test_killed_snapshots_are_replaced_and_those_of_before_sighup_not_used(serve: Serve) -> None:
    site = serve()
    assert is_warm(site)
    before = site.get()["steady"]
    site.settle()
    snapshots = site.snapshots()
    for snapshot in snapshots:
        with contextlib.suppress(psutil.NoSuchProcess):  # the controller ends spares with it
            snapshot.kill()
    # One that dies while it becomes a worker is a worker that was killed.
    assert not psutil.wait_procs(snapshots, PATIENCE)[1]
    site.save(settled=False)
    assert site.get()["version"] == "v3"
    assert site.get()["steady"] != before
    assert is_warm(site)
    before = site.get()["steady"]
    site.settle()
    begin = len(site.server.log.lines)
    site.server.signal(signal.SIGHUP)
    site.wait_for_generation(begin)
    assert site.get()["steady"] != before
    assert is_warm(site)


def test_a_changed_package_is_imported_anew(serve: Serve, tmp_path: Path) -> None:
    package = installed(tmp_path, "VERSION = 'v2'\n")
    site = serve(steady="import fittings\nTOLD = [fittings.MARK, fittings.VERSION]\n")
    assert is_warm(site)
    mark, _ = site.get()["told"]
    site.save(package)
    now, version = site.get()["told"]
    assert (version, now == mark) == ("v3", False)


READING = """
TOLD = [os.environ["FLAG"], open("watched").read(), open("data").read()]
"""


def test_what_was_read_at_import_is_read_as_it_is_now(serve: Serve, tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("env", "watched", "data")]
    for file, text in zip(files, ["FLAG=v0", "v0", "v0"], strict=True):
        file.write_text(text)
    site = serve("--env-file", "env", "--watch", "watched", steady=READING)
    assert is_warm(site)
    for number, file in enumerate(files):
        site.settle()
        begin = len(site.server.log.lines)
        file.write_text(file.read_text().replace("v0", "v9"))
        if file.name == "data":  # no reload by itself
            site.edited.write_text(site.edited.read_text() + "# saved\n")
        site.wait_for_generation(begin)
        assert site.get()["told"] == ["v9"] * (number + 1) + ["v0"] * (2 - number)
    assert is_warm(site)


def test_saves_that_do_not_wait_end_with_the_last(serve: Serve) -> None:
    site = serve()
    for _ in range(6):  # each while the ladder is still being built
        site.save(settled=False)
        assert site.get()["version"] == f"v{site.version}"
    for number in range(7, 30):
        site.edited.write_text(f"VERSION = 'v{number}'\n")
    wait_until(lambda: site.get()["version"] == "v29", "the last save is served")
    site.version = 29
    wait_until(lambda: is_warm(site), "saves are warm again")
