"""An example, copied to a folder of the test's own and started as its README says."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from pathlib import Path

from manual import ROOT, blocks, typed
from serving import COMMAND, Server

EXAMPLES = ROOT / "examples"
INSTALLED = "pip install"
"""What the tests' environment has already."""
ADDED = ("--port", "0", "--host", "127.0.0.1")
PATH = f"{COMMAND.parent}:{os.environ['PATH']}"


def commands(name: str) -> list[str]:
    """Return what an example's README says to type, once things are installed."""
    return [
        one.command
        for block in blocks(f"examples/{name}/README.md")
        if block.language == "console"
        for one in typed(block)
        if not one.command.startswith(INSTALLED)
    ]


def variables(command: str) -> dict[str, str]:
    """Return what a line of `export` sets."""
    word, *settings = shlex.split(command)
    assert word == "export"
    return dict(setting.split("=", 1) for setting in settings)


class Example:
    """A folder of `examples`, and the server that was started in it last."""

    def __init__(self, name: str, folder: Path) -> None:
        for ours in (EXAMPLES / name).rglob("*"):
            # What somebody who tried the example has left there stays there.
            if ours.is_file() and not _is_made(ours):
                copy = folder / ours.relative_to(EXAMPLES / name)
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(ours, copy)
        self.folder = folder
        self.commands = commands(name)
        self.servers: list[Server] = []

    @property
    def server(self) -> Server:
        """The one that was started last."""
        return self.servers[-1]

    def start(self, command: str = "", env: dict[str, str] | None = None) -> Server:
        """Type a command, the README's first one unless another is named."""
        *before, last = (command or self.commands[0]).split(" && ")
        for each in before:
            self.run(each, env)
        program, *words = shlex.split(last)
        assert program == "spawn"
        server = Server([*words, *ADDED], self.folder, {"PATH": PATH} | (env or {}))
        self.servers.append(server)
        server.wait_until_serving()
        if " --reload=dev" in last or "development" in last:
            server.log.wait_for("watching")
        return server

    def run(self, command: str, env: dict[str, str] | None = None) -> None:
        """Type a command that ends."""
        env = os.environ | {"PATH": PATH} | (env or {})
        ran = subprocess.run(
            ["bash", "-c", command], cwd=self.folder, env=env, capture_output=True, text=True
        )
        assert ran.returncode == 0, f"{command}:\n{ran.stdout}{ran.stderr}"

    def save(self, name: str, *changes: tuple[str, str]) -> None:
        """Change a file, and wait until the new code serves."""
        path = self.folder / name
        text = path.read_text()
        for old, new in changes:
            assert text.count(old) == 1, f"{name} has {old!r} {text.count(old)} times"
            text = text.replace(old, new)
        said = len(self.server.log.lines)
        path.write_text(text)
        self.server.log.wait_for(rf"{path.name} changed.*: generation \d+ in ", said)


def _is_made(path: Path) -> bool:
    parts = path.relative_to(EXAMPLES).parts
    return bool({"__pycache__", "data", "instance", "staticfiles"} & set(parts))
