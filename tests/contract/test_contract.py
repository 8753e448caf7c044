"""What a real server tells is what the examples say, on which programs of others are built."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from contract.scenario import told

pytestmark = pytest.mark.slow

FOLDER = Path(__file__).resolve().parent
EXAMPLES = {path.stem: json.loads(path.read_text()) for path in sorted(FOLDER.glob("*.json"))}
MEND = "if that is as it should be: python tests/contract/renew.py, and tell docs/reference"


def test_the_answers_are_as_in_the_examples(tmp_path: Path) -> None:
    # One test, because each of those who share its servers would start them anew.
    answers = told(tmp_path)
    assert sorted(answers) == sorted(EXAMPLES), MEND
    for name in EXAMPLES:
        assert _comparable(answers[name]) == _comparable(EXAMPLES[name]), f"{name}: {MEND}"


def _comparable(value: Any) -> Any:
    """Return a value without what Python 3.10 does not know: the columns of frames."""
    if isinstance(value, dict):
        left_out = {"column"} if sys.version_info < (3, 11) else set()
        return {name: _comparable(one) for name, one in value.items() if name not in left_out}
    return [_comparable(one) for one in value] if isinstance(value, list) else value
