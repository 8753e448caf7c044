"""Where our packages are, for processes that tests start."""

from __future__ import annotations

from pathlib import Path

import pytest

import spawning
import spawning_devtools


@pytest.fixture(scope="session")
def import_folders() -> list[str]:
    """Where `spawning` and `spawning_devtools` are imported from, for PYTHONPATH."""
    return [
        str(Path(package.__file__ or "").resolve().parents[1])
        for package in (spawning, spawning_devtools)
    ]
