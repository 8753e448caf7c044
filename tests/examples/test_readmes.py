"""What the examples' READMEs say to install is what the tests' environment has."""

from __future__ import annotations

import re
import sys

import pytest

from examples.example import EXAMPLES, commands
from manual import DOCS, ROOT, blocks, typed

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

NAMES = sorted(path.parent.name for path in EXAMPLES.glob("*/README.md"))


def test_each_example_is_in_the_manual() -> None:
    text = (DOCS / "examples.md").read_text()
    assert re.findall(r"`examples/([\w-]+)`", text) == [
        "flask",
        "django",
        "pyramid",
        "websockets",
        "long-polling",
    ]
    for name in NAMES:
        assert f"`examples/{name}`" in text
        assert commands(name)[0] in text


@pytest.mark.parametrize("name", NAMES)
def test_what_is_to_be_installed_is_tested(name: str) -> None:
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]
    tested = {re.split(r"[>=]", requirement)[0].lower() for requirement in groups["examples"]}
    first = typed(next(block for block in blocks(f"examples/{name}/README.md") if block.is_code))[0]
    words = first.command.replace("'", "").split()
    assert words[:3] == ["pip", "install", words[2]]
    assert words[2].startswith("spawning[devtools")
    assert {word.lower() for word in words[3:]} <= tested
