from __future__ import annotations

from pathlib import Path

import pytest

from spawning_devtools.reload.watcher.mounts import Mount, mount_of, parse
from spawning_devtools.reload.watcher.probe import tells_of
from spawning_devtools.reload.watcher.watcher import Unheard, Watcher, Why

# (file system type, as containers, clouds and virtual machines show it; may others write unseen?)
KINDS = {
    "ext4": False,
    "overlay": False,
    "tmpfs": False,
    "btrfs": False,
    "fuseblk": False,
    "fuse.fuse-overlayfs": False,
    "nfs4": True,
    "cifs": True,
    "9p": True,
    "virtiofs": True,
    "fakeowner": True,
    "vboxsf": True,
    "fuse": True,
    "fuse.sshfs": True,
    "fuse.grpcfuse": True,
}


def mountinfo(kind: str, place: Path | str) -> str:
    octal = str(place).replace(" ", "\\040")
    return (
        "22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw\n"
        f"36 22 0:40 / {octal} rw,relatime - {kind} source rw\n"
    )


@pytest.mark.parametrize(("kind", "shared"), KINDS.items(), ids=KINDS)
def test_what_others_may_change_unseen(kind: str, shared: bool) -> None:
    mount = mount_of("/home/me/a b/c", parse(mountinfo(kind, "/home/me/a b")))
    assert mount == Mount("/home/me/a b", kind)
    assert mount.is_shared is shared


def test_the_later_of_two_mounts_on_one_place_counts() -> None:
    mounts = parse(mountinfo("nfs", "/p") + mountinfo("tmpfs", "/p"))
    assert mount_of("/p/x", mounts).kind == "tmpfs"
    assert mount_of("/px", mounts).kind == "ext4"


def test_events_arrive_here(tmp_path: Path) -> None:
    assert tells_of(str(tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_tried_is_trusted(tmp_path: Path) -> None:
    assert tells_of(str(tmp_path / "nothing"))


def test_a_folder_on_a_shared_file_system(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    with Watcher(mountinfo=lambda: mountinfo("virtiofs", tmp_path)) as watcher:
        here, sub = str(tmp_path), str(tmp_path / "sub")
        assert watcher.watch([here, sub], ()) == [
            Unheard(path, Why.SHARED, "virtiofs", here) for path in (here, sub)
        ]


def test_a_kernel_that_takes_watches_and_stays_silent(tmp_path: Path) -> None:
    tried: list[str] = []

    def silent(directory: str) -> bool:
        tried.append(directory)
        return False

    (tmp_path / "sub").mkdir()
    info = mountinfo("strange", tmp_path)
    with Watcher(mountinfo=lambda: info, probe=silent) as watcher:
        here, sub = str(tmp_path), str(tmp_path / "sub")
        assert watcher.watch([here, sub], ()) == [
            Unheard(path, Why.SILENT, "strange", here) for path in (here, sub)
        ]
    assert tried == [here]
