"""The project whose lines are counted and reported."""

from __future__ import annotations

from pathlib import Path

import pytest

from unit.devtools.cover.reports.reported import Covered, covered


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Covered:
    return covered(tmp_path, monkeypatch)
