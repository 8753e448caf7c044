"""What is made once in a run of the tests: the packages, and an environment with the wheel."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of the whole run: tests that run side by side have one each, in that."""
    ours = tmp_path_factory.getbasetemp()
    return ours.parent if "PYTEST_XDIST_WORKER" in os.environ else ours


def _filled(folder: Path, fill: Callable[[Path], None]) -> Path:
    """Return a folder; whoever asks for it first fills it."""
    done = folder.with_suffix(".done")
    with open(folder.with_suffix(".lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            shutil.rmtree(folder, ignore_errors=True)
            fill(folder)
            done.touch()
    return folder


@pytest.fixture(scope="session")
def dist(shared: Path) -> Path:
    """The folder that `make dist` has filled."""
    return _filled(shared / "dist", _make)


@pytest.fixture(scope="session")
def environment(shared: Path, dist: Path) -> Path:
    """An environment with the wheel, what a developer takes along, and Flask."""
    (wheel,) = dist.glob("*.whl")
    return _filled(shared / "environment", lambda folder: _install(folder, wheel))


def _make(folder: Path) -> None:
    # Not as a part of the make that runs the tests.
    env = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    command = ["make", "-j3", "dist", f"DIST={folder}"]
    made = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
    assert made.returncode == 0, made.stdout + made.stderr


def _install(folder: Path, wheel: Path) -> None:
    venv.create(folder)
    pip = [sys.executable, "-m", "pip", "--quiet", "--python", str(folder / "bin/python")]
    subprocess.run([*pip, "install", f"{wheel}[devtools]", "flask"], check=True)
