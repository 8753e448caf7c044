"""What may be imported before a module that is being edited."""

from __future__ import annotations

import pytest

from spawning.messages import DynamicImport, Module
from spawning_devtools.reload.ahead import ahead_of, dependents, needed_by
from spawning_devtools.reload.imports import asked_by


def modules(sources: dict[str, str]) -> list[Module]:
    packages = {name.rpartition(".")[0] for name in sources}
    return [Module(name, f"/{name}.py", name in packages) for name in sources]


def ahead(sources: dict[str, str], name: str, *dynamic: tuple[str, str]) -> tuple[str, ...]:
    """Return what may be imported before `name`; `sources` are in the order of their start."""
    pairs = [DynamicImport(importer, imported) for importer, imported in dynamic]
    asked = {f"/{one}.py": asked_by(text.encode()) for one, text in sources.items()}
    needs = needed_by(modules(sources), asked, pairs)
    return ahead_of(name, list(sources), dependents(name, needs))


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
    assert ahead(sources, name) == expected


def test_an_import_by_name_counts_too() -> None:
    sources = {"edited": "", "b": "", "c": ""}
    assert ahead(sources, "edited", ("b", "edited")) == ("c",)


def test_the_order_of_the_start_is_kept() -> None:
    sources = {"edited": "", "z": "", "y": "", "a": "", "x": "import edited"}
    assert ahead(sources, "edited") == ("z", "y", "a")
