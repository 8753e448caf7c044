"""`spawnctl why FILE`: is it watched, who imports it, and what a save would do."""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Sequence

from spawning.messages import AskWhy, Explanation
from spawning_devtools.ctl.code.ask import ask
from spawning_devtools.ctl.parser import Parser, add_server_option

SHOWN = 8
"""Modules listed before 'and N more'."""

EXAMPLE = """\
The exit code is 0 if the file is watched, 1 if it is not.

examples:
  spawnctl why mysite/views.py
  spawnctl why --format json settings.yaml"""


def parser() -> Parser:
    """Return the parser of the command line."""
    made = Parser(
        "why",
        "Says whether a file is watched and what for, who imports it, and what a save of it does.",
        EXAMPLE,
    )
    made.add_argument("file", metavar="FILE", help="it need not exist")
    made.add_argument("--format", default="text", choices=("text", "json"), help="[text]")
    add_server_option(made)
    return made


def main(argv: Sequence[str]) -> int:
    """Print what is known of the file; return 0 if it is watched."""
    typed = parser().parse_args(argv)
    told = ask(typed.pid, AskWhy(os.path.abspath(typed.file)), Explanation)
    if typed.format == "json":
        print(json.dumps(dataclasses.asdict(told), indent=2))
    else:
        print(text(told))
    return 0 if told.kinds else 1


def text(told: Explanation) -> str:
    """Return the explanation as a person reads it."""
    if not told.kinds:
        lines = [f"{told.path} is not watched: {told.ignored}"]
        return "\n".join(lines + [_line("what to do", told.advice)] * bool(told.advice))
    lines = [f"{told.path} is watched: {'; '.join(told.kinds)}"]
    if told.names:
        label = "modules" if len(told.names) > 1 else "module"
        lines.append(_line(label, _some(told.names)))
    if told.importers:
        lines.append(_line("imported by", _some(told.importers)))
    if len(told.chain) > 1:
        lines.append(_line("chain", " <- ".join(told.chain)))
    lines.append(_line("a save", _effect(told)))
    if told.source:
        lines.append(_line("starts from", told.source))
    if told.refusal:
        lines.append(_line("last save", f"more than bodies of functions: {told.refusal}"))
    return "\n".join(lines)


def _effect(told: Explanation) -> str:
    if told.effect == "refresh":
        return "refreshes the pages in browsers; no module is executed anew"
    if not told.affected:
        return "starts a new generation"
    count = f"{len(told.affected):,} of {told.modules:,} modules of the project"
    return f"starts a new generation; it concerns {count}: {_some(told.affected)}"


def _some(names: Sequence[str]) -> str:
    more = len(names) - SHOWN
    return ", ".join(names[:SHOWN]) + (f" and {more:,} more" if more > 0 else "")


def _line(label: str, value: str) -> str:
    return f"  {label:<12} {value}"
