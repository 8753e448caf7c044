"""What is compiled does as its sources do, whatever is sent and answered.

The other tests show that it does what it should, in the same words for both; this one looks for
what nobody has thought of.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from spawning.http import connection

CONVERSATIONS = Path(__file__).with_name("conversations.py")
COUNT = 5000


def _had(seed: int, *how: str) -> list[str]:
    """Return which file was run, and what came of each conversation."""
    command = [sys.executable, str(CONVERSATIONS), str(seed), str(COUNT), *how]
    env = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    return subprocess.check_output(command, env=env, text=True).splitlines()


@pytest.mark.slow
@pytest.mark.skipif(connection.__file__.endswith(".py"), reason="nothing is compiled here")
@pytest.mark.parametrize("seed", range(4))
def test_what_is_compiled_answers_as_its_sources_do(seed: int) -> None:
    compiled, written = _had(seed), _had(seed, "sources")
    assert (compiled[0].endswith(".so"), written[0].endswith(".py")) == (True, True)
    assert len(compiled) == COUNT + 1
    assert [
        pair for pair in zip(compiled[1:], written[1:], strict=True) if len(set(pair)) > 1
    ] == []
