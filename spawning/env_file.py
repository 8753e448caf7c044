"""Environment variables from files (`--env-file`): NAME=VALUE, a line each.

    # a comment
    export NAME=VALUE       # `export` may stand there; this comment is none of the value's
    NAME='as it is # all'   "with \\n, \\t, \\", \\\\"

What the environment has already stays; of the same name in several lines or files
the last counts.  Nothing is expanded: `$HOME` is five characters.

Each worker reads them before it imports anything of the application's, so that a
reload takes up what has changed, and drops what is no longer there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, MutableMapping
from pathlib import Path

from spawning.errors import UsageError

_LINE = re.compile(r"(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_]*)[ \t]*=(.*)", re.ASCII)
_COMMENT = r"[ \t]*(?:[ \t]#.*)?"
_NOTHING = re.compile(r"[ \t]+#.*")
_SINGLE = re.compile(rf"'([^']*)'{_COMMENT}")
_DOUBLE = re.compile(rf'"((?:[^"\\]|\\.)*)"{_COMMENT}')
_PLAIN = re.compile(rf"([^'\"].*?)?{_COMMENT}")
_ESCAPE = re.compile(r"\\(.)")
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "\\": "\\", "$": "$"}


def set_from(paths: Iterable[str], environ: MutableMapping[str, str]) -> None:
    """Set in `environ` what it has not yet; raises UsageError for a line that will not do."""
    found = read(paths)
    for name, (value, _origin) in found.items():
        environ.setdefault(name, value)


def read(paths: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Return value and origin (`FILE:LINE`) of each variable; raises UsageError."""
    variables: dict[str, tuple[str, str]] = {}
    for path in paths:
        try:
            text = Path(path).read_text(encoding="utf-8-sig")
        except OSError as error:
            raise UsageError(f"--env-file: {path} cannot be read: {error.strerror}") from None
        except UnicodeDecodeError:
            raise UsageError(f"--env-file: {path} is not text in UTF-8") from None
        variables |= parse(text, path)
    return variables


def parse(text: str, path: str) -> dict[str, tuple[str, str]]:
    """Return value and origin of each variable in the text of one file; raises UsageError."""
    variables = {}
    for number, line in enumerate(text.split("\n"), 1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        origin = f"{path}:{number}"
        match = _LINE.fullmatch(line)
        if match is None or "\0" in line:
            raise UsageError(
                f"--env-file: {origin}: {_shown(line)} is not NAME=VALUE",
                "a name has letters, digits and underscores",
            )
        variables[match[1]] = _value(match[2], match[1], origin), origin
    return variables


def _value(text: str, name: str, origin: str) -> str:
    # A comment needs a blank before it: a colour such as #fff is a value.
    text = "" if _NOTHING.fullmatch(text) else text.strip(" \t")
    if match := _SINGLE.fullmatch(text):
        return match[1]
    if match := _DOUBLE.fullmatch(text):
        return _ESCAPE.sub(lambda found: _ESCAPED.get(found[1], found[0]), match[1])
    if match := _PLAIN.fullmatch(text):
        return match[1] or ""
    raise UsageError(
        f"--env-file: {origin}: the quotes around the value of {name} do not match",
        "a value with quotes in it stands in quotes of the other kind",
    )


def _shown(line: str) -> str:
    # It may hold a password.
    name = line.partition("=")[0]
    return repr(name if len(name) < len(line) else line.split()[0])
