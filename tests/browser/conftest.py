"""The browser of this machine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from browser.chromium import FOUND, Browser


@pytest.fixture(params=FOUND, ids=["browser"] * len(FOUND))
def browser(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Browser]:
    """The browser of this machine; one without has no cases."""
    started = Browser(request.param, tmp_path / "profile")
    yield started
    started.close()
