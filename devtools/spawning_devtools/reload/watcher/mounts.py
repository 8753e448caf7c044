"""Which file system a directory is on, and whether others may change it unseen: pure.

inotify tells what was done through this kernel.  What another machine writes to a
shared file system, or the host to a folder that a virtual machine or Docker Desktop
shares with it, raises no event, while what is done here does: so no trial from here
can find it out, but the type of the file system can.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from spawning_devtools.reload.graph.places import is_below

_SHARED = frozenset(
    # network file systems
    "nfs nfs4 cifs smb2 smb3 smbfs afs ceph glusterfs lustre gpfs gfs2 ocfs2 beegfs coda ncpfs"
    # folders of a host: QEMU, WSL 2, gVisor, Docker Desktop, VirtualBox, Parallels, VMware, WSL 1
    " 9p virtiofs fakeowner osxfs grpcfuse vboxsf prl_fs vmhgfs drvfs wslfs lxfs".split()
)
_LOCAL_FUSE = frozenset(
    "fuse.fuse-overlayfs fuse.mergerfs fuse.ntfs-3g fuse.exfat fuse.gocryptfs fuse.encfs".split()
)
_ESCAPED = re.compile(r"\\([0-7]{3})")


@dataclass(frozen=True, slots=True)
class Mount:
    """One mounted file system."""

    place: str
    kind: str

    @property
    def is_shared(self) -> bool:
        """Whether what it holds may be changed from outside this kernel."""
        if self.kind == "fuse" or self.kind.startswith("fuse."):
            return self.kind not in _LOCAL_FUSE
        return self.kind in _SHARED


def parse(mountinfo: str) -> list[Mount]:
    """Return what /proc/self/mountinfo says, in its order (proc_pid_mountinfo(5)).

    >>> parse("36 35 98:0 /mnt1 /my\\\\040p rw,noatime master:1 - nfs4 server:/p rw")
    [Mount(place='/my p', kind='nfs4')]
    """
    mounts = []
    for line in mountinfo.splitlines():
        left, _, right = line.partition(" - ")
        fields, kinds = left.split(" "), right.split(" ")
        if len(fields) > 4:
            place = _ESCAPED.sub(lambda octal: chr(int(octal[1], 8)), fields[4])
            mounts.append(Mount(place, kinds[0]))
    return mounts


def mount_of(directory: str, mounts: list[Mount]) -> Mount:
    """Return the file system that holds `directory`, whose path has no links."""
    found = Mount("/", "")
    for mount in mounts:
        # Of those on the same place, the later one covers the earlier.
        if is_below(directory, mount.place) and len(mount.place) >= len(found.place):
            found = mount
    return found
