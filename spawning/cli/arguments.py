"""The command line, derived from the declared options."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from typing import Any, NoReturn

import spawning
from spawning import built
from spawning.config import Config, Option, options
from spawning.errors import UsageError, did_you_mean

USAGE = "spawn [options] my_module.my_wsgi_app [middleware.one middleware.two ...]"


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(message, "type 'spawn --help' for the options")


def parser() -> argparse.ArgumentParser:
    """Return the parser of `spawn`'s command line, made from the declared options."""
    made = _Parser(
        prog="spawn",
        usage=USAGE,
        description=spawning.__doc__,
        allow_abbrev=False,
        add_help=False,
        argument_default=argparse.SUPPRESS,
    )
    made.add_argument("args", nargs="*", metavar="APPLICATION", help=argparse.SUPPRESS)
    about = made.add_argument_group("About")
    about.add_argument("-h", "--help", action="help", help="show this and exit")
    about.add_argument(
        "--version",
        action="version",
        version=f"Spawning {built.version()}",
        help="show the version and exit",
    )
    groups: dict[str, argparse._ArgumentGroup] = {}
    defaults = Config()
    for name, declared in options().items():
        group = groups.get(declared.section) or made.add_argument_group(declared.section)
        groups[declared.section] = group
        group.add_argument(*declared.flags, dest=name, **_how(declared, getattr(defaults, name)))
    return made


def _how(declared: Option, default: Any) -> dict[str, Any]:
    if declared.hidden:
        return {"help": argparse.SUPPRESS}
    text = declared.help.replace("%", "%%")  # argparse formats it
    if declared.is_flag:
        return {"action": "store_true", "help": text}
    shown = f"{default:g}" if isinstance(default, float) else str(default)
    return {
        "action": "append" if declared.repeatable else "store",
        "metavar": declared.metavar,
        "help": text if default in ((), "", None) else f"{text} [{shown}]",
    }


def _with_values(argv: Sequence[str]) -> Iterator[str]:
    """Yield the words; an option that may be given alone gets its value with `=`.

    argparse would take for its value whatever comes next: the application.
    """
    alone = {
        flag: declared
        for declared in options().values()
        if declared.alone
        for flag in declared.flags
    }
    waiting = ""
    for place, word in enumerate(argv):
        if waiting:
            is_value = _is_value_of(alone[waiting], word)
            yield f"{waiting}={word if is_value else alone[waiting].alone}"
            waiting = ""
            if is_value:
                continue
        if word == "--":
            yield from argv[place:]
            return
        if word in alone:
            waiting = word
        else:
            yield word
    if waiting:
        yield f"{waiting}={alone[waiting].alone}"


def _is_value_of(declared: Option, word: str) -> bool:
    try:
        declared.parse(word)
    except ValueError:
        return False
    return True


def parse(argv: Sequence[str]) -> dict[str, Any]:
    """Return what was typed, by field name, as text (True for a flag).

    Raises UsageError for an unknown option, with the closest one that exists.
    """
    known, unknown = parser().parse_known_intermixed_args(list(_with_values(argv)))
    for word in unknown:
        flag = word.partition("=")[0]
        flags = [
            flag
            for declared in options().values()
            if not declared.hidden
            for flag in declared.flags
        ]
        hint = did_you_mean(flag, [*flags, "--help", "--version"])
        raise UsageError(
            f"there is no option {flag}", hint or "type 'spawn --help' for the options"
        )
    return vars(known)
