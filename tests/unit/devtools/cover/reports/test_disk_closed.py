"""A private folder that is given up twice closes nothing of others."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from spawning_devtools.cover.disk import PrivateFolder


def test_its_number_is_anothers_afterwards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    folder = PrivateFolder()
    folder.close()
    reading, writing = os.pipe()
    folder.close()
    os.write(writing, b"x")
    assert os.read(reading, 1) == b"x"
    os.close(reading)
    os.close(writing)
