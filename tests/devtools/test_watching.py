"""What happens to files beyond a save: git, packages, links, and a watcher that was away."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from edited import APPLICATION, Edited, edited, project, source
from serving import title_of, wait_until

pytestmark = pytest.mark.slow


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Edited]:
    """A server of its own for each test, whose last save is one reload."""
    with edited(tmp_path / "a project, geprüft") as served:
        yield served
        served.views.write_text(source("the end"))
        served.next_reload(r"views\.py (changed|appeared)")
        assert served.answer() == "the end"


def module(site: Edited, name: str, text: str) -> Path:
    path = site.folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    return path


def uses(site: Edited, name: str) -> None:
    """Let `views.py` answer what a module says, and wait for that."""
    site.views.write_text(f"from {name} import TEXT\n")
    site.next_reload("views.py changed")


# ---------------------------------------------------------------- writers that take their time


def test_a_module_is_not_imported_before_its_writer_is_done(site: Edited) -> None:
    """A program that prints a module pauses longer than we wait for just any file."""
    slow = "sleep 1.6; echo 'TEXT = (' ; sleep 1.6; echo '1); TEXT = \"slow\"'"
    site.run("sh", "-c", f"{{ {slow}; }} > views.py")
    site.next_reload(r"^views\.py changed")
    assert site.answer() == "slow"


def test_saves_while_a_reload_runs_end_with_the_last(site: Edited) -> None:
    """Each save supersedes one reload at most, and no older content follows newer."""
    last = site.generation
    order = ["first", *(f"turn {turn}" for turn in range(20))]
    newest = 0
    for text in order[1:]:
        site.views.write_text(source(text))
        assert order.index(site.answer()) >= newest
        newest = order.index(site.answer())
    wait_until(lambda: site.answer() == order[-1], "the last save serves")
    site.server.wait_for_workers(1)
    # By its title: the line that tells of a generation comes after its first answers.
    title = title_of(site.server.workers()[0])
    site.generation = int(title.split("generation ")[1].split()[0])
    assert site.generation <= last + 20
    site.log.wait_for(rf": generation {site.generation} in")


# ---------------------------------------------------------------- packages


def test_a_package_that_was_missing_is_written(tmp_path: Path) -> None:
    with edited(tmp_path / "p") as site:
        site.views.write_text("from pkg.inner import TEXT\n")
        site.next_failure()
        # Without an `__init__.py`, and moved here whole.
        (tmp_path / "draft").mkdir()
        (tmp_path / "draft" / "inner.py").write_text(source("inner"))
        (tmp_path / "draft").rename(site.folder / "pkg")
        site.next_reload("^pkg appeared")
        assert site.answer() == "inner"


def test_a_package_is_moved_away_and_back(site: Edited) -> None:
    module(site, "pkg/__init__.py", "")
    inner = module(site, "pkg/inner.py", source("inner"))
    uses(site, "pkg.inner")
    (site.folder / "pkg").rename(site.folder / "old")
    site.next_failure()
    assert site.answer() == "inner"
    (site.folder / "old").rename(site.folder / "pkg")
    site.next_reload("2 files changed")
    inner.write_text(source("inner, again"))
    site.next_reload("pkg/inner.py changed")
    assert site.answer() == "inner, again"


def test_a_module_becomes_a_package_and_a_module_again(site: Edited) -> None:
    module(site, "a.py", source("a module"))
    uses(site, "a")
    draft = site.folder / "draft"
    draft.mkdir()
    (draft / "__init__.py").write_text(source("a package"))
    (site.folder / "a.py").unlink()
    draft.rename(site.folder / "a")
    site.next_reload("a")
    assert site.answer() == "a package"
    (site.folder / "a" / "__init__.py").write_text(source("a package, saved"))
    site.next_reload("a/__init__.py changed")
    assert site.answer() == "a package, saved"
    shutil.rmtree(site.folder / "a")
    (site.folder / "a.py").write_text(source("a module again"))
    site.next_reload("a")
    assert site.answer() == "a module again"


def test_a_package_that_shadows_a_module(site: Edited) -> None:
    module(site, "a.py", source("a module"))
    uses(site, "a")
    (site.folder / "a").mkdir()
    (site.folder / "a" / "__init__.py").write_text(source("a package"))
    site.next_reload("a/__init__.py")
    assert site.answer() == "a package"
    shutil.rmtree(site.folder / "a")
    site.next_reload("a/__init__.py")
    assert site.answer() == "a module"


# ---------------------------------------------------------------- links


def is_watched(site: Edited, folder: str) -> bool:
    """Return whether the kernel says so (proc_pid_fdinfo(5))."""
    descriptors = Path(f"/proc/{site.server.watcher().pid}/fdinfo").iterdir()
    inode = f"ino:{(site.folder / folder).stat().st_ino:x} "
    return any(inode in descriptor.read_text() for descriptor in descriptors)


def test_a_link_is_pointed_elsewhere(site: Edited) -> None:
    for name in ("one", "two", "three"):
        module(site, f"{name}/inner.py", source("one" if name == "two" else name))
    (site.folder / "current").symlink_to("one")
    uses(site, "current.inner")
    module(site, "mine.py", APPLICATION + "# so that everything else is known\n")
    site.next_reload("mine.py changed")
    site.run("ln", "-sfn", "two", "current")  # to the same bytes
    wait_until(lambda: is_watched(site, "two"), "the other folder is watched")
    (site.folder / "two" / "inner.py").write_text(source("two"))
    site.next_reload("current/inner.py changed")
    assert site.answer() == "two"
    site.run("ln", "-sfn", "three", "current")
    site.next_reload("current/inner.py changed")
    assert site.answer() == "three"
    (site.folder / "three" / "inner.py").write_text(source("three, saved"))
    site.next_reload("current/inner.py changed")
    assert site.answer() == "three, saved"


def test_a_module_that_is_a_link(site: Edited) -> None:
    real = site.folder.parent / "real.py"
    real.write_text(source("real"))
    (site.folder / "linked.py").symlink_to(real)
    uses(site, "linked")
    real.write_text(source("real, saved"))
    site.next_reload("linked.py changed")
    assert site.answer() == "real, saved"


def test_a_project_that_is_a_link_is_pointed_elsewhere_inside(tmp_path: Path) -> None:
    project(tmp_path / "releases" / "1")
    (tmp_path / "current").symlink_to("releases/1")
    with edited(tmp_path / "current") as site:
        (tmp_path / "releases" / "1" / "views.py").write_text(source("real"))
        site.next_reload("views.py changed")
        site.views.write_text(source("by the link"))
        site.next_reload("views.py changed")
        assert site.answer() == "by the link"


# ---------------------------------------------------------------- git


def many(site: Edited, text: str) -> None:
    """Write sixty modules as git does: however slowly, it holds its lock meanwhile."""
    lock = site.folder / ".git" / "index.lock"
    if lock.parent.exists():
        lock.touch()
    for number in range(60):
        module(site, f"pkg/m{number}.py", f"TEXT = {text!r}\n")
    lock.unlink(missing_ok=True)


@pytest.fixture
def repository(site: Edited) -> Edited:
    """Sixty modules in a repository, all of them loaded."""
    many(site, "one")
    names = ", ".join(f"m{number}" for number in range(60))
    module(site, "pkg/__init__.py", f"from pkg import {names}\n")
    (site.folder / ".gitignore").write_text("__pycache__\n")
    site.views.write_text(
        "import pkg\nfound = {m.TEXT for m in vars(pkg).values() if hasattr(m, 'TEXT')}\n"
        "TEXT = ' and '.join(sorted(found))\n"
    )
    site.next_reload("views.py changed")
    site.git("init", "-q", "-b", "main")
    site.git("add", ".")
    site.git("commit", "-qm", "one")
    return site


def test_a_stash_and_its_return_are_one_reload_each(repository: Edited) -> None:
    site = repository
    many(site, "two")
    site.next_reload("60 files changed")
    site.git("stash")
    site.next_reload("60 files changed")
    assert site.answer() == "one"
    site.git("stash", "pop")
    site.next_reload("60 files changed")
    assert site.answer() == "two"


def test_a_rebase_of_several_commits_is_one_reload(repository: Edited) -> None:
    """Each of its commits writes the sixty files anew."""
    site = repository
    site.git("checkout", "-qb", "topic")
    for text in ("two", "three"):
        many(site, text)
        site.next_reload("60 files changed")
        site.git("commit", "-qam", text)
    site.git("checkout", "-q", "main")
    site.next_reload("60 files changed")
    package = site.folder / "pkg" / "__init__.py"
    package.write_text(package.read_text() + "# on main\n")
    site.next_reload("pkg/__init__.py changed")
    site.git("commit", "-qam", "main")
    site.git("checkout", "-q", "topic")
    site.next_reload("61 files changed")
    assert site.answer() == "three"
    site.git("rebase", "-q", "main")
    site.next_reload("pkg/__init__.py changed")
    assert site.answer() == "three"


# ---------------------------------------------------------------- a loop


WRITES = """
import time
from pathlib import Path
Path("views.py").write_text(f"TEXT = 'written by {time.time_ns()}'\\n")
"""


def test_an_application_that_writes_its_own_module(site: Edited) -> None:
    mine = site.folder / "mine.py"
    mine.write_text(APPLICATION + WRITES)
    site.log.wait_for(r"views\.py changed again at each start, as if the application wrote it")
    # The last of them is served, and another file is reloaded at once.
    (line,) = {line for line in site.log.lines if "changed again" in line}
    loop = site.log.lines.index(line)
    wait_until(lambda: "written by" in site.answer(), "the last one serves")
    assert not [line for line in site.log.lines[loop + 2 :] if "generation" in line]
    told = len(site.log.lines)
    mine.write_text(APPLICATION)
    site.log.wait_for(r"mine\.py", told)
    site.views.write_text(source("mended"))
    wait_until(lambda: site.answer() == "mended", "the loop has ended")
    # What was put off may have been told with either: only the workers know which it was.
    site.server.wait_for_workers(1)
    site.generation = int(title_of(site.server.workers()[0]).split()[4])


# ---------------------------------------------------------------- a watcher that was away


def test_a_save_while_there_is_no_watcher(site: Edited) -> None:
    site.server.watcher().kill()
    site.views.write_text(source("meanwhile"))
    site.log.wait_for("the watcher of the source code died and is started again")
    site.next_reload("views.py changed")
    assert site.answer() == "meanwhile"


def test_more_events_than_the_kernel_keeps(site: Edited) -> None:
    watcher = site.server.watcher()
    limit = int(Path("/proc/sys/fs/inotify/max_queued_events").read_text())
    watcher.send_signal(signal.SIGSTOP)
    wait_until(lambda: watcher.status() == psutil.STATUS_STOPPED, "the watcher stands still")
    noise = [str(site.folder / name) for name in ("noise", "din")]
    for number in range(limit // 3 + 100):
        os.close(os.open(noise[number % 2], os.O_CREAT | os.O_WRONLY))
        os.unlink(noise[number % 2])
    site.views.write_text(source("unheard"))
    watcher.send_signal(signal.SIGCONT)
    site.next_reload("views.py changed")
    assert site.answer() == "unheard"
