"""What is offered to somebody who types: from the objects, and without running anything of them."""

from __future__ import annotations

import functools
import os
import types
from typing import Any

import pytest

from spawning_devtools.backdoor.session.complete import complete, signature_at
from spawning_devtools.backdoor.session.static import UNKNOWN, attribute, attributes, item, keys

# ---------------------------------------------------------------- nothing runs


TRAPPED: list[str] = []


class Ran(Exception):
    """Something of an object was run."""


def trap(*_args: Any, **_options: Any) -> Any:
    """Fail where anything is run, and note it: whoever runs it may catch that."""
    TRAPPED.append("")
    raise Ran


class Descriptor:
    """Computes when it is looked at."""

    __get__ = __set__ = trap


class Meta(type):
    """A metaclass that is full of traps."""

    __getattribute__ = __getattr__ = __dir__ = __instancecheck__ = __subclasscheck__ = trap
    described = property(trap)


class Trapped(metaclass=Meta):
    """An object with all that could run when somebody looks."""

    __slots__ = ("__dict__", "slotted", "unset")
    plain = 1
    computed = property(trap)
    described = Descriptor()
    cached = functools.cached_property(trap)
    __getattr__ = __getitem__ = __dir__ = __len__ = __iter__ = __repr__ = trap
    __eq__ = __bool__ = __call__ = __contains__ = trap
    __class__ = property(trap)  # type: ignore[assignment]
    __hash__ = None  # type: ignore[assignment]

    def method(self, first: int, *, second: str = "x") -> None:
        """Never called."""
        raise Ran

    @classmethod
    def made(cls, name: str) -> None:
        """Never called."""
        raise Ran

    @staticmethod
    def free(name: str) -> None:
        """Never called."""
        raise Ran


class TrappedDict(dict):  # type: ignore[type-arg]
    """A dictionary that computes its items."""

    __getitem__ = __iter__ = keys = items = __len__ = __contains__ = trap  # type: ignore[assignment]


@pytest.fixture
def names() -> dict[str, Any]:
    thing = object.__new__(Trapped)
    thing.slotted = {"a b": [1], 2: "two", None: 3, (1, 2): 4}
    thing.own = 5
    return {
        "thing": thing,
        "kind": Trapped,
        "d": thing.slotted,
        "trapped": TrappedDict(abc=1),
        "function": trap,
        "partial": functools.partial(trap, 1),
        "wrapped": functools.wraps(make)(lambda *rest, **options: trap()),
    }


def make(one: int, /, two: list[int], *rest: int, three: float = 1.5, **options: Any) -> None:
    """Never called."""
    raise Ran


TYPED = [
    "thing.", "thing.comp", "thing.method(", "thing.made(", "thing.free(", "thing.computed.",
    "thing.described.", "thing.cached.", "thing.nothing.", "thing.slotted.", "thing.slotted['",
    "thing[", "thing['", "thing(", "thing.unset.", "thing.own.", "kind.", "kind(",
    "kind.described.",
    "trapped['", "trapped['abc'].", "trapped.", "function(", "partial(", "wrapped(", "print(thing",
    "d[", "d[2].", "", "th",
]  # fmt: skip


@pytest.mark.parametrize("text", TYPED)
def test_nothing_runs(names: dict[str, Any], text: str) -> None:
    TRAPPED.clear()
    complete(text, names, {})
    signature_at(text, names)
    assert not TRAPPED


def offered(text: str, names: dict[str, Any]) -> list[str]:
    """Return the texts of what is offered."""
    return [one.text for one in complete(text, names, {"workers": "", "switch": ""})]


def test_attributes_are_offered(names: dict[str, Any]) -> None:
    shown = offered("thing.", names)
    assert {"plain", "computed", "described", "cached", "method", "own", "slotted"} <= set(shown)
    assert not [one for one in shown if one.startswith("_")]
    assert "__call__" in offered("thing.__", names)
    assert offered("thing.COMP", names) == ["computed"], "whatever the case, if nothing else fits"
    (one,) = complete("x = thing.comp", names, {})
    assert (one.text, one.start, one.kind) == ("computed", 10, "property")
    assert "mro" in offered("kind.", names)


