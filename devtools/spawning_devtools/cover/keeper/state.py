"""What pages and editors are told: the values of their JSON (see `pages`); pure."""

from __future__ import annotations

import dataclasses
import os
import re
import tokenize
from collections.abc import Iterable
from io import BytesIO
from typing import Any
from urllib.parse import quote

from spawning.messages import CoverageOrder
from spawning_devtools.cover.facts import Numbers

_LINE_ENDS = re.compile(r"\r\n|\r|\n")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What does not change while the keeper lives."""

    run: str
    """Names this life of the keeper."""
    app: str
    folder: str
    """Where the server was started."""
    editor_url: str
    python: str
    coverage: str
    """Version of coverage.py."""
    core: str
    reason: str
    branch: bool
    contexts: bool


def state(
    about: About, order: CoverageOrder, workers: int, problem: str, totals: dict[str, Any]
) -> dict[str, Any]:
    """Return what is to be known of the whole; `problem`: why nothing can be analysed, or ''."""
    fixed = ("app", "python", "coverage", "core", "reason", "branch", "contexts")
    return {name: getattr(about, name) for name in fixed} | {
        "epoch": order.epoch,
        "paused": order.paused,
        "workers": workers,
        "problem": problem,
        "totals": totals,
    }


def totals(files: Iterable[Numbers], pending: int) -> dict[str, Any]:
    """Return the sums of all files that count; `pending`: how many will have newer numbers."""
    found = dict.fromkeys(
        ("statements", "requests", "imports", "missing", "branches", "partial"), 0
    )
    ran = all_ = 0
    for one in files:
        if one.counts:
            for name, number in _counts(one).items():
                found[name] += number
            ran, all_ = ran + one.covered[0], all_ + one.covered[1]
    return {**found, "percent": 100.0 * ran / all_ if all_ else 100.0, "pending": pending}


def row(path: str, seq: int, numbers: Numbers | None, pending: bool, folder: str) -> dict[str, Any]:
    """Return what is to be known of one file; `numbers` are None where there are none yet."""
    one = numbers or Numbers(path)
    return {
        "path": path,
        "name": one.name or named(path, folder),
        "seq": seq,
        **_counts(one),
        "percent": one.percent,
        "pending": pending,
        "stale": one.is_stale,
        "error": one.problem,
    }


def _counts(one: Numbers) -> dict[str, int]:
    return {
        "statements": len(one.statements),
        "requests": len(one.requests),
        "imports": len(one.imports),
        "missing": len(one.missing),
        "branches": one.branches,
        "partial": one.partial_branches,
    }


def lines(one: Numbers) -> dict[str, Any]:
    """Return the lines of a file, by what is to be said of them."""
    labels = sorted(one.contexts)
    contexts: dict[str, list[int]] = {}
    for number, label in enumerate(labels):
        for line in one.contexts[label]:
            contexts.setdefault(str(line), []).append(number)
    return {
        "request": one.requests,
        "import": one.imports,
        "missing": one.missing,
        "excluded": one.excluded,
        "partial": {str(line): text for line, text in one.partial.items()},
        "labels": labels,
        "contexts": contexts,
    }


def for_editors(one: Numbers) -> dict[str, Any]:
    """Return the lines of a file as an editor shows them."""
    return {
        "path": one.path,
        "digest": one.digest,
        "executed_lines": sorted({*one.requests, *one.imports}),
        "import_lines": one.imports,
        "request_lines": one.requests,
        "missing_lines": one.missing,
        "excluded_lines": one.excluded,
    }


def named(path: str, folder: str) -> str:
    """Return how people call a file."""
    return path.removeprefix(os.path.join(folder, ""))


def editor(pattern: str, path: str) -> str:
    """Return the address that opens a file in the editor, still without the line's number."""
    return pattern.replace("{path}", quote(path)).replace("{column}", "1")


def source(data: bytes) -> list[str]:
    """Return the lines of a source as Python counts them, without their ends."""
    try:
        encoding, _ = tokenize.detect_encoding(BytesIO(data).readline)
    except SyntaxError:
        encoding = "utf-8"
    found = _LINE_ENDS.split(data.decode(encoding, errors="replace"))
    return found if found[-1] else found[:-1]
