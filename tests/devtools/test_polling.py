"""Where the kernel does not tell of changes: shared file systems, and its limits."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from edited import Edited, edited, project, source

pytestmark = pytest.mark.slow


def as_root_of_a_namespace(first: str) -> list[str]:
    """Return the words that run a command after `first`, in a user namespace of its own."""
    return ["unshare", "-r", "-m", "sh", "-c", f'{first} && exec "$0" "$@"']


def works(words: list[str]) -> bool:
    """Return whether that can be done here."""
    return subprocess.run([*words, "true"], capture_output=True).returncode == 0


NO_MORE_WATCHES = as_root_of_a_namespace("echo 1 > /proc/sys/user/max_inotify_watches")
NO_INSTANCE = as_root_of_a_namespace("echo 0 > /proc/sys/user/max_inotify_instances")


@pytest.mark.parametrize(
    ("limited", "reason"),
    [
        (NO_MORE_WATCHES, "the limit of inotify watches is reached"),
        (NO_INSTANCE, "the limit of inotify instances is reached"),
    ],
    ids=["watches", "instances"],
)
def test_beyond_the_kernels_limits_files_are_looked_at(
    limited: list[str], reason: str, tmp_path: Path
) -> None:
    if not works(limited):
        pytest.skip("user namespaces are not allowed here")
    project(tmp_path / "p")
    for name in ("one", "two"):
        (tmp_path / "p" / name).mkdir()
        (tmp_path / "p" / name / "__init__.py").write_text(source(name))
    (tmp_path / "p" / "views.py").write_text("import one, two\nTEXT = one.TEXT + two.TEXT\n")
    with edited(tmp_path / "p", prefix=limited) as site:
        said = [line for line in site.log.lines if "cannot watch" in line]
        assert len(said) == 1
        assert reason in said[0]
        assert "sudo sysctl fs.inotify.max_user_watches" in said[0]
        for name in ("one", "two"):
            (site.folder / name / "__init__.py").write_text(source(f"{name} saved"))
            site.next_reload(rf"^{name}/__init__\.py changed")
        site.views.write_text(source("views"))
        site.next_reload(r"^views\.py changed")
        assert site.answer() == "views"
        (site.folder / "local_settings.py").write_text("")
        site.next_reload(r"^local_settings\.py appeared")


@pytest.fixture
def shared(tmp_path: Path) -> Iterator[tuple[Path, Path]]:
    """A folder, and the same on a shared file system, where it changes without an event."""
    real, mount = project(tmp_path / "real"), tmp_path / "mount point"
    mount.mkdir()
    if not shutil.which("bindfs"):
        pytest.skip("bindfs is not installed")
    done = subprocess.run(["bindfs", "--no-allow-other", real, mount], capture_output=True)
    if done.returncode:
        pytest.skip("FUSE is not allowed here")
    yield real, mount
    subprocess.run(["fusermount", "-u", "-z", mount], check=True)


def test_a_shared_file_system_is_looked_at_as_well(shared: tuple[Path, Path]) -> None:
    real, mount = shared
    with edited(mount) as site:
        said = [line for line in site.log.lines if "is a shared file system (fuse" in line]
        assert len(said) == 1
        assert str(mount) in said[0]
        (real / "views.py").write_text(source("in place, elsewhere"))
        site.next_reload(r"^views\.py changed")
        draft = real / "draft"
        draft.write_text(source("by a rename, elsewhere"))
        draft.replace(real / "views.py")
        site.next_reload(r"^views\.py changed")
        assert site.answer() == "by a rename, elsewhere"
        (real / "local_settings.py").write_text("")
        site.next_reload(r"^local_settings\.py appeared")
        site.views.write_text(source("here"))
        site.next_reload(r"^views\.py changed")
        assert site.answer() == "here"


def test_a_writer_elsewhere_who_has_only_truncated(shared: tuple[Path, Path]) -> None:
    real, mount = shared
    with edited(mount) as site, (real / "views.py").open("w") as file:
        (real / "mine.py").write_text((real / "mine.py").read_text() + "# saved\n")
        file.write(source("whole"))
        file.flush()
        site.next_reload(r"^(2 files changed \(mine\.py, views\.py\)|.* changed)")
        assert site.answer() == "whole"


def test_polling_can_be_asked_for(tmp_path: Path) -> None:
    """An overlay does not tell of what happens in the folder below it."""
    real = project(tmp_path / "real")
    folders = {name: tmp_path / name for name in ("upper", "work", "merged")}
    for folder in folders.values():
        folder.mkdir()
    layers = f"lowerdir={real},upperdir={folders['upper']},workdir={folders['work']}"
    mount = f"mount -t overlay overlay -o '{layers}' '{folders['merged']}'"
    prefix = as_root_of_a_namespace(f"{mount} && cd '{folders['merged']}'")
    if not works(prefix):
        pytest.skip("overlays are not allowed here")
    with edited(real, "dev,poll", prefix) as site:
        (real / "views.py").write_text(source("below"))
        site.next_reload(r"^views\.py changed")
        assert site.answer() == "below"


def test_words_after_dev(tmp_path: Path) -> None:
    served = Edited(project(tmp_path), "dev,pole", ())
    assert served.server.wait() == 2
    assert any("after 'dev,' comes cold or poll, not 'pole'" in line for line in served.log.lines)
