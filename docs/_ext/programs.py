"""The commands of `spawnctl`, made from their own parsers."""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Iterator

from spawning_devtools.ctl import COMMANDS


def parsers() -> dict[str, argparse.ArgumentParser]:
    """Return the parser of each command, by name."""
    return {
        name: importlib.import_module(module).parser() for name, (module, _) in COMMANDS.items()
    }


def commands_reference() -> str:
    """Return each command with its options, as a part of a man page."""
    return "\n\n".join(_command(name, parser) for name, parser in parsers().items())


def _command(name: str, parser: argparse.ArgumentParser) -> str:
    about = " ".join((parser.description or "").split())
    entries = "\n\n".join(_entries(parser))
    notes = f"\n\n```text\n{parser.epilog}\n```" if parser.epilog else ""
    return f"### spawnctl {name}\n\n{about}\n\n{entries}{notes}"


def _entries(parser: argparse.ArgumentParser) -> Iterator[str]:
    # argparse has no public list of what was added to a parser.
    for action in parser._actions:
        if action.help == argparse.SUPPRESS or "--help" in action.option_strings:
            continue
        value = "" if action.nargs == 0 else f" {action.metavar or _choices(action)}"
        term = ", ".join(action.option_strings) + value
        text = (action.help or "").replace("%%", "%")
        yield f"`{term.strip()}`\n: {_escaped(text)}"


def _choices(action: argparse.Action) -> str:
    return "|".join(map(str, action.choices or ())) or action.dest.upper()


def _escaped(text: str) -> str:
    return text.replace("[", r"\[").replace("]", r"\]").replace("*", r"\*")
