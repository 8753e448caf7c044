from __future__ import annotations

from textwrap import dedent

import pytest

from spawning_devtools.reload.graph.imports import Imports, asked_by

# (what it is, source, importing module, is a package, every name that it may mean)
SOURCES = [
    ("plain", "import a.b, c as d", "m", False, {"a.b", "c"}),
    ("from", "from a import b, c", "m", False, {"a", "a.b", "a.c"}),
    ("star", "from a import *", "m", False, {"a", "a.*"}),
    ("sibling", "from . import x", "p.m", False, {"p", "p.x"}),
    ("relative in a package", "from . import x", "p", True, {"p", "p.x"}),
    ("relative module", "from .q import x", "p.m", False, {"p.q", "p.q.x"}),
    ("two levels", "from ..q import x", "p.s.m", False, {"p.q", "p.q.x"}),
    ("two levels in a package", "from .. import x", "p.s", True, {"p", "p.x"}),
    ("beyond the top", "from ...q import x", "p.m", False, set()),
    ("relative at the top", "from . import x", "m", False, set()),
    ("lazy", "def f():\n    async def g():\n        import a", "m", False, {"a"}),
    ("optional", "try:\n    import a\nexcept ImportError:\n    import b", "m", False, {"a", "b"}),
    (
        "in a class and a match",
        "class C:\n  match 1:\n    case 1:\n      import a",
        "m",
        False,
        {"a"},
    ),
    ("checker only", "if TYPE_CHECKING:\n    import a\nelse:\n    import b", "m", False, {"b"}),
    ("checker only, dotted", "if typing.TYPE_CHECKING:\n    import a", "m", False, set()),
    (
        "not for the checker",
        "if not TYPE_CHECKING:\n    import a\nelse:\n    import b",
        "m",
        False,
        {"a"},
    ),
    (
        "elif of a checker",
        "if TYPE_CHECKING:\n    import a\nelif X:\n    import b",
        "m",
        False,
        {"b"},
    ),
    ("other condition", "if sys.platform == 'linux':\n    import a", "m", False, {"a"}),
    ("import_module", "importlib.import_module('a.b')", "m", False, {"a.b"}),
    ("import_module by itself", "x = [import_module('a') for _ in y]", "m", False, {"a"}),
    ("import_module, relative", "import_module('..a', __package__)", "p.q.m", False, {"p.a"}),
    ("__import__", "__import__('a')", "m", False, {"a"}),
    ("not a literal", "import_module(name); __import__(f'{x}')", "m", False, set()),
    ("inside an argument", "f(import_module('a'), __import__('b'))", "m", False, {"a", "b"}),
    ("an encoding", "# coding: latin-1\nx = '\xe4'\nimport a", "m", False, {"a"}),
]


@pytest.mark.parametrize(
    ("source", "importer", "is_package", "expected"),
    [row[1:] for row in SOURCES],
    ids=[row[0] for row in SOURCES],
)
def test_names(source: str, importer: str, is_package: bool, expected: set[str]) -> None:
    asked = asked_by(dedent(source).encode("latin-1"))
    assert {name for one in asked for name in one.absolute(importer, is_package)} == expected


def test_a_long_chain_of_conditions() -> None:
    source = "if x: pass\n" + "elif x: pass\n" * 900 + "else:\n    import a\n"
    assert [one.module for one in asked_by(source.encode())] == ["a"]


def test_a_syntax_error_keeps_what_was_known() -> None:
    imports = Imports()
    assert imports.parse("/m.py", b"1", b"import a")
    assert not imports.parse("/m.py", b"2", b"import b\ndef (")
    assert [one.module for one in imports.asked["/m.py"]] == ["a"]
    assert imports.is_current("/m.py", b"2")
    assert not imports.parse("/m.py", b"3", b"import a  # the same")
    assert imports.parse("/m.py", b"4", b"import b")


@pytest.mark.parametrize("source", [b"\0", b"\xff\xfe", b"(" * 5000])
def test_what_is_no_source_is_survived(source: bytes) -> None:
    imports = Imports()
    assert not imports.parse("/m.py", b"1", source)
    assert imports.asked == {}


def test_an_unknown_file_is_not_current() -> None:
    assert not Imports().is_current("/m.py", None)
