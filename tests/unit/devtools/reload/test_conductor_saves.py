"""The conductor as a process: what editors and git do to files, and what comes of it."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from spawning.messages import Abandoned, Begun

from .conftest import AN_HOUR_AGO, Companion, Project

pytestmark = pytest.mark.slow

Start = Callable[..., Companion]


def in_place(path: Path, text: str) -> None:
    path.write_text(text)


def in_pieces(path: Path, text: str) -> None:
    with path.open("w") as file:
        for letter in text:
            file.write(letter)
            file.flush()


def by_replacement(path: Path, text: str) -> None:
    draft = path.with_suffix(".tmp")
    draft.write_text(text)
    draft.replace(path)


def from_elsewhere(path: Path, text: str) -> None:
    draft = path.parent.parent / "draft"
    draft.write_text(text)
    draft.replace(path)


def vim_with_backup(path: Path, text: str) -> None:
    backup = path.with_name(path.name + "~")
    path.rename(backup)
    path.write_text(text)
    path.chmod(0o644)
    backup.unlink()


def safe_write(path: Path, text: str) -> None:
    new, old = path.with_name(path.name + "___new"), path.with_name(path.name + "___old")
    new.write_text(text)
    path.rename(old)
    new.rename(path)
    old.unlink()


def delete_and_create(path: Path, text: str) -> None:
    path.unlink()
    path.write_text(text)


SAVES = [
    in_place,
    in_pieces,
    by_replacement,
    from_elsewhere,
    vim_with_backup,
    safe_write,
    delete_and_create,
]
LEAVING_A_GAP = SAVES[-3:]
"""In the middle of these there is no file of that name."""


@contextlib.contextmanager
def held(companion: Companion) -> Iterator[None]:
    """Hold a conductor up: a file that is away for too long, by its clock, was deleted."""
    companion.process.send_signal(signal.SIGSTOP)
    os.waitid(os.P_PID, companion.process.pid, os.WSTOPPED)
    try:
        yield
    finally:
        companion.process.send_signal(signal.SIGCONT)


@pytest.mark.parametrize("save", SAVES)
def test_a_save_is_one_reload(
    save: Callable[[Path, str], None], project: Project, start: Start
) -> None:
    companion = start()

    def saved(name: str, text: str) -> None:
        with held(companion) if save in LEAVING_A_GAP else contextlib.nullcontext():
            save(project.folder / name, text)

    companion.boot(project)
    saved("views.py", "index = 22\n")
    assert companion.next().cause == "views.py changed (views <- urls <- app)"
    # From here on everything is known and watched, so equal bytes are seen as such.
    saved("views.py", "index = 22\n")
    saved("views.py", "index = 3\n")
    assert companion.next().cause == "views.py changed (views <- urls <- app)"
    saved("views.py", "index = 3\n")
    saved("urls.py", "from views import index as i\n")
    assert companion.next().cause == "urls.py changed (urls <- app)"
    assert companion.end() == ""


def test_the_moment_of_the_first_change_is_told(project: Project, start: Start) -> None:
    companion = start()
    companion.boot(project)
    before = time.monotonic()
    project.write("views.py", "index = 22\n")
    assert before <= companion.next().since <= time.monotonic()


def test_what_is_not_loaded_does_not_count(project: Project, start: Start) -> None:
    companion = start()
    companion.boot(project)
    project.write("views.py", "index = 22\n")
    companion.next()
    project.write("notes.py", "nobody imports this\n")
    project.write("debug.log", "lines\n")
    project.write("urls.py", "from views import index as i\n")
    assert companion.next().cause == "urls.py changed (urls <- app)"


def test_reading_and_touching_is_no_change(project: Project, start: Start) -> None:
    companion = start()
    companion.boot(project)
    project.write("views.py", "index = 22\n")
    companion.next()
    for name in project.modules:
        (project.folder / name).read_text()
        (project.folder / name).touch()
        (project.folder / name).chmod(0o600)
    project.write("app.py", "import urls, views\n")
    assert companion.next().cause == "app.py changed"


def test_a_deleted_and_a_returning_file(project: Project, start: Start) -> None:
    companion = start()
    companion.boot(project)
    project.write("views.py", "index = 22\n")
    companion.next()
    (project.folder / "views.py").unlink()
    assert companion.next().cause == "views.py deleted (views <- urls <- app)"
    project.write("views.py", "index = 1\n")
    assert companion.next().cause == "views.py appeared (views <- urls <- app)"


def test_an_optional_import_that_appears_names_its_importer(project: Project, start: Start) -> None:
    companion = start()
    companion.boot(project)
    project.write("local_settings.py", "DEBUG = True\n")
    assert companion.next().cause == "local_settings.py appeared (local_settings <- app)"


def test_a_package_that_appears(project: Project, start: Start) -> None:
    companion = start()
    companion.boot(project)
    project.write("views.py", "index = 22\n")
    companion.next()
    project.write("local_settings/__init__.py", "DEBUG = True\n")
    told = "local_settings/__init__.py appeared (local_settings <- app)"
    assert companion.next().cause == told


def test_a_directory_that_goes_and_returns_is_watched_again(project: Project, start: Start) -> None:
    project.write("app.py", "import pkg.inner\n", AN_HOUR_AGO)
    project.write("pkg/__init__.py", "", AN_HOUR_AGO)
    inner = project.write("pkg/inner.py", "x = 1\n", AN_HOUR_AGO)
    project.modules += ["pkg/__init__.py", "pkg/inner.py"]
    companion = start()
    companion.boot(project)
    project.write("views.py", "index = 22\n")
    companion.next()
    (project.folder / "pkg").rename(project.folder / "pkg.old")
    assert companion.next().cause == "2 files changed (pkg/__init__.py, pkg/inner.py)"
    project.write("new/__init__.py", "")
    project.write("new/inner.py", "x = 1\n")
    (project.folder / "new").rename(project.folder / "pkg")
    assert companion.next().cause == "2 files changed (pkg/__init__.py, pkg/inner.py)"
    (project.folder / "pkg.old" / "inner.py").write_text("another place\n")
    inner.write_text("x = 2\n")
    assert companion.next().cause == "pkg/inner.py changed (pkg.inner <- app)"


def test_undoing_a_broken_save_reloads(project: Project, start: Start) -> None:
    companion = start()
    companion.boot(project)
    project.write("views.py", "index = \n")
    companion.next()
    companion.send(Begun(2, time.time()), project.graph(2), Abandoned(2))
    project.write("views.py", "index = 1\n")
    assert companion.next().cause == "views.py changed (views <- urls <- app)"


def test_a_checkout_of_a_thousand_files_is_one_reload(project: Project, start: Start) -> None:
    def git(*arguments: str) -> None:
        identity = ["-c", "user.name=n", "-c", "user.email=e@example.org"]
        subprocess.run(["git", *identity, *arguments], check=True, capture_output=True)

    project.modules = [f"pkg{n % 10}/m{n}.py" for n in range(1000)] + project.modules
    git("init", "-q", "-b", "one")
    for state in ("one", "two"):
        for name in project.modules[:1000]:
            project.write(name, f"x = '{state}'\n")
        git("add", "-A")
        git("commit", "-q", "-m", state)
        git("checkout", "-q", "-B", state)
    git("branch", "-f", "one", "two~1")
    for name in project.modules:
        os.utime(project.folder / name, (AN_HOUR_AGO, AN_HOUR_AGO))
    companion = start()
    companion.boot(project)
    project.write("views.py", "index = 22\n")
    companion.next()
    git("checkout", "-q", "-f", "one")
    cause = companion.next().cause
    assert cause.startswith("1,001 files changed (")
    assert cause.endswith(" and 999 more)")
    project.write("views.py", "index = 3\n")
    assert companion.next().cause.startswith("views.py changed")
