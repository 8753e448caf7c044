"""The examples, as their readers start them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from examples.example import Example


@pytest.fixture
def example(tmp_path: Path) -> Iterator[Callable[[str], Example]]:
    """Make an example ready by name; its servers end with the test."""
    made: list[Example] = []

    def make(name: str) -> Example:
        made.append(Example(name, tmp_path / name))
        return made[-1]

    yield make
    for server in [server for one in made for server in one.servers]:
        server.destroy()
