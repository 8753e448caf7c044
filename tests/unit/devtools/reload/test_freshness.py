from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from textwrap import dedent

import pytest

from spawning_devtools.reload.observer.freshness import CLOCK_LAG, SECOND, trustworthy

S = SECOND
MODES = {
    "python": "",
    "fresh": "from spawning_devtools.reload.observer import freshness as f; f.install();",
}


@pytest.mark.parametrize(
    ("source", "pyc", "expected"),
    [
        (10 * S, 10 * S, False),
        (10 * S, 10 * S + S - 1, False),
        (10 * S + S - 1, 11 * S, False),  # the file's clock may be behind by so little
        (10 * S + S - 1, 11 * S + CLOCK_LAG, True),
        (10 * S, 12 * S, True),
        (12 * S, 10 * S, False),
    ],
)
def test_the_rule(source: int, pyc: int, expected: bool) -> None:
    assert trustworthy(source, pyc) is expected


class Module:
    """A module that a new interpreter imports and prints."""

    def __init__(self, folder: Path, import_folders: list[str]) -> None:
        self.path = folder / "m.py"
        self.environment = os.environ | {"PYTHONPATH": os.pathsep.join(import_folders)}
        self.environment.pop("PYTHONDONTWRITEBYTECODE", None)
        self.environment.pop("PYTHONPYCACHEPREFIX", None)

    def save(self, text: str, moment: float) -> None:
        self.path.write_text(text)
        os.utime(self.path, (moment, moment))

    def value(self, mode: str, load: str = "import m") -> str:
        program = f"import sys; sys.path.insert(0, '.'); {MODES[mode]} {load}; print(m.x)"
        ran = subprocess.run(
            [sys.executable, "-c", program],
            cwd=self.path.parent,
            env=self.environment,
            capture_output=True,
            text=True,
            check=True,
        )
        return ran.stdout.strip()

    @property
    def cache(self) -> Path:
        (found,) = (self.path.parent / "__pycache__").glob("*.pyc")
        return found

    @property
    def written(self) -> tuple[int, int]:
        """What differs once the cache was written again."""
        status = self.cache.stat()
        return status.st_ino, status.st_mtime_ns


@pytest.fixture
def module(tmp_path: Path, import_folders: list[str]) -> Module:
    return Module(tmp_path, import_folders)


def this_second() -> float:
    """Return the beginning of a second that does not end too soon."""
    return float(int(time.time()))


BY_LOCATION = dedent("""
    import importlib.util as u
    s = u.spec_from_file_location('m', 'm.py')
    m = u.module_from_spec(s)
    s.loader.exec_module(m)
""")


@pytest.mark.slow
@pytest.mark.parametrize("load", ["import m", f"exec({BY_LOCATION!r})"])
def test_two_saves_of_equal_size_in_one_second(module: Module, load: str) -> None:
    # A second that is past, so that no clock can fall between.
    moment = this_second() - 3600
    module.save("x = 1", moment)
    assert module.value("python", load) == "1"
    os.utime(module.cache, (moment + 0.2, moment + 0.2))
    module.save("x = 2", moment + 0.5)
    assert module.value("python", load) == "1", "Python has mended what this is about"
    assert module.value("fresh", load) == "2"


@pytest.mark.slow
def test_a_pyc_that_was_not_trusted_is_replaced_and_then_trusted(module: Module) -> None:
    moment = this_second() - 3600
    module.save("x = 1", moment)
    assert module.value("python") == "1"
    os.utime(module.cache, (moment, moment))
    module.save("x = 2", moment)
    assert module.value("fresh") == "2"
    healed = module.written
    assert module.value("fresh") == "2"
    assert module.written == healed
    assert module.value("python") == "2"


@pytest.mark.slow
def test_a_first_import_writes_a_pyc_that_python_accepts(module: Module) -> None:
    module.save("x = 1", this_second() - 3600)
    assert module.value("fresh") == "1"
    written = module.written
    assert module.value("python") == "1"
    assert module.written == written


@pytest.mark.slow
def test_a_syntax_error_shows_no_frame_of_ours(module: Module) -> None:
    module.save("x = (", this_second())
    with pytest.raises(subprocess.CalledProcessError) as raised:
        module.value("fresh")
    assert "SyntaxError" in raised.value.stderr
    assert "freshness.py" not in raised.value.stderr
    assert "<frozen" not in raised.value.stderr
