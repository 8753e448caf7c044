"""By which functions the debugger knows that a request is over: they are named, not imported."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from spawning_devtools.backdoor.session import debugger


@pytest.mark.parametrize(("module", "function"), sorted(debugger._ENDS | debugger._LOOPS))
def test_what_ends_a_request_is_there(module: str, function: str) -> None:
    spec = importlib.util.find_spec(module)
    assert spec is not None
    source = Path(str(spec.origin)).with_name(f"{module.rpartition('.')[2]}.py")
    assert f"    def {function}(" in source.read_text()
