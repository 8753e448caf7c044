"""What the terminal says of generations."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest

from spawning.config import Config
from spawning.controller.terminal import Terminal
from spawning.messages import (
    Failed,
    Frame,
    GenerationBegun,
    GenerationFailed,
    GenerationServes,
    WorkerFailed,
)


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


MARKED = Config(args=("shop.app",), reload="dev", problem_lines=True)
FAILED = Failed(
    found=True,
    type="ValidationError",
    message="2 errors\n  name: missing\r\n  age: missing",
    file="/shop/models.py",
    line=7,
    column=0,
    frames=(Frame("/shop/models.py", 7, "<module>", "User()", True),),
    hint="",
)


def test_marks_for_problem_matchers(capfd: pytest.CaptureFixture[str]) -> None:
    terminal = Terminal(MARKED, [], lambda: ())
    terminal.tell(GenerationBegun(1, "start", 0.0))
    assert capfd.readouterr().err == "spawn: reload begin\n"
    terminal.tell(GenerationServes(1, 0.5, 0.0))
    assert capfd.readouterr().err.splitlines()[1:] == ["spawn: reload end"]
    terminal.tell(GenerationBegun(2, "models.py changed", 0.0))
    terminal.tell(WorkerFailed(2, 2, FAILED, 0.0))
    terminal.tell(GenerationFailed(2, 0.0))
    assert capfd.readouterr().err.splitlines() == [
        "spawn: reload begin",
        "spawn: error: /shop/models.py:7:1: ValidationError: 2 errors name: missing age: missing",
        "spawn:   /shop/models.py:7 in <module>: User()",
        "spawn: models.py changed: generation 2 failed; generation 1 goes on serving",
        "spawn: reload end",
    ]


def test_a_path_that_is_not_absolute_is_made_so(capfd: pytest.CaptureFixture[str]) -> None:
    terminal = Terminal(MARKED, [], lambda: ())
    failed = dataclasses.replace(FAILED, file="rules.cfg", message="invalid syntax")
    terminal.tell(WorkerFailed(2, 2, failed, 0.0))
    (first, *_) = capfd.readouterr().err.splitlines()
    assert first == f"spawn: error: {Path.cwd()}/rules.cfg:7:1: ValidationError: invalid syntax"


def test_without_the_option_there_are_no_marks(
    terminal: Terminal, capfd: pytest.CaptureFixture[str]
) -> None:
    terminal.tell(WorkerFailed(2, 2, FAILED, 0.0))
    text = capfd.readouterr().err
    assert "reload begin" not in text
    assert "reload end" not in text
    assert "2 errors\n  name: missing" in text
