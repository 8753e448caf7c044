"""What is said of how an installation was built."""

from __future__ import annotations

import importlib.util
from importlib.machinery import ModuleSpec

import pytest

from spawning import __version__, built

BUILT = {
    "/usr/lib/spawning/row_slot.py": __version__,
    "/usr/lib/spawning/row_slot.cpython-313-x86_64-linux-gnu.so": f"{__version__} (compiled)",
}


@pytest.mark.parametrize("origin", BUILT)
def test_the_version_says_whether_the_engine_is_compiled(
    origin: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = ModuleSpec("spawning.row_slot", None, origin=origin)
    monkeypatch.setattr(built, "find_spec", {"spawning.row_slot": spec}.get)
    assert built.version() == BUILT[origin]


def test_it_looks_at_a_module_that_is_there() -> None:
    assert importlib.util.find_spec("spawning.row_slot") is not None
