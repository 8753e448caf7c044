"""A checkout of another branch: many files change at once."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from clients import get
from serving import StartServer

pytestmark = pytest.mark.slow


def test_a_checkout_of_a_thousand_files_is_one_reload(spawn: StartServer, tmp_path: Path) -> None:
    def git(*words: str) -> None:
        identity = ["-c", "user.name=t", "-c", "user.email=t@example.org"]
        subprocess.run(["git", *identity, *words], cwd=tmp_path, check=True, capture_output=True)

    package = tmp_path / "many"
    package.mkdir()
    names = [f"m{number}" for number in range(1000)]

    def write(version: int) -> None:
        for name in names:
            (package / f"{name}.py").write_text(f"V = {version}\n")

    (package / "__init__.py").write_text("".join(f"from many import {name}\n" for name in names))
    (tmp_path / "mine.py").write_text(
        "import many\n"
        "def app(environ, start):\n"
        "    start('200 OK', [])\n"
        "    vs = {m.V for m in vars(many).values() if hasattr(m, 'V')}\n"
        "    return [repr(vs).encode()]\n"
    )
    write(1)
    git("init", "-q", "-b", "one")
    git("add", ".")
    git("commit", "-qm", "one")
    git("checkout", "-qb", "two")
    write(2)
    git("commit", "-qam", "two")
    server = spawn(tmp_path, "-s", "1", "--reload=dev", "mine.app").wait_until_serving()
    assert get(server.address, "/").text == "{2}"
    git("checkout", "-q", "one")
    server.log.wait_for(r"1,000 files changed \(.*\): generation 2 in")
    assert get(server.address, "/").text == "{1}"
    # One reload: what follows it is the next generation, with nothing between.
    (tmp_path / "mine.py").write_text((tmp_path / "mine.py").read_text() + "# saved\n")
    server.log.wait_for(r"mine\.py changed: generation 3 in")
