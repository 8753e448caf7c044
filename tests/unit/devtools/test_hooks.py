from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from spawning.config import Config
from spawning.devhooks import DevHooks
from spawning.messages import Boot, Channel
from spawning_devtools import hooks

CONFORMS: DevHooks = hooks


def test_the_conductor_is_a_script_with_absolute_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    script, settings = hooks.companion_arguments(Config(watch=("a.yaml", "../b.yaml", "/c")))
    assert Path(script).is_file()
    told = json.loads(settings)
    folder = Path.cwd()
    assert told["project"] == str(folder)
    assert told["watch"] == [str(folder / "a.yaml"), str(folder.parent / "b.yaml"), "/c"]


def test_watching_alone_observes_nothing() -> None:
    boot = Boot(1, 1, {}, (), -1, -1, -1, (-1, 0, 0), 0, ())
    ours, theirs = socket.socketpair()
    with ours, theirs:
        config = Config(args=("app",), watch=("a",))
        observer = hooks.worker_hooks(config, boot, Channel(ours), lambda _channel, _boot: None)
        observer.before_import(lambda: None)
        assert observer.report() is None


def run(program: str, folders: list[str], *options: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(folders)}
    command = [sys.executable, *options, "-c", program]
    return subprocess.run(command, env=environment, capture_output=True, text=True)


@pytest.mark.slow
def test_without_watchdog_the_import_names_it(import_folders: list[str]) -> None:
    # Without site-packages nothing but ours is installed.
    ran = run("import spawning_devtools.hooks", import_folders, "-S")
    assert "ModuleNotFoundError: No module named 'watchdog'" in ran.stderr


@pytest.mark.slow
def test_watchdog_is_not_imported_by_the_hooks(import_folders: list[str]) -> None:
    program = "import sys, spawning_devtools.hooks as h; print('watchdog' in sys.modules)"
    assert run(program, import_folders).stdout == "False\n"
