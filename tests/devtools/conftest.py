"""Servers that can be entered."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from entrance import Entrance, entrance


@pytest.fixture
def runtime(tmp_path: Path) -> dict[str, str]:
    """A runtime folder of the test's own, as a part of the environment."""
    folder = tmp_path / "runtime"
    folder.mkdir(mode=0o700)
    return {"XDG_RUNTIME_DIR": str(folder)}


@pytest.fixture(params=["tcp", "unix"])
def entered_at(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The two ways to be entered: the value of `--backdoor`."""
    return "0" if request.param == "tcp" else f"unix:{tmp_path}/door"


@pytest.fixture(params=["tcp", "unix"])
def door(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Entrance]:
    with entrance(tmp_path / "s" if request.param == "unix" else None) as made:
        yield made


@pytest.fixture
def tcp() -> Iterator[Entrance]:
    with entrance() as made:
        yield made
