"""Bodies that are put into the functions of a running process, or not: each in one of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from spawning_devtools.snapshots import full

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not full.is_possible(), reason="this Python does not tell what has run"),
]

PROGRAM = """
import os, sys
sys.path[:0] = {folders!r}
from spawning_devtools.reload import freshness
from spawning_devtools.snapshots.full import Full
import spawning_devtools.snapshots.full as module
freshness.install()
module.WORTH = 0.0
one = Full(freshness.attend)
assert one.begin() == ""
sys.path.insert(0, os.getcwd())
import site_module as m
{meanwhile}
print(one.finish())
with open("site_module.py", "w") as file:
    file.write({edited!r})
print(one.take([m.__file__]).why_not)
print(m.told() if hasattr(m, "told") else "")
"""
SOURCE = """
def told():
    return "old"
"""
AGAIN = """
if __name__ != "twice":
    import importlib.util
    spec = importlib.util.spec_from_file_location("twice", __file__)
    spec.loader.exec_module(importlib.util.module_from_spec(spec))
"""

# (what else is in the module, why it is not taken)
REFUSED = {
    "it has run": ("told()", "told does something else when it is imported"),
    "a generator runs": (
        "def told():\n    yield 'old'\nrunning = told(); next(running)",
        "told does something else when it is imported",
    ),
    "a generator has not begun": (
        "def told():\n    yield 'old'\nwaiting = told()",
        "something holds the code of told",
    ),
    "a coroutine has not begun": (
        "async def told():\n    return 'old'\nwaiting = told()",
        "something holds the code of told",
    ),
    "its code is kept": (
        "kept = [told.__code__]",
        "something has looked at the code of told",
    ),
    "its code is kept by who does not ask": (
        "import gc\nkept = [c for c in gc.get_referents(told) if type(c).__name__ == 'code']",
        "something holds the code of told",
    ),
    "its code was looked at": (
        "size = len(told.__code__.co_code)",
        "something has looked at the code of told",
    ),
    "what it uses was asked for": (
        "import inspect\ninspect.getclosurevars(told)",
        "something has looked at the code of told",
    ),
    "its compiled file was opened": (
        "import importlib.util, py_compile\nopen(py_compile.compile(__file__)).close()",
        "something has read its source",
    ),
    "another function has it": (
        "import types\nother = types.FunctionType(told.__code__, globals())",
        "something has looked at the code of told",
    ),
    "another function was made of it": (
        "import types\nother = types.FunctionType(told.__code__.replace(co_name='x'), globals())",
        "it makes functions of code by itself",
    ),
    "functions were made of its text": (
        "exec(compile('def more(): pass', __file__, 'exec'))",
        "it makes functions of code by itself",
    ),
    "its source was asked for": (
        "import inspect\ntext = inspect.getsource(told)",
        "something has read its source",
    ),
    "its source was opened": ("text = open(__file__).read()", "something has read its source"),
    "it has warned": ("import warnings\nwarnings.warn('x')", "something has "),
    "it is not there": ("kept = told\ndel told, kept\ndef told2(): pass", "there is no function"),
    "it was loaded again": (AGAIN, "it was not imported by its file, once"),
}
TAKEN = {
    "nothing": "",
    "it is decorated": "import functools\ntold = functools.lru_cache(told)",
    "its signature was asked for": "import inspect\ninspect.signature(told)",
    "its kind was asked for": "import inspect\ninspect.iscoroutinefunction(told)",
}


def taken(
    folder: Path, import_folders: list[str], source: str, edited: str, meanwhile: str = ""
) -> list[str]:
    """Return why the import is not kept, why the edit is not taken, and what is told."""
    (folder / "site_module.py").write_text(source)
    program = PROGRAM.format(folders=import_folders, meanwhile=meanwhile, edited=edited)
    ran = subprocess.run(
        [sys.executable, "-c", program],
        cwd=folder,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.splitlines()


@pytest.mark.parametrize("more", TAKEN.values(), ids=TAKEN)
def test_what_is_taken(tmp_path: Path, import_folders: list[str], more: str) -> None:
    source = SOURCE + more + "\n"
    edited = source.replace('"old"', '"new"')
    assert taken(tmp_path, import_folders, source, edited) == ["", "", "new"]


@pytest.mark.parametrize(("more", "why"), REFUSED.values(), ids=REFUSED)
def test_what_is_not_taken(tmp_path: Path, import_folders: list[str], more: str, why: str) -> None:
    source = more + "\n" if more.startswith(("def ", "async ")) else SOURCE + more + "\n"
    edited = source.replace('"old"', '"new"').replace("'old'", "'new'")
    told = taken(tmp_path, import_folders, source, edited)
    assert told[1].startswith(why)


def test_nothing_is_kept_while_a_debugger_looks(tmp_path: Path, import_folders: list[str]) -> None:
    meanwhile = "import sys; sys.settrace(lambda *_: None)"
    told = taken(tmp_path, import_folders, SOURCE, SOURCE, meanwhile)
    assert told[0] == "somebody watches it run"
