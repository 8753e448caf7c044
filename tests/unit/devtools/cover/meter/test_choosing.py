"""How a project is measured, as the keeper finds out without touching anything of it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from spawning.config import Config
from spawning_devtools.cover.meter import choosing

pytestmark = pytest.mark.slow

PLUGIN = """\
import sys
from coverage import CoveragePlugin
import html
class Tracer(CoveragePlugin):
    pass
def coverage_init(registry, options):
    registry.add_file_tracer(Tracer())
    print("standard output is not for answers")
"""


def test_a_plugin_of_the_projects_counts_and_stays_out(tmp_path: Path) -> None:
    (tmp_path / "tracing.py").write_text(PLUGIN)
    (tmp_path / "html.py").write_text("raise SystemExit('this is not the one that is meant')")
    (tmp_path / ".coveragerc").write_text("[run]\nbranch = true\nplugins = tracing\n")
    found = choosing.ask(Config(args=("a",)), str(tmp_path))
    assert (found.core, found.branch) == ("ctrace", True)
    assert "tracing" not in sys.modules


def test_contexts_are_asked_for_by_an_option(tmp_path: Path) -> None:
    found = choosing.ask(Config(args=("a",), coverage_contexts=True), str(tmp_path))
    assert (found.core, found.branch, found.contexts) == ("ctrace", False, True)


BROKEN = [
    ("[run]\nbranch = perhaps\n", "not known: coverage.py cannot be configured: "),
    ("[run]\nplugins = nowhere\n", "nowhere"),
    ("[run]\nplugins = deadly\n", "ended with exit code 7"),
]


@pytest.mark.parametrize(("text", "why"), BROKEN)
def test_a_configuration_that_has_broken_since(tmp_path: Path, text: str, why: str) -> None:
    (tmp_path / "deadly.py").write_text("import os; os._exit(7)")
    (tmp_path / ".coveragerc").write_text(text)
    found = choosing.ask(Config(args=("a",)), str(tmp_path))
    assert (found.core, found.branch) == ("", False)
    assert why in found.reason
