"""What is answered to somebody who types: pure, `(request, names) -> message`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from spawning_devtools.backdoor.session import complete, typed
from spawning_devtools.backdoor.session.expressions import before
from spawning_devtools.backdoor.session.magics import ABOUT
from spawning_devtools.backdoor.session.wire import Message

ANSWERS = ("complete", "signature", "is_complete")


def answer(request: Message, names: Mapping[str, Any]) -> Message:
    """Return what is answered to one of them."""
    match request["do"]:
        case "complete":
            return completions(request, names)
        case "signature":
            return signature(request, names)
        case _:
            return is_complete(request)


def completions(request: Message, names: Mapping[str, Any]) -> Message:
    """Return what can be typed at the cursor."""
    items = complete.complete(_text(request), names, ABOUT)
    return {
        "say": "completions",
        "id": request.get("id"),
        "items": [
            {"text": item.text, "start": item.start, "kind": item.kind, "meta": item.meta}
            for item in items
        ],
    }


def signature(request: Message, names: Mapping[str, Any]) -> Message:
    """Return how that is called whose arguments the cursor is in."""
    text, index = complete.signature_at(_text(request), names)
    return {"say": "signature", "id": request.get("id"), "text": text, "index": index}


def is_complete(request: Message) -> Message:
    """Return whether a source is whole."""
    judged = typed.judge(str(request.get("source", "")))
    return {
        "say": "is_complete",
        "id": request.get("id"),
        "state": judged.state,
        "indent": judged.indent,
    }


def _text(request: Message) -> str:
    """Return what stands before the cursor, which is at the end where the request says nothing."""
    source = str(request.get("source", ""))
    lines = source.split("\n")
    line = request.get("line", len(lines) - 1)
    column = request.get("column", len(lines[-1]))
    if type(line) is not int or type(column) is not int or line < 0 or column < 0:
        return source
    return before(source, line, column)
