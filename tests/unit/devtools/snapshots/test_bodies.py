"""Which edits of a module are edits of bodies of functions only."""

from __future__ import annotations

import sys
from types import CodeType

import pytest

from spawning_devtools.snapshots.bodies import (
    Elsewhere,
    called,
    exchanges,
    inside,
    is_moved,
    is_same,
)

pytestmark = pytest.mark.skipif(
    sys.version_info < (3, 12), reason="bodies are exchanged from Python 3.12 on"
)

SOURCE = '''\
import functools

LIMIT = 10


def counted(function):
    @functools.wraps(function)
    def wrapper(*words):
        return 1, function(*words)

    return wrapper


@counted
def plain(first, second: int = 2, *rest, key=None) -> int:
    """Explains."""
    return first + 1


class Shape:
    sides = 4

    def area(self):
        return self.sides

    @property
    def name(self):
        return "a shape"

    @classmethod
    def made(cls):
        return [one for one in (cls,)]

    def parent(self):
        return super().__repr__()


def numbers():
    yield 1


async def later():
    return 2


def sharing():
    shared = 1

    def inner():
        return shared

    return inner


def both(one, other, **more):
    return one, other


try:
    first = 1
    second = 2
except ValueError:
    pass


short = lambda: 3  # noqa: E731
'''
RAN = {"counted", "Shape"}
SHARING = """\
def sharing():
    shared = 1
    def inner():
        return shared
    return inner
"""

# (what is edited, old text, new text, the functions that get another code)
BODIES = {
    "a function": ("return first + 1", "return first - 1", {"plain"}),
    "names of others": ("return first + 1", "return LIMIT, functools", {"plain"}),
    "local variables": ("return first + 1", "more = first; return more", {"plain"}),
    "a method": ("return self.sides", "return 2 * self.sides", {"Shape.area"}),
    "a property": ('"a shape"', '"another shape"', {"Shape.name"}),
    "a class method": ("for one in (cls,)", "for one in (cls, cls)", {"Shape.made"}),
    "one that calls its parent": (".__repr__()", ".__str__()", {"Shape.parent"}),
    "a generator": ("yield 1", "yield 2", {"numbers"}),
    "a coroutine": ("return 2", "return 22", {"later"}),
    "a lambda": ("lambda: 3", "lambda: 33", {"<lambda>"}),
    "what a decorator returns": (
        "return 1, function(*words)",
        "return 2, function(*words)",
        {"counted.<locals>.wrapper", "counted"},
    ),
    "a variable that is shared inside": ("return one, other", "return lambda: one", {"both"}),
    "in a function that has not run, anything": ("shared = 1", "shared = 2", {"sharing"}),
    "comments": ("return first + 1", "return first + 1  # as ever", set()),
}
ELSEWHERE = {
    "a constant of the module": ("LIMIT = 10", "LIMIT = 11"),
    "of another type": ("LIMIT = 10", "LIMIT = 10.0"),
    "an import": ("import functools", "import functools, os"),
    "a decorator": ("@counted\n", ""),
    "another decorator": ("@classmethod", "@staticmethod"),
    "a default": ("second: int = 2", "second: int = 3"),
    "a parameter": ("*rest, key", "*others, key"),
    "another kind of parameter": ("first, second", "first, /, second"),
    "an annotation": ("-> int", "-> float"),
    "a docstring": ("Explains.", "Explains more."),
    "no docstring": ('"""Explains."""', "pass"),
    "a name": ("def area", "def surface"),
    "a constant of a class": ("sides = 4", "sides = 5"),
    "a base": ("class Shape:", "class Shape(list):"),
    "a function that has run": ("return wrapper", "return function"),
    "what is shared": ("return 1, function(*words)", "return 1, words"),
    "a function more": ("short =", "def more(): pass\nshort ="),
    "a method less": ("def area(self):\n        return self.sides\n", ""),
    "a generator made a function": ("yield 1", "return 1"),
    "a coroutine made a function": ("async def", "def"),
    "one statement more": ("LIMIT = 10", "LIMIT = 10; LIMIT"),
    "a parameter by keyword only": ("one, other, **more", "one, *, other, **more"),
    "the name of further parameters": ("other, **more", "other, **others"),
    "what is tried": (
        "    second = 2\nexcept ValueError:\n    pass",
        "except ValueError:\n    pass\nelse:\n    second = 2",
    ),
}


def compiled(text: str) -> CodeType:
    return compile(text, "site.py", "exec")


def edited(old: str, new: str) -> CodeType:
    assert SOURCE.count(old) == 1
    return compiled(SOURCE.replace(old, new))


def has_run(code: CodeType) -> bool:
    return code.co_name in RAN


@pytest.mark.parametrize(("old", "new", "changed"), BODIES.values(), ids=BODIES)
def test_edits_of_bodies(old: str, new: str, changed: set[str]) -> None:
    before, after = compiled(SOURCE), edited(old, new)
    pairs = list(exchanges(before, after, has_run))
    moved = {called(one) for one, other in pairs if is_moved(one, other)}
    assert {called(one) for one, _ in pairs} - moved == changed
    assert not moved
    for one, other in pairs:
        assert one in inside(before)
        assert other in inside(after)


