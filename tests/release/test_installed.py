"""The wheel in an empty environment, outside of the checkout, does what it is for."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

import spawning
from clients import get
from serving import Server

APPLICATION = """
from flask import Flask

app = Flask(__name__)

@app.route("/")
def index():
    return "Hello!"
"""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.once,
    pytest.mark.skipif(shutil.which("makeinfo") is None, reason="makeinfo is not installed"),
]


class Installed:
    """An environment, and a folder to work in."""

    def __init__(self, environment: Path, folder: Path) -> None:
        self.programs = environment / "bin"
        self.environment = environment
        self.folder = folder
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        self.env = kept | {"PATH": f"{self.programs}:{os.environ['PATH']}"}

    def say(self, *words: str) -> str:
        """Return what a command prints."""
        command = [str(self.programs / words[0]), *words[1:]]
        ran = subprocess.run(command, cwd=self.folder, env=self.env, capture_output=True, text=True)
        assert ran.returncode == 0, ran.stderr
        return ran.stdout


@pytest.fixture(scope="module")
def installed(environment: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    return Installed(environment, tmp_path_factory.mktemp("site"))


@pytest.fixture
def server(installed: Installed) -> Iterator[Server]:
    (installed.folder / "hello.py").write_text(APPLICATION)
    words = ["--reload=dev", "--host", "127.0.0.1", "--port", "0", "hello.app"]
    started = Server(words, installed.folder, installed.env, [str(installed.programs / "spawn")])
    yield started
    started.destroy()


def test_a_save_is_served(installed: Installed, server: Server) -> None:
    assert get(server.address, "/").text == "Hello!"
    (installed.folder / "hello.py").write_text(APPLICATION.replace("Hello!", "Good morning!"))
    said = server.log.wait_for("generation 2 in")
    assert said.startswith("spawn: hello.py changed: ")  # and nothing of ours is taken for its code
    assert get(server.address, "/").text == "Good morning!"
    status = installed.say("spawnctl", "status")
    assert "hello.app" in status
    assert "Generation 2 serves" in status
    assert server.stop() == 0


def test_it_is_the_wheel_that_runs(installed: Installed) -> None:
    where = installed.say("python", "-c", "import spawning; print(spawning.__file__)")
    assert Path(where.strip()).is_relative_to(installed.environment)
    assert spawning.__version__ in installed.say("spawn", "--version")
    assert spawning.__version__ in installed.say("spawnctl", "--version")


def test_the_manuals_are_where_they_are_looked_for(installed: Installed) -> None:
    for name in ("man/man1/spawn.1", "man/man1/spawnctl.1", "info/spawning.info"):
        assert (installed.environment / "share" / name).exists()
