"""`spawnctl attach` without a terminal: `-c`, pipes, and what it says where it cannot attach."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from stub_door import StubDoor, stub_door

pytestmark = [pytest.mark.slow, pytest.mark.once]

ATTACH = [sys.executable, "-m", "spawning_devtools.ctl", "attach"]


@pytest.fixture
def door(tmp_path: Path) -> Iterator[StubDoor]:
    with stub_door(tmp_path) as opened:
        yield opened


def _script(door: StubDoor, *words: str, given: str = "") -> tuple[int, str, str]:
    ran = subprocess.run(
        [*ATTACH, door.address, *words], input=given, capture_output=True, text=True, check=False
    )
    return ran.returncode, ran.stdout, ran.stderr


def test_scripts(door: StubDoor) -> None:
    assert _script(door, "-c", "6 * 7") == (0, "42\n", "")
    assert _script(door, given="x = 5\nprint(x)\nx + 1\n") == (0, "5\n6\n", "")
    code, out, err = _script(door, "-c", "1 / 0")
    assert (code, out) == (1, "")
    assert err.endswith("\nZeroDivisionError: division by zero\n")
    door.hello = {"say": "refused", "why": "8 are attached already"}
    assert _script(door, "-c", "1") == (1, "", "spawnctl: error: 8 are attached already\n")


def test_a_script_whose_line_ends(door: StubDoor) -> None:
    door.on_run["die()"] = lambda client, _: door.hang_up()
    code, _, err = _script(door, "-c", "die()")
    assert code == 1
    assert "the line to the server has ended; the statement may go on" in err


def test_the_secret_is_shown_where_it_is_asked_for(door: StubDoor, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("hush\n")
    secret.chmod(0o600)
    door.asks_secret = True
    assert _script(door, "--secret", str(secret), "-c", "6 * 7") == (0, "42\n", "")
    assert door.secrets == ["hush"]
    secret.chmod(0o644)
    assert _script(door, "--secret", str(secret), "-c", "1")[0] == 1
    assert door.secrets == ["hush", ""]


def test_nobody_is_there(tmp_path: Path) -> None:
    for address, said in (
        (f"unix:{tmp_path}/nothing", "No such file or directory"),
        ("1", "start the server with --backdoor"),
        ("nonsense", "'nonsense' is no address; type HOST:PORT, PORT, or unix:PATH"),
    ):
        ran = subprocess.run([*ATTACH, address, "-c", "1"], capture_output=True, text=True)
        assert ran.returncode in (1, 2)
        assert said in ran.stderr
        assert ran.stderr.count("\n") == 1
