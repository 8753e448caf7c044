"""The conductor as a process: messages in, files saved, messages out."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from serving import PATIENCE
from spawning.messages import Abandoned, Begun, Serving

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


@pytest.mark.parametrize("save", SAVES)
def test_a_save_is_one_reload(
    save: Callable[[Path, str], None], project: Project, start: Start
) -> None:
    companion = start()
    companion.boot(project)
    save(project.folder / "views.py", "index = 22\n")
    assert companion.next().cause == "views.py changed (views <- urls <- app)"
    # From here on everything is known and watched, so equal bytes are seen as such.
    save(project.folder / "views.py", "index = 22\n")
    save(project.folder / "views.py", "index = 3\n")
    assert companion.next().cause == "views.py changed (views <- urls <- app)"
    save(project.folder / "views.py", "index = 3\n")
    save(project.folder / "urls.py", "from views import index as i\n")
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


def test_a_watched_file_without_reload(project: Project, start: Start) -> None:
    settings = project.write("settings.yaml", "a: 1\n", AN_HOUR_AGO)
    companion = start("settings.yaml", "../other.yaml", reload="")
    companion.send(Begun(1, AN_HOUR_AGO + 60), Serving(1))
    # Before the conductor looks; its time must be past that of the start, to the clock's tick.
    project.write("settings.yaml", "a: 2\n", time.time() + 5)
    assert companion.next().cause == "settings.yaml changed (--watch)"
    project.write("../other.yaml", "b: 1\n")
    told = f"{project.folder.parent}/other.yaml appeared (--watch)"
    assert companion.next().cause == told
    project.write("views.py", "not watched\n")
    settings.unlink()
    assert companion.next().cause == "settings.yaml deleted (--watch)"


def test_a_watched_link_that_is_pointed_elsewhere(project: Project, start: Start) -> None:
    """As a mounted configuration map does it: a link to a folder is replaced."""
    project.write("one/settings.yaml", "a: 1\n", AN_HOUR_AGO)
    project.write("two/settings.yaml", "a: 2\n", AN_HOUR_AGO)
    (project.folder / "data").symlink_to("one")
    (project.folder / "settings.yaml").symlink_to("data/settings.yaml")
    companion = start("settings.yaml", "views.py", reload="")
    companion.send(Begun(1, AN_HOUR_AGO + 60), Serving(1))
    project.write("views.py", "index = 22\n", time.time() + 5)
    companion.next()
    (project.folder / "new").symlink_to("two")
    (project.folder / "new").replace(project.folder / "data")
    assert companion.next().cause == "settings.yaml changed (--watch)"


def test_a_save_while_the_application_is_imported(project: Project, start: Start) -> None:
    """No event tells of it: the folder is watched only since the Graph came."""
    companion = start()
    project.write("views.py", "index = 22\n")
    os.utime(project.folder / "views.py", (AN_HOUR_AGO + 90, AN_HOUR_AGO + 90))
    companion.boot(project)
    assert companion.next().cause == "views.py changed (views <- urls <- app)"
    # Once: the same file with the same time is not taken for a change again.
    companion.boot(project, generation=2)
    companion.boot(project, generation=3)
    project.write("urls.py", "from views import index as i\n")
    assert companion.next().cause == "urls.py changed (urls <- app)"


def test_a_failed_start_leaves_its_files_watched(project: Project, start: Start) -> None:
    companion = start()
    companion.boot(project)
    project.write("app.py", "import urls, fresh\n")
    assert companion.next().cause == "app.py changed"
    fresh = project.write("fresh.py", "syntax error\n", AN_HOUR_AGO)
    project.modules.append("fresh.py")
    companion.send(Begun(2, time.time()), project.graph(2), Abandoned(2))
    fresh.write_text("x = 1\n")
    assert companion.next().cause == "fresh.py changed (fresh <- app)"
    # Its next start says nothing yet: both older ones still count.
    companion.send(Begun(3, time.time()))
    fresh.write_text("x = 2\n")
    assert companion.next().cause == "fresh.py changed (fresh <- app)"


def test_several_workers_report_the_same(project: Project, start: Start) -> None:
    companion = start()
    companion.send(Begun(1, AN_HOUR_AGO + 60), *[project.graph(1)] * 4, Serving(1))
    project.write("views.py", "index = 22\n")
    assert companion.next().cause == "views.py changed (views <- urls <- app)"


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


def test_signals_of_the_terminal_do_not_end_it_and_end_of_file_does(
    project: Project, start: Start
) -> None:
    companion = start()
    companion.boot(project)
    project.write("views.py", "index = 22\n")
    companion.next()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
        companion.process.send_signal(number)
    project.write("views.py", "index = 3\n")
    companion.next()
    companion.channel.close()
    assert companion.process.wait(PATIENCE) == 0
    assert companion.end() == ""


def test_modules_of_the_user_do_not_shadow_ours(project: Project, start: Start) -> None:
    for name in ("select", "json", "graph", "selectors", "watchdog", "spawning", "queue"):
        project.write(f"{name}.py", "raise SystemExit('shadowed')\n", AN_HOUR_AGO)
    companion = start()
    companion.boot(project)
    project.write("views.py", "index = 22\n")
    assert companion.next().cause == "views.py changed (views <- urls <- app)"


def test_where_the_kernel_watches_no_more_the_project_is_polled(
    project: Project, start: Start
) -> None:
    """In a user namespace the limit can be ours."""
    limit = 'echo 1 > /proc/sys/user/max_inotify_watches && exec "$0" "$@"'
    lower = ["unshare", "-r", "sh", "-c", limit]
    if subprocess.run([*lower, "true"], capture_output=True).returncode:
        pytest.skip("user namespaces are not allowed here")
    project.write("pkg/__init__.py", "", AN_HOUR_AGO)
    project.write("pkg/sub/__init__.py", "", AN_HOUR_AGO)
    project.modules += ["pkg/__init__.py", "pkg/sub/__init__.py"]
    companion = start(prefix=lower)
    companion.boot(project)
    project.write("views.py", "index = 22\n")
    assert companion.next().cause.startswith("views.py changed")
    project.write("pkg/sub/__init__.py", "x = 1\n")
    assert companion.next().cause == "pkg/sub/__init__.py changed"
    said = companion.end()
    assert said.count("\n") == 1
    assert said.startswith(f"spawn: cannot watch {project.folder}/pkg")
    assert "max_user_watches" in said
