"""Somebody who has never been here: an empty home, no caches, no settings."""

from __future__ import annotations

import contextlib
import os
import pwd
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from terminal import Failed

ROOT = Path(__file__).resolve().parents[2]
USER = "spawning-newcomer"
NETWORK = re.compile(
    r"(https?|no|all)_proxy|PIP_(INDEX_URL|EXTRA_INDEX_URL|CERT|DEFAULT_TIMEOUT|FIND_LINKS)"
    r"|SSL_CERT_(FILE|DIR)|REQUESTS_CA_BUNDLE|NODE_EXTRA_CA_CERTS",
    re.IGNORECASE,
)
"""What a machine needs to reach the network, and nothing else, is as it is here."""


@dataclass(frozen=True)
class Newcomer:
    """Who types, and what the environment says."""

    home: Path
    env: Mapping[str, str]
    account: pwd.struct_passwd | None
    """None where it is us."""

    def own(self, path: Path) -> None:
        """Give a file or a folder, with all that is in it, to the newcomer."""
        if self.account is not None:
            owner = f"{self.account.pw_uid}:{self.account.pw_gid}"
            subprocess.run(["chown", "--recursive", "--no-dereference", owner, path], check=True)

    def checkout(self) -> Path:
        """Make a copy of what is under version control here, as it is now; return its folder."""
        folder = self.home / "spawning"
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT, check=True, capture_output=True, text=True,
        )  # fmt: skip
        for name in filter(None, listed.stdout.split("\0")):
            if (ROOT / name).exists():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, folder / name, follow_symlinks=False)
        self.own(folder)
        return folder


@contextlib.contextmanager
def newcomer(wheels: Path) -> Iterator[Newcomer]:
    """Make a newcomer, whom pip gives the newest wheel of ours in `wheels`; gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="spawning-readme-") as place, _account() as account:
        home = Path(place, "home")
        home.mkdir()
        Path(place).chmod(0o755)
        path = os.environ["PATH"] if account is None else "/usr/local/bin:/usr/bin:/bin"
        env = {name: value for name, value in os.environ.items() if NETWORK.fullmatch(name)}
        env |= {
            "HOME": str(home),
            "USER": account.pw_name if account is not None else os.environ.get("USER", "you"),
            "PATH": path,
            "LANG": "C.UTF-8",
            "PIP_PROGRESS_BAR": "off",
            "VIRTUAL_ENV_DISABLE_PROMPT": "1",
            **_found_by_pip(wheels, Path(place), env.get("PIP_FIND_LINKS", "")),
        }
        one = Newcomer(home, env, account)
        one.own(home)
        yield one


def _found_by_pip(wheels: Path, place: Path, others: str) -> dict[str, str]:
    """Return the variables by which pip installs the newest wheel of ours, and no other version."""
    ours = sorted(wheels.glob("spawning-*.whl"), key=lambda path: path.stat().st_mtime)
    if not ours:
        raise Failed(f"there is no wheel in {wheels}: type make readme, which builds it")
    wheel = shutil.copy2(ours[-1], place)
    # As a version that is not released yet it would not be chosen otherwise.
    constraint = place / "constraint.txt"
    constraint.write_text(f"spawning=={ours[-1].name.split('-')[1]}\n")
    for path in (Path(wheel), constraint):
        path.chmod(0o644)
    return {"PIP_FIND_LINKS": f"{place} {others}".strip(), "PIP_CONSTRAINT": str(constraint)}


@contextlib.contextmanager
def _account() -> Iterator[pwd.struct_passwd | None]:
    """Make an account for as long as it is needed, where we may."""
    if os.geteuid() or not shutil.which("useradd"):
        yield None
        return
    subprocess.run(
        ["useradd", "--no-create-home", "--user-group", "--shell", "/bin/bash", USER], check=True
    )
    try:
        yield pwd.getpwnam(USER)
    finally:
        subprocess.run(["userdel", "--force", USER], check=True, stderr=subprocess.DEVNULL)
