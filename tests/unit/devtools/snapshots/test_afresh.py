"""Chance after a fork, in processes of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from spawning_devtools.snapshots.afresh import look_again

pytestmark = pytest.mark.slow

PROGRAM = """
import os, random, sys
sys.path[:0] = {folders!r}
from spawning_devtools.snapshots.afresh import Chance
chance = Chance()
{before}
chance.look()
{seed}
def draw():
    generator = sys.modules.get("numpy.random")
    return [random.random(), generator.draw() if generator else None]
def children(generations):
    for _ in range(2):
        set_right = chance.keep()
        reader, writer = os.pipe()
        if not os.fork():
            set_right()
            if generations:
                children(generations - 1)
            else:
                print(draw(), flush=True)
            os._exit(0)
        os.wait()
children({generations})
print(draw())
"""

# What the module that we look at offers, with a generator that any fork copies.
NUMPY = """
import types
module = types.ModuleType("numpy.random")
module.own = random.Random(1)
module.draw = module.own.random
module.seed = lambda *seed: module.own.seed(*seed or (os.urandom(8),))
module.get_state = lambda: ("MT", repr(module.own.getstate()).encode(), 0, 0, 0.0)
sys.modules["numpy.random"] = module
"""


def drawn(
    import_folders: list[str], before: str = "", seed: str = "", generations: int = 0
) -> list[list[float | None]]:
    """Return what two forked processes (or four grandchildren) draw, and then their parent."""
    program = PROGRAM.format(
        folders=import_folders, before=before, seed=seed, generations=generations
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return [eval(line) for line in ran.stdout.splitlines()]  # lists of numbers and None


@pytest.mark.parametrize("generations", [0, 1])
def test_unseeded_siblings_draw_different_numbers(
    import_folders: list[str], generations: int
) -> None:
    found = drawn(import_folders, NUMPY, generations=generations)
    for column in zip(*found, strict=True):
        assert len(set(column)) == len(found)


@pytest.mark.parametrize("generations", [0, 1])
def test_a_seed_of_the_application_is_kept(import_folders: list[str], generations: int) -> None:
    seed = "random.seed(7); sys.modules['numpy.random'].seed(7)"
    found = drawn(import_folders, NUMPY, seed, generations)
    assert found == [found[0]] * len(found)


def test_each_generator_for_itself(import_folders: list[str]) -> None:
    first, second, _ = drawn(import_folders, NUMPY, "random.seed(7)")
    assert first[0] == second[0]
    assert first[1] != second[1]
    first, second, _ = drawn(import_folders, NUMPY, "sys.modules['numpy.random'].seed(7)")
    assert first[0] != second[0]
    assert first[1] == second[1]


def test_finders_of_the_project_look_again_and_no_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import importlib.machinery

    folders = [tmp_path / "project", tmp_path / "site-packages"]
    finders = {}
    for folder in folders:
        folder.mkdir()
        loader = (importlib.machinery.SourceFileLoader, [".py"])
        finder = importlib.machinery.FileFinder(str(folder), loader)
        assert finder.find_spec("new") is None
        (folder / "new.py").touch()
        # The clock of the file system has not ticked since.
        os.utime(folder, ns=(0, int(finder._path_mtime * 1e9)))  # type: ignore[attr-defined]
        finders[str(folder)] = finder
    monkeypatch.setattr(sys, "path_importer_cache", {**finders, "/a.zip": None})
    look_again(lambda path: path.endswith("project"))
    assert finders[str(folders[0])].find_spec("new") is not None
