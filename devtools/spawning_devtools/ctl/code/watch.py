"""`spawnctl watch`: what is watched, how changes are learned, and what came of them."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence

from spawning.messages import AskWatch, Watched
from spawning_devtools.ctl.code.ask import ask
from spawning_devtools.ctl.parser import Parser, add_server_option


def parser() -> Parser:
    """Return the parser of the command line."""
    made = Parser(
        "watch",
        "Says which folders are watched and how, how many files for what reason, and the last\n"
        "reloads with their causes.",
    )
    made.add_argument("--format", default="text", choices=("text", "json"), help="[text]")
    add_server_option(made)
    return made


def main(argv: Sequence[str]) -> int:
    """Print what is watched; return the exit code."""
    typed = parser().parse_args(argv)
    told = ask(typed.pid, AskWatch(), Watched)
    print(json.dumps(dataclasses.asdict(told), indent=2) if typed.format == "json" else text(told))
    return 0


def text(told: Watched) -> str:
    """Return it as a person reads it."""
    width = max((len(root.backend) for root in told.roots), default=0)
    width = max(width, len("not watched"))
    lines = [f"project  {told.project}", "", f"directories  {'backend':<{width}}  below"]
    lines += [f"{r.directories:>11,}  {r.backend:<{width}}  {r.path}" for r in told.roots]
    lines += ["", "watched for a change"]
    lines += [f"{count.number:>11,}  {count.what}" for count in told.counts if count.number]
    if told.decisions:
        lines += ["", "lately"]
        lines += [f"{_ago(one.ago):>11}  {one.kind:<7}  {one.cause}" for one in told.decisions]
    return "\n".join(lines)


def _ago(seconds: float) -> str:
    for size, unit in ((3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds / size:.0f} {unit} ago"
    return f"{seconds:.0f} s ago"
