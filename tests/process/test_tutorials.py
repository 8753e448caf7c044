"""The tutorials and the README are done as they are written, with a real server.

What their paragraphs say is taken by the word: "change `A` to `B`", "write this to `FILE`:",
"end the server with Ctrl-C".  Three things are not as a reader has them: nothing is installed,
since the tests' environment has it; ports are free ones; and paths and figures are other ones.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from manual import Block, Typed, blocks, changes, ends_server, file_named, pattern, typed
from serving import COMMAND, Server

INSTALLED = ("python3 -m venv", ". .venv/bin/activate", "pip install")
"""What the tests' environment has already."""
CHECKOUT = "make "
"""`make readme` does what a checkout is for."""
ADDRESS = "http://127.0.0.1:8080"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.once,
    pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed"),
]


def _pattern(line: str) -> str:
    # Installed to be edited, our own modules count as a part of the project.
    text = pattern(line)
    text = text.replace(r"\)", r"(\ <\-\ __main__)?\)") if r"<\-" in text else text
    return text.replace(r"\ changed:", r"\ changed(\ \(\S+\ <\-\ __main__\))?:")


class Reader:
    """Somebody who does what a page says."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.server: Server | None = None
        self._file = ""
        self._said = 0
        """How many lines the server had said when something was last done."""

    def read(self, text: Block) -> str:
        """Do what a text says; return the file that the next block is the content of."""
        for change in changes(text):
            self._change(change.file or self._file, change.old, change.new)
        if ends_server(text) and self.server is not None:
            self.server.signal(signal.SIGINT)
            assert self.server.wait() == 0
            self.server = None
        return file_named(text)

    def write(self, name: str, text: str) -> None:
        """Write a file."""
        self._file = name
        (self.folder / name).write_text(text)

    def _change(self, name: str, old: str, new: str) -> None:
        path = self.folder / name
        assert path.read_text().count(old) == 1
        if self.server is not None:
            self._said = len(self.server.log.lines)
        path.write_text(path.read_text().replace(old, new))
        self._file = name

    def expect(self, lines: list[str]) -> None:
        """Wait until the server has said these lines."""
        assert self.server is not None
        for line in lines:
            self.server.log.wait_for(_pattern(line), self._said)

    def run(self, one: Typed) -> None:
        """Type a command, and compare what it shows."""
        if one.command.startswith((*INSTALLED, CHECKOUT)):
            return
        if re.match(r"spawn\b(?!ctl)", one.command):
            self._serve(one)
            return
        ran = self._shell(one.command)
        assert ran.returncode == 0, ran.stderr
        for line in one.output:
            assert re.search(_pattern(line), ran.stdout), f"{line!r} is not in:\n{ran.stdout}"

    def _serve(self, one: Typed) -> None:
        assert self.server is None, "the page does not say that the server is ended"
        words = one.command.replace("--backdoor", "--backdoor=0").split()[1:]
        self.server = Server(
            ["--port", "0", "--host", "127.0.0.1", *words], self.folder, _environment(self.folder)
        )
        self._said = 0
        self.server.wait_until_serving()
        self.expect(list(one.output))

    def _shell(self, command: str) -> subprocess.CompletedProcess[str]:
        if self.server is not None:
            host, port = self.server.address
            command = command.replace(ADDRESS, f"http://{host}:{port}")
        place = self.folder / ".place"
        ran = subprocess.run(
            ["bash", "-c", f"{command}\ncode=$?; pwd > {place}; exit $code"],
            cwd=self.folder, env=os.environ | _environment(self.folder),
            capture_output=True, text=True, timeout=60,
        )  # fmt: skip
        self.folder = Path(place.read_text().strip())
        place.unlink()
        if command == "spawnctl stop":
            assert self.server is not None
            assert self.server.wait() == 0
            self.server = None
        return ran


def _environment(folder: Path) -> dict[str, str]:
    return {
        "PATH": f"{COMMAND.parent}:{os.environ['PATH']}",
        "XDG_RUNTIME_DIR": str(folder.parent),
        "PYTHONUNBUFFERED": "1",
    }


def follow(page: str, reader: Reader) -> int:
    """Do a page from its beginning to its end; return how many commands were typed."""
    file, count = "", 0
    for block in blocks(page):
        if not block.is_code:
            file = reader.read(block)
        elif file:
            reader.write(file, block.text)
            file = ""
        elif block.language == "console":
            for one in typed(block):
                reader.run(one)
                count += 1
        elif block.language == "text":
            reader.expect(block.text.splitlines())
    return count


@pytest.mark.parametrize("page", ["README.md", "docs/tutorial/flask.md", "docs/tutorial/django.md"])
def test_tutorial(page: str, tmp_path: Path) -> None:
    reader = Reader(tmp_path)
    try:
        assert follow(page, reader) > 5
    finally:
        if reader.server is not None:
            reader.server.destroy()