# (two constants that Python takes for equal, or that are alike but for something)
CONSTANTS = [
    (10, 10.0), (1, True), (0.0, -0.0), ("a", b"a"), (1j, 1), (None, ...),
    ((1, 2), (1, 2, 3)), ((1, 2), (1, 2.0)), ((1, (2,)), (1, (2.0,))),
    ((1, 2), frozenset((1, 2))), (frozenset((1, 2)), frozenset((1, 2.0))),
    (slice(1, 2), slice(1, 3)), (slice(1, 2), slice(1, 2.0)),
]  # fmt: skip


def holding(constant: object) -> CodeType:
    code = compiled("LIMIT = 10")
    return code.replace(co_consts=(constant, *code.co_consts[1:]))


@pytest.mark.parametrize(("one", "other"), CONSTANTS, ids=repr)
def test_constants_that_differ(one: object, other: object) -> None:
    with pytest.raises(Elsewhere, match="the module does something else"):
        list(exchanges(holding(one), holding(other), has_run))
    assert list(exchanges(holding(one), holding(one), has_run)) == []


def test_sets_are_the_same_in_any_order() -> None:
    one, other = frozenset((1, 2**20 + 1)), frozenset((2**20 + 1, 1))
    assert list(exchanges(holding(one), holding(other), has_run)) == []


@pytest.mark.parametrize(("old", "new"), ELSEWHERE.values(), ids=ELSEWHERE)
def test_edits_of_more_than_bodies(old: str, new: str) -> None:
    with pytest.raises(Elsewhere):
        list(exchanges(compiled(SOURCE), edited(old, new), has_run))


def test_the_body_of_a_function_that_has_run_is_more_than_a_body() -> None:
    after = edited("return first + 1", "return first - 1")
    with pytest.raises(Elsewhere, match="plain does something else when it is imported"):
        list(exchanges(compiled(SOURCE), after, lambda code: True))


def test_what_is_below_moves() -> None:
    before = compiled(SOURCE)
    after = edited("return first + 1\n", "more = 1\n    return first + more\n")
    pairs = list(exchanges(before, after, has_run))
    assert {called(one) for one, other in pairs if not is_moved(one, other)} == {"plain"}
    lines = {called(one): other.co_firstlineno - one.co_firstlineno for one, other in pairs}
    assert lines.pop("plain") == 0
    assert set(lines.values()) == {1}
    assert {"Shape", "Shape.area", "sharing", "<lambda>"} <= lines.keys()


def test_a_line_that_a_class_also_uses_as_a_number_is_not_taken_for_its_line() -> None:
    source = "def f():\n    return 1\nclass C:\n    x = 3\n"
    after = source.replace("return 1", "a = 1\n    return a").replace("x = 3", "x = 4")
    with pytest.raises(Elsewhere):
        list(exchanges(compiled(source), compiled(after), lambda code: code.co_name == "C"))


def test_a_number_of_ones_own_is_not_taken_for_the_line_of_a_class() -> None:
    source = "def f():\n    return 1\nclass C:\n    __firstlineno__ = 100\n    def g(self): pass\n"
    edits = [("100", "200")]
    if sys.version_info >= (3, 13):  # where the line is stored as well, which moves
        edits.append(("return 1", "a = 1\n    return a"))
    for edit in edits:
        with pytest.raises(Elsewhere, match="C does something else"):
            list(exchanges(compiled(source), compiled(source.replace(*edit)), lambda code: False))


def test_the_body_of_a_class_has_run_whatever_is_known_of_it() -> None:
    after = edited("sides = 4", "sides = 5")
    with pytest.raises(Elsewhere, match="Shape does something else"):
        list(exchanges(compiled(SOURCE), after, lambda code: False))


@pytest.mark.parametrize(
    ("old", "new"), [("shared", "common"), ("shared = 1", "shared = 2")], ids=["name", "value"]
)
def test_what_a_function_that_has_run_shares_is_the_same(old: str, new: str) -> None:
    after = compiled(SHARING.replace(old, new))
    with pytest.raises(Elsewhere):
        list(exchanges(compiled(SHARING), after, lambda code: code.co_name == "sharing"))


def test_the_names_of_variables_of_a_function_that_has_run_are_the_same() -> None:
    source = "def f():\n    one = 1\n    return locals()\n"
    with pytest.raises(Elsewhere, match="f does something else"):
        list(exchanges(compiled(source), compiled(source.replace("one", "two")), lambda _: True))


def test_equal_codes_of_other_names_are_not_the_same() -> None:
    one, other = (compiled(f"class {name}:\n    def f(self): pass\n") for name in "AB")
    methods = [next(c for c in inside(code) if c.co_name == "f") for code in (one, other)]
    assert methods[0] == methods[1]
    assert not is_same(*methods)
    assert not is_moved(*methods)


def test_equal_codes_in_equal_lines_are_the_same() -> None:
    assert is_same(compiled(SOURCE), compiled(SOURCE))
    assert not is_same(compiled(SOURCE), compiled(f"\n{SOURCE}"))
    assert is_moved(compiled(SOURCE), compiled(f"\n{SOURCE}"))