def test_keys_are_offered_as_they_are_typed(names: dict[str, Any]) -> None:
    assert offered("d[", names) == ["'a b'", "2"]
    assert offered('d["', names) == ['"a b"']
    assert offered("d['a", names) == ["'a b'"]
    assert offered("d[2", names) == ["2"]
    assert offered("trapped['", names) == ["'abc'"], "its keys, by the type's own method"
    os.environ["BACKDOOR_TEST"] = "1"
    assert offered("env['BACKDOOR_T", {"env": os.environ}) == ["'BACKDOOR_TEST'"]
    del os.environ["BACKDOOR_TEST"]


def test_names_are_offered(names: dict[str, Any]) -> None:
    assert offered("th", names) == ["thing"]
    assert offered("pri", names) == ["print"]
    assert offered("whi", names) == ["while"]
    assert offered("work", names) == ["workers"]
    assert offered("f(work", names) == []
    assert offered("1 + work", names) == []
    assert "third=" not in offered("wrapped(th", names)
    assert offered("wrapped(thr", names) == ["three="]
    assert offered("wrapped(three=thi", names) == ["thing"]


def test_modules_are_offered() -> None:
    assert "path" in offered("os.pa", {"os": os})
    assert "pathlib" in offered("import path", {})
    assert "handlers" in offered("import logging.han", {})
    assert "handlers" in offered("from logging import han", {})
    assert "join" in offered("from os.path import jo", {})
    assert offered("from os.path imp", {}) == ["import"]


SIGNATURES = [
    ("make(", "make(one: int, /, two: list[int], *rest: int, three: float = 1.5, "
     "**options: Any)", 0),
    ("make(1, ", None, 1),
    ("make(1, 2, 3, 4", None, 2),
    ("make(1, three=", None, 3),
    ("make(1, other=", None, 4),
    ("thing.method(", "method(first: int, *, second: str = 'x')", 0),
    ("kind.method(", "method(self, first: int, *, second: str = 'x')", 0),
    ("thing.made(", "made(name: str)", 0),
    ("kind.made(", "made(name: str)", 0),
    ("thing.free(", "free(name: str)", 0),
    ("kind.free(", "free(name: str)", 0),
    ("wrapped(", "wrapped(one: int, /, two: list[int], *rest: int, three: float = 1.5, "
     "**options: Any)", 0),
    ("text.split(", "split(sep=None, maxsplit=-1)", 0),
    ("kinds.Point(", "Point(x, y=trap)", 0),
]  # fmt: skip


@pytest.mark.parametrize(("text", "shown", "index"), SIGNATURES, ids=[s[0] for s in SIGNATURES])
def test_signatures(names: dict[str, Any], text: str, shown: str | None, index: int) -> None:
    class Point:
        def __init__(self, x, y=trap) -> None:  # type: ignore[no-untyped-def]
            raise Ran

    names |= {"make": make, "text": "", "kinds": types.SimpleNamespace(Point=Point)}
    told, place = signature_at(text, names)
    assert place == index
    if shown is not None:
        assert told == shown


def test_no_signature(names: dict[str, Any]) -> None:
    for text in ("partial(", "thing.computed(", "nothing(", "1 + (", "thing.slotted("):
        assert signature_at(text, names) == ("", -1)


def test_looking_into_objects(names: dict[str, Any]) -> None:
    thing = names["thing"]
    assert attribute(thing, "own") == 5
    assert attribute(thing, "computed") is UNKNOWN
    assert attribute(thing, "nothing") is UNKNOWN
    assert attribute(thing, "slotted") is names["d"]
    assert item(names["d"], "a b") == [1]
    assert item([1, 2], 1) == 2
    assert item([1, 2], 5) is UNKNOWN
    assert item(names["trapped"], "abc") is UNKNOWN
    assert keys(names["trapped"]) == ["abc"]
    assert dict(attributes(types))["FunctionType"] is types.FunctionType


def test_a_flood_is_bounded() -> None:
    many = {f"name{number}": number for number in range(100_000)}
    assert len(complete("name", many, {})) == 500
    assert len(complete("d['", {"d": many}, {})) == 500
