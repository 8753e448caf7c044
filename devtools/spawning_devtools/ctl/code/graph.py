"""`spawnctl graph`: which modules of the project import which."""

from __future__ import annotations

from collections.abc import Sequence

from spawning.messages import AskGraph, Drawing
from spawning_devtools.ctl.code.ask import ask
from spawning_devtools.ctl.code.drawings import FORMATS
from spawning_devtools.ctl.parser import Parser, add_server_option

EXAMPLE = """\
Modules that import each other in a circle are marked.

examples:
  spawnctl graph
  spawnctl graph --format dot | dot -Tsvg > modules.svg
  spawnctl graph --format mermaid --root mysite.views"""


def parser() -> Parser:
    """Return the parser of the command line."""
    made = Parser("graph", "Draws which modules import which, as the application did it.", EXAMPLE)
    add = made.add_argument
    add("--format", default="text", choices=sorted(FORMATS), help="[text]")
    add("--root", default="", metavar="MODULE", help="only what this module imports, directly "
        "or not [all]")  # fmt: skip
    add("--all", action="store_true", help="modules of installed packages too, as far as the "
        "project or another one was seen to import them")  # fmt: skip
    add_server_option(made)
    return made


def main(argv: Sequence[str]) -> int:
    """Print the graph; return the exit code."""
    typed = parser().parse_args(argv)
    print(FORMATS[typed.format](ask(typed.pid, AskGraph(typed.root, typed.all), Drawing)))
    return 0
