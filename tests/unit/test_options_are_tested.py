"""Each option is given to a real server by some test, which then looks at it from outside."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from spawning.config import options

TESTS = Path(__file__).resolve().parents[1]
SOURCES = "\n".join(
    path.read_text()
    for folder in ("process", "devtools", "browser")
    for path in sorted((TESTS / folder).rglob("*.py"))
)


@pytest.mark.parametrize("name", options())
def test_an_option_is_given_to_a_real_server(name: str) -> None:
    flags = "|".join(re.escape(flag) for flag in options()[name].flags)
    assert re.search(rf"[\"' ]({flags})[\"'= ]", SOURCES), f"no test starts a server with {flags}"
