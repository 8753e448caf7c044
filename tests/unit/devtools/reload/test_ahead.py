"""What may be imported before a module that is being edited."""

from __future__ import annotations

import pytest

from spawning.messages import DynamicImport, Module, Place
from spawning_devtools.reload.graph.ahead import dependents, needed_by, place_before
from spawning_devtools.reload.graph.imports import asked_by


def modules(sources: dict[str, str]) -> list[Module]:
    packages = {name.rpartition(".")[0] for name in sources}
    return [Module(name, f"/{name}.py", name in packages) for name in sources]


def place(sources: dict[str, str], edited: str, *dynamic: tuple[str, str]) -> Place:
    """Return the place for edits of some modules; `sources` are in the order of their start."""
    pairs = [DynamicImport(importer, imported) for importer, imported in dynamic]
    asked = {f"/{one}.py": asked_by(text.encode()) for one, text in sources.items()}
    needs = needed_by(modules(sources), asked, pairs)
    needing = {name: dependents([name], needs) for name in sources}
    return place_before(edited.split(), list(sources), needing)


@pytest.mark.parametrize(
    ("sources", "name", "expected"),
    [
        ({"a": "", "edited": "", "b": "", "c": "import edited"}, "edited", ("b",)),
        # By way of another.
        ({"edited": "", "b": "import edited", "c": "import b", "d": ""}, "edited", ("d",)),
        # A circle does not turn for ever.
        ({"edited": "import b", "b": "import edited", "c": ""}, "edited", ("c",)),
        # In a function: it may run at import.
        ({"edited": "", "b": "def f():\n    import edited", "c": ""}, "edited", ("c",)),
        # What came before is held already.
        ({"a": "", "b": "", "edited": ""}, "edited", ()),
        # To name a package on the way to a module is not to take what stands in it.
        ({"p": "", "p.edited": "", "p.b": "", "c": "import p.b"}, "p.edited", ("p.b", "c")),
        ({"p": "", "p.edited": "", "c": "from p import edited", "d": ""}, "p.edited", ("d",)),
        ({"p": "", "p.edited": "", "p.b": "from . import edited"}, "p.edited", ()),
        ({"p": "", "p.edited": "", "p.b": "from .edited import thing"}, "p.edited", ()),
        # Something else of the package: what stands in it, which may come from the edited one.
        (
            {"p": "from p.edited import X", "p.edited": "", "c": "from p import X", "d": ""},
            "p.edited",
            ("d",),
        ),
        # A package that needs it had begun: what is in it may come.
        ({"p": "import edited", "edited": "", "p.b": ""}, "edited", ("p.b",)),
        # One that had not would begin, and need it.
        ({"edited": "", "p": "import edited", "p.b": "", "p.c.d": ""}, "edited", ()),
        # The edited one is a package.
        ({"p": "", "p.b": "", "c": ""}, "p", ("c",)),
    ],
)
def test_what_does_not_need_it_may_come_before(
    sources: dict[str, str], name: str, expected: tuple[str, ...]
) -> None:
    found = place(sources, name)
    assert (found.name, found.ahead) == (name, expected)


def test_an_import_by_name_counts_too() -> None:
    sources = {"edited": "", "b": "", "c": ""}
    found = place(sources, "edited", ("b", "edited"))
    assert found == Place("edited", ("c",), ("b", "edited"))


def test_the_order_of_the_start_is_kept() -> None:
    sources = {"edited": "", "z": "", "y": "", "a": "", "x": "import edited"}
    assert place(sources, "edited").ahead == ("z", "y", "a")


@pytest.mark.parametrize(
    ("sources", "edited", "expected"),
    [
        # Before the first of them in the start, however they are named.
        ({"a": "", "b": "", "c": "", "d": ""}, "d b", Place("b", ("c",), ("b", "d"))),
        # Nothing comes ahead that needs any of them, by whatever way.
        (
            {"a": "", "b": "", "c": "import a", "d": "import b", "e": "import d", "f": ""},
            "a b",
            Place("a", ("f",), ("a", "b", "c", "d", "e")),
        ),
        # One that needs another that is edited is told once.
        ({"a": "", "b": "import a"}, "a b", Place("a", (), ("a", "b"))),
        # What has begun before the place is a dependent still: it must not come again.
        ({"main": "import a", "a": "", "b": ""}, "a", Place("a", ("b",), ("a", "main"))),
        # A package that is edited with others keeps what is in it, too.
        (
            {"a": "", "p": "import a", "p.b": "", "q": "", "q.b": ""},
            "p a",
            Place("a", ("q", "q.b"), ("a", "p")),
        ),
    ],
)
def test_a_place_may_be_for_edits_of_several(
    sources: dict[str, str], edited: str, expected: Place
) -> None:
    assert place(sources, edited) == expected


def test_who_depends_on_some_is_who_depends_on_any_and_themselves() -> None:
    needs = {"a": {"b"}, "b": {"c"}, "c": {"a"}, "x": {"y"}}
    assert dependents(["a"], needs) == {"a", "b", "c"}
    assert dependents(["b", "x"], needs) == {"a", "b", "c", "x", "y"}
    assert dependents(["y"], needs) == {"y"}
    assert dependents([], needs) == set()
