"""`spawnctl logs`: from the words on the command line to a table."""

from __future__ import annotations

import gc
import os
import sys
import time
from collections.abc import Sequence

from spawning.errors import UsageError, did_you_mean
from spawning_devtools.ctl.logs import report, times
from spawning_devtools.ctl.logs.scan import STANDARD_INPUT, Question, scan_all
from spawning_devtools.ctl.parser import Parser

GROUPED_BY = ("path", "status", "method")
SHOWN = 20
"""Groups of a table, unless more are asked for."""


def parser() -> Parser:
    """Return the parser of the command line."""
    made = Parser("logs", "How often and how long requests took, by path, status or method.")
    add = made.add_argument
    add("files", nargs="*", metavar="FILE", help="access logs, .gz too; - is standard input")
    add("--by", action="append", metavar="COLUMN", help="path, status or method; several, "
        "with commas between them, make groups of their combinations [path]")  # fmt: skip
    add("--earliest", metavar="TIME", help="nothing before: -1hour, -30min, -2days, 12:58, "
        "2026-11-24, '2026-11-24 12:58'")  # fmt: skip
    add("--latest", metavar="TIME", help="nothing after")
    add("--sort", default="count", metavar="COLUMN", help=f"{', '.join(report.NUMBERS)}, or "
        "what is grouped by [count]")  # fmt: skip
    add("--limit", type=int, metavar="N", help=f"groups to show, 0 for all [{SHOWN}; json and "
        "csv: all]")  # fmt: skip
    add("--format", default="text", metavar="FORMAT", help="text, json or csv [text]")
    add("--jobs", type=int, metavar="N", help="processes to read with [one for each processor]")
    return made


def main(argv: Sequence[str]) -> int:
    """Print what is asked; return the exit code.  Raises UsageError."""
    typed = parser().parse_args(_joined(argv))
    by = _columns(typed.by or ["path"])
    _check("--sort", typed.sort, [*report.NUMBERS, *by])
    _check("--format", typed.format, list(report.FORMATS))
    now = time.time()
    question = Question(by, _moment("--earliest", typed.earliest, now),
                        _moment("--latest", typed.latest, now))  # fmt: skip
    gc.disable()  # millions of values, and no cycle among them
    jobs = typed.jobs or len(os.sched_getaffinity(0))
    found = scan_all(question, typed.files or _standard_input(), jobs)
    groups = report.arranged(found, by, typed.sort)
    limit = typed.limit if typed.limit is not None else SHOWN * (typed.format == "text")
    shown = groups[:limit] if limit > 0 else groups
    text = report.FORMATS[typed.format](shown, by, len(groups) - len(shown), found)
    sys.stdout.write(text)
    sys.stdout.flush()
    if complaint := report.complaint(found):
        print(f"spawnctl: {complaint}", file=sys.stderr)
    return 0


def _joined(argv: Sequence[str]) -> list[str]:
    """Return the words with `--earliest -1hour` as one: argparse would take it for an option."""
    words: list[str] = []
    for word in argv:
        if words and words[-1] in ("--earliest", "--latest"):
            words[-1] += f"={word}"
        else:
            words.append(word)
    return words


def _columns(typed: Sequence[str]) -> tuple[str, ...]:
    columns = [word.strip() for words in typed for word in words.split(",")]
    for column in columns:
        _check("--by", column, GROUPED_BY)
    return tuple(dict.fromkeys(columns))


def _check(option: str, word: str, known: Sequence[str]) -> None:
    if word not in known:
        hint = did_you_mean(word, known) or f"type one of {', '.join(known)}"
        raise UsageError(f"{option}: there is no {word!r}", hint)


def _moment(option: str, text: str | None, now: float) -> float | None:
    if text is None:
        return None
    try:
        return times.parse(text, now)
    except ValueError as error:
        raise UsageError(f"{option}: {text!r} will not do, {error}") from None


def _standard_input() -> list[str]:
    if sys.stdin.isatty():
        raise UsageError("no log is named", "type for example: spawnctl logs access.log")
    return [STANDARD_INPUT]
