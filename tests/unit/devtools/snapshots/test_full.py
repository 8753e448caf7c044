"""Bodies that are put into the functions of a running process, or not: each in one of its own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from spawning_devtools.snapshots import full
from unit.devtools.snapshots.trying import Tries, start

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not full.is_possible(), reason="this Python does not tell what has run"),
]

SOURCE = """
def told():
    return "old"
"""
CLASSES = """
class Kept(type):
    @property
    def __dict__(cls):
        raise RuntimeError("not for you")

    def __setattr__(cls, name, value):
        raise TypeError("it stays as it is")

class One:
    one = 1

class Two(metaclass=Kept):
    two = 2
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
        "import importlib.util, os\n"
        "cache = importlib.util.cache_from_source(__file__)\n"
        "os.makedirs(os.path.dirname(cache), exist_ok=True)\n"
        "open(cache, 'ab').close()",
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
    "it was opened by another path": (
        "import os\nopen(os.path.relpath(__file__)).close()",
        "something has read its source",
    ),
    "somebody keeps its source": (
        "import linecache\nlinecache.cache[__file__] = (1, None, ['x'], __file__)",
        "something has read its source",
    ),
    "another was looked at before": (
        "size = 0\ndef other(): pass\nsize = [len(f.__code__.co_code) for f in (other, told)]",
        "something has looked at the code of told",
    ),
    "it was looked at by one of a name of Python's": (
        "size = 0\ndef getfile(one): return len(one.__code__.co_code)\nsize = getfile(told)",
        "something has looked at the code of told",
    ),
    "it has warned": (
        "import warnings\nwarnings.simplefilter('ignore')\nwarnings.warn('x')",
        "something has warned of a line of it",
    ),
    "it is not there": ("kept = told\ndel told, kept\ndef told2(): pass", "there is no function"),
    "it was loaded again": (AGAIN, "it was not imported by its file, once"),
}
TAKEN = {
    "nothing": "",
    "it is decorated": "import functools\ntold = functools.lru_cache(told)",
    "its signature was asked for": "import inspect\ninspect.signature(told)",
    "its kind was asked for": "import inspect\ninspect.iscoroutinefunction(told)",
    "its file was asked for": "import inspect\ninspect.getfile(told)",
    "its annotations were asked for": "import typing\ntyping.get_type_hints(told)",
    "one below it is gone": "def gone(): pass\ndel gone",
    "a proxy is there": (
        "class Proxy:\n    @property\n    def __class__(self): raise RuntimeError\nproxy = Proxy()"
    ),
    "classes are odd": CLASSES,
}


@pytest.fixture(scope="module")
def running(import_folders: list[str]) -> Iterator[subprocess.Popen[str]]:
    with start(import_folders) as process:
        yield process


@pytest.fixture
def tries(tmp_path: Path, running: subprocess.Popen[str]) -> Tries:
    return Tries(tmp_path, running)


def edited(source: str) -> str:
    return source.replace('"old"', '"new"').replace("'old'", "'new'")


def grown(source: str) -> str:
    """Return it with a body that is edited, and a line longer."""
    return edited(source).replace("def told():", "def told():\n    # more")


@pytest.mark.parametrize("more", TAKEN.values(), ids=TAKEN)
def test_what_is_taken(tries: Tries, more: str) -> None:
    source = SOURCE + more + "\n"
    assert tries(source, grown(source)) == ["", "", "new"]


@pytest.mark.parametrize(("more", "why"), REFUSED.values(), ids=REFUSED)
def test_what_is_not_taken(tries: Tries, more: str, why: str) -> None:
    source = more + "\n" if more.startswith(("def ", "async ")) else SOURCE + more + "\n"
    told = tries(source, edited(source), shows="''")
    assert told[1].startswith(why)


@pytest.mark.parametrize(
    ("edit", "why"),
    [
        ("def told(:", "SyntaxError"),
        (None, "FileNotFoundError"),
        (SOURCE + "x = " + "[" * 500 + "]" * 500, ""),
    ],
    ids=["broken", "gone", "too deep to compile"],
)
def test_what_cannot_be_loaded_is_not_taken(tries: Tries, edit: str | None, why: str) -> None:
    told = tries(SOURCE, edit)
    assert told[1].startswith(why)
    assert told[1:] != ["", "new"]


def test_all_is_taken_or_nothing(tries: Tries) -> None:
    held = "def other():\n    return 'old'\nimport gc\nkept = gc.get_referents(other)\n"
    told = tries(SOURCE + held, edited(SOURCE + held), shows="[told(), other()]")
    assert told == ["", "something holds the code of other", ["old", "old"]]


@pytest.mark.skipif(sys.version_info < (3, 13), reason="classes know no line before Python 3.13")
def test_classes_are_told_their_new_lines(tries: Tries) -> None:
    source = SOURCE + CLASSES
    after = grown(source).replace("class Two", "\n\nclass Two")
    lines = [after[: after.index(f"class {name}")].count("\n") + 1 for name in ("One", "Two")]
    names = 'type.__dict__["__dict__"].__get__'
    told = tries(source, after, shows=f"[{names}(one)['__firstlineno__'] for one in (One, Two)]")
    assert told == ["", "", lines]


# (how somebody begins to watch, and ends it)
WATCHED = {
    "a debugger": ("sys.settrace(lambda *_: None)", "sys.settrace(None)"),
    "a profiler": ("sys.setprofile(lambda *_: None)", "sys.setprofile(None)"),
    "another tool": ("sys.monitoring.use_tool_id(2, 'x')", "sys.monitoring.free_tool_id(2)"),
}


@pytest.mark.parametrize(("begin", "end"), WATCHED.values(), ids=WATCHED)
def test_nothing_is_kept_of_what_somebody_watches(tries: Tries, begin: str, end: str) -> None:
    begin, end = f"import sys; {begin}", f"import sys; {end}"
    for when in ({"before": begin, "meanwhile": end}, {"meanwhile": begin}):
        assert tries(SOURCE, SOURCE, **when) == ["somebody watches it run"]


def test_what_is_there_at_once_is_not_worth_it(tries: Tries) -> None:
    assert tries(SOURCE, SOURCE, worth=60.0) == ["it is loaded in no time"]


def test_nobody_is_watched_when_all_is_loaded(tries: Tries) -> None:
    then = (
        "import sys, site_module as m\n"
        "monitoring = sys.monitoring\n"
        "assert not any(map(monitoring.get_tool, range(6)))\n"
        "monitoring.use_tool_id(4, 'test')\n"
        "assert not monitoring.get_local_events(4, m.told.__code__)\n"
        "monitoring.free_tool_id(4)\n"
    )
    assert tries(SOURCE, edited(SOURCE), then=then) == ["", "", "new"]


def test_what_was_forgotten_is_not_exchanged(tries: Tries) -> None:
    told = tries(SOURCE, edited(SOURCE), then="one.forget()")
    assert told[1] == "it was not imported by its file, once"


def test_others_go_first_while_it_is_loaded(tries: Tries) -> None:
    now = "import os; assert os.sched_getscheduler(0) == os.SCHED_{}"
    told = tries(SOURCE, SOURCE, meanwhile=now.format("BATCH"), then=now.format("OTHER"))
    assert told[:2] == ["", ""]


def test_a_priority_that_somebody_has_chosen_stays(tries: Tries) -> None:
    idle = "import os; os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))"
    now = "import os; assert os.sched_getscheduler(0) == os.SCHED_IDLE"
    assert tries(SOURCE, SOURCE, before=idle, meanwhile=now, then=now)[:2] == ["", ""]
