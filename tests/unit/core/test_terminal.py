"""What the terminal says of generations."""

from __future__ import annotations

import re

import pytest

from spawning.config import Config
from spawning.controller.terminal import Terminal
from spawning.messages import GenerationBegun, GenerationFailed, GenerationServes


@pytest.fixture
def terminal() -> Terminal:
    """The terminal of a server whose first generation serves."""
    made = Terminal(Config(args=("shop.app",), reload="dev"), [], lambda: ())
    made.tell(GenerationBegun(1, "start", 0.0))
    made.tell(GenerationServes(1, 0.5, 0.0))
    return made


def said(capfd: pytest.CaptureFixture[str]) -> str:
    """Return the last line."""
    return capfd.readouterr().err.splitlines()[-1]


def test_the_causes_of_generations_that_were_overtaken_are_not_lost(
    terminal: Terminal, capfd: pytest.CaptureFixture[str]
) -> None:
    terminal.tell(GenerationBegun(2, "mine.py changed", 0.0))
    terminal.tell(GenerationBegun(3, "views.py changed", 0.0))
    terminal.tell(GenerationBegun(4, "views.py changed", 0.0))
    terminal.tell(GenerationServes(4, 0.02, 0.0))
    assert "mine.py changed, views.py changed: generation 4 in 20 ms" in said(capfd)
    terminal.tell(GenerationBegun(5, "SIGHUP", 0.0))
    terminal.tell(GenerationServes(5, 0.02, 0.0))
    assert re.search(r"[ :]SIGHUP: generation 5", said(capfd))


def test_a_failure_is_told_once_for_each_cause(
    terminal: Terminal, capfd: pytest.CaptureFixture[str]
) -> None:
    terminal.tell(GenerationBegun(2, "views.py changed", 0.0))
    terminal.tell(GenerationFailed(2, 0.0))
    assert "views.py changed: generation 2 failed; generation 1 goes on serving" in said(capfd)
    terminal.tell(GenerationBegun(3, "mine.py changed", 0.0))
    terminal.tell(GenerationFailed(3, 0.0))
    assert "views.py" not in said(capfd)
