"""Where the next line begins, and whether Enter runs what was typed."""

from __future__ import annotations

import pytest

from spawning_devtools.ctl.attach.indentation import (
    fewer_blanks,
    is_whole,
    next_indent,
    outdented,
)

WHOLE = [
    "", "  ", "1 + 1", "x = 5", "print('a')", "foo(1,\n    2)", "import os; os.getpid()",
    "1 +* 2", "'never closed", "for i in range(3):\n    print(i)\n", "if x: y()\n",
    "def f():\n    return 1\n\n", "x = '''a\nb'''", "@decorated\ndef f(): pass\n", "if x: y()",
    "if x:\n    y\n\nz = 1",
    "class A:\n    def f(self):\n        pass\n\n    x = 1\n", "[\n  1\n]", "return 5",
]  # fmt: skip
PARTS = [
    "for i in range(3):", "for i in range(3):\n    print(i)", "foo(1,", "[", "x = '''a",
    "x = \\", "@decorated", "@decorated\ndef f(): pass", "def f():\n    ", "def f():\n    if x:\n",
    "class A:\n    x = 1", "try:\n    x\nexcept E:", "with a as b:\n    pass  # :",
    "d = {\n 'a': 1,",
]  # fmt: skip


@pytest.mark.parametrize("source", WHOLE)
def test_enter_runs_it(source: str) -> None:
    assert is_whole(source)


@pytest.mark.parametrize("source", PARTS)
def test_enter_begins_a_line(source: str) -> None:
    assert not is_whole(source)


INDENTS = {
    "x = 1": 0, "if x:": 4, "if x:  # why": 4, "    if x:": 8, "    return 5": 0,
    "        raise E": 4, "    pass": 0, "    x = 1": 4, "foo(": 4, "    foo(1,": 8,
    "foo(bar(1), [": 4, "foo(1)": 0, "    x = foo(\n        1)": 4, "x = ':'": 0,
    "'''if x:": 0, "def f(a,\n      b):": 4, "    returned = 1": 4, "d = {'a': [": 4, "x = (')'": 4,
}  # fmt: skip


@pytest.mark.parametrize(("before", "blanks"), INDENTS.items())
def test_the_next_line(before: str, blanks: int) -> None:
    assert next_indent(before) == " " * blanks


OUTDENTED = {
    "if x:\n    y\n    else": "else", "try:\n    y\n    except E as e": "except E as e",
    "    if x:\n        y\n        elif z": "    elif z", "if x:\n    y\nelse": None,
    "if x:\n    else": None, "    else": None, "if x:\n    y\n    elsewhere": None,
    "for x in y:\n    if x:\n        z\n    else": None,
}  # fmt: skip


@pytest.mark.parametrize(("before", "line"), OUTDENTED.items())
def test_a_colon_brings_else_out(before: str, line: str | None) -> None:
    assert outdented(before) == line


@pytest.mark.parametrize(
    ("line", "taken"), [("", 1), ("x", 1), ("    x", 1), ("    ", 4), ("      ", 2), (" ", 1)]
)
def test_backspace(line: str, taken: int) -> None:
    assert fewer_blanks(line) == taken
