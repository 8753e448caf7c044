"""Values and exceptions as text: readable, and never too much of it."""

from __future__ import annotations

import itertools
import os
import pprint
import traceback
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType, TracebackType
from typing import Any

LONGEST = 200_000
"""Characters of a value that is shown."""
MANY = 10_000
"""Items of a container that are shown."""
WIDTH = 100
OURS = os.path.dirname(os.path.abspath(__file__)) + os.sep
"""Where the files of the session are."""
_BRACKETS: Mapping[Any, Sequence[str]] = MappingProxyType(
    {list: "[]", tuple: "()", set: "{}", frozenset: ("frozenset({", "})"), dict: "{}"}
)


def shown(value: Any, width: int = WIDTH) -> str:
    """Return a value as text, over several lines where it is long; raises what its repr raises."""
    if type(value) in _BRACKETS and len(value) > MANY:
        return _beginning(value)
    if type(value) is str:
        return _of_text(value)
    text = repr(value)
    if len(text) > width and type(value) in _BRACKETS and len(text) <= LONGEST:
        text = pprint.pformat(value, width=width, compact=True, sort_dicts=False)
    if len(text) <= LONGEST:
        return text
    return f"{text[:LONGEST]}\n… {len(text):,} characters in all"


def _of_text(value: str) -> str:
    if len(value) <= LONGEST:
        return repr(value)
    return f"{value[:LONGEST]!r}\n… {len(value):,} characters in all"


def _beginning(value: Any) -> str:
    opening, closing = _BRACKETS[type(value)]
    first = list(itertools.islice(value.items() if type(value) is dict else value, MANY // 10))
    items = (f"{k!r}: {v!r}" for k, v in first) if type(value) is dict else map(repr, first)
    text = ",\n ".join(items)[:LONGEST]
    return f"{opening}{text},\n …{closing}\n… {len(value):,} items in all"


def traceback_of(error: BaseException) -> str:
    """Return an exception as Python shows it, without the frames that are ours."""
    told = traceback.TracebackException(
        type(error), error, _without_ours(error.__traceback__), compact=True
    )
    for one in _with_causes(told):
        one.stack = traceback.StackSummary.from_list(
            [frame for frame in one.stack if not frame.filename.startswith(OURS)]
        )
    text = "".join(told.format())
    if len(text) <= LONGEST:
        return text
    half = LONGEST // 2
    return f"{text[:half]}\n… {len(text):,} characters in all …\n{text[-half:]}"


def _without_ours(found: TracebackType | None) -> TracebackType | None:
    while found is not None and found.tb_frame.f_code.co_filename.startswith(OURS):
        found = found.tb_next
    return found


def _with_causes(told: traceback.TracebackException) -> Iterator[traceback.TracebackException]:
    waiting, seen = [told], set()
    while waiting:
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        waiting += [other for other in (one.__cause__, one.__context__) if other is not None]
        waiting += getattr(one, "exceptions", None) or ()  # of a group, from Python 3.11 on
