"""Where a warm start cannot be had, or would be another than a cold one."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from serving import StartServer, wait_until
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
        ("import socket\nkept = socket.socket()\n", r"it has opened a socket"),
        ("import sqlite3\nkept = sqlite3.connect('db')\n", r"it has opened /.*/db"),
        ("import tempfile\nkept = tempfile.TemporaryFile()\n", r"it has opened /"),
    ],
)
def test_what_a_fork_would_share_or_lose_is_started_cold_and_said_once(
    serve: Serve, statement: str, complaint: str
) -> None:
    site = serve(steady=statement)
    assert not is_warm(site)
    said = [line for line in site.server.log.lines if "a warm start can hold" in line]
    assert len(said) == 1, said
    site.server.log.wait_for(complaint)


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


@pytest.mark.parametrize("broken", ["def view(:\n", "raise RuntimeError('at import')\n"])
def test_broken_code_is_told_once_and_the_next_good_save_is_served(
    serve: Serve, broken: str
) -> None:
    site = serve()
    assert is_warm(site)
    good = site.edited.read_text()
    site.settle()
    site.edited.write_text(broken + good)
    site.server.log.wait_for("generation 4 failed; generation 3 goes on serving")
    assert site.get()["version"] == "v2"
    site.edited.write_text(good)
    site.server.log.wait_for("generation 5 in")
    assert sum("error:" in line for line in site.server.log.lines) == 1
    assert is_warm(site)


def test_killed_snapshots_are_replaced(serve: Serve) -> None:
    site = serve()
    assert is_warm(site)
    before = site.get()["steady"]
    site.settle()
    for snapshot in site.snapshots():
        with contextlib.suppress(psutil.NoSuchProcess):  # the controller ends spares with it
            snapshot.kill()
    site.save(settled=False)
    assert site.get()["version"] == "v3"
    assert site.get()["steady"] != before
    assert is_warm(site)


def test_sighup_is_a_cold_start_and_snapshots_come_back(serve: Serve) -> None:
    site = serve()
    assert is_warm(site)
    before = site.get()["steady"]
    site.settle()
    begin = len(site.server.log.lines)
    site.server.signal(signal.SIGHUP)
    site.wait_for_generation(begin)
    assert site.get()["steady"] != before
    site.settle()
    assert is_warm(site)


def test_a_changed_package_is_imported_anew(serve: Serve, tmp_path: Path) -> None:
    package = installed(tmp_path, "VERSION = 'v2'\n")
    site = serve(steady="import fittings\nTOLD = [fittings.MARK, fittings.VERSION]\n")
    assert is_warm(site)
    mark, _ = site.get()["told"]
    site.save(package)
    now, version = site.get()["told"]
    assert (version, now == mark) == ("v3", False)


@pytest.mark.parametrize("option", ["--env-file", "--watch"])
def test_a_watched_file_may_have_been_read_by_anybody(
    serve: Serve, tmp_path: Path, option: str
) -> None:
    watched = tmp_path / "settings.env"
    watched.write_text("FLAG=v2\n")
    reading = {
        "--env-file": "TOLD = os.environ['FLAG']\n",
        "--watch": "TOLD = open('settings.env').read().strip()[5:]\n",
    }
    site = serve(option, str(watched), steady=reading[option])
    assert is_warm(site)
    assert site.get()["told"] == "v2"
    site.save(watched)
    assert site.get()["told"] == "v3"


def test_a_file_that_was_read_at_import_is_read_as_it_is_now(serve: Serve, tmp_path: Path) -> None:
    data = tmp_path / "data.json"
    data.write_text("[1]")
    site = serve(steady="import json\nTOLD = json.load(open('data.json'))\n")
    assert is_warm(site)
    assert site.get()["told"] == [1]
    site.settle()
    data.write_text("[2]")  # no reload by itself
    site.save()
    assert site.get()["told"] == [2]
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
    assert is_warm(site)
