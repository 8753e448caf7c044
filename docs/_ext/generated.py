"""Reference pages made from the code: options, signals and errors.

A page of the manual that contains `<!-- generated: NAME -->` gets what the function
of that name in `PAGES` returns, as Markdown, each time the manual is built.
"""

from __future__ import annotations

import dataclasses
import inspect
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spawning import messages
from spawning.config import Config, Option, key_of, options
from spawning.controller.signals import ORDERS, Order
from spawning.errors import SpawningError

if TYPE_CHECKING:
    from sphinx.application import Sphinx

MARKER = re.compile(r"^<!-- generated: (\w+) -->$", re.MULTILINE)
EXPLANATIONS = Path(__file__).resolve().parent.parent / "_errors"

MEANINGS = {
    Order.RELOAD: "Start a new generation; it takes over when it is ready.",
    Order.STOP: "Stop gracefully: accept nothing more, finish the requests in flight, end.",
    Order.INTERRUPT: "As SIGTERM; once more, as SIGQUIT. Ctrl-C sends it.",
    Order.STOP_AT_ONCE: "Stop at once; requests in flight are cut.",
    Order.REOPEN: "Open the access log, `--stdout` and `--stderr` anew, after they were renamed.",
    Order.MORE: "One worker more.",
    Order.FEWER: "One worker fewer, but never fewer than one.",
    Order.REAP: "Sent by the system when a process has ended; not for you to send.",
}


def options_reference() -> str:
    """Return the options, by section, as `spawn --help` has them and more."""
    sections: dict[str, list[str]] = {}
    defaults = Config()
    for name, declared in options().items():
        if declared.hidden:
            continue
        entry = _option(name, declared, getattr(defaults, name))
        sections.setdefault(declared.section, []).append(entry)
    return "\n\n".join(
        "\n\n".join([f"## {section}", *entries]) for section, entries in sections.items()
    )


def _option(name: str, declared: Option, default: Any) -> str:
    value = "" if declared.is_flag else declared.metavar
    flags = ", ".join(_usage(flag, value, bool(declared.alone)) for flag in declared.flags)
    facts = [f"In `[tool.spawning]`: `{key_of(name)}`{_toml_type(declared, default)}."]
    if default not in ("", (), False, None):
        shown = f"{default:g}" if isinstance(default, float) else str(default)
        facts.insert(0, f"Default: `{shown}`.")
    text = declared.help
    if declared.is_flag or not text.startswith(declared.metavar):  # a value is typed as it is
        text = text[0].upper() + text[1:]
    return f":::{{option}} {flags}\n{_escaped(text)}.\n\n{' '.join(facts)}\n:::"


def _usage(flag: str, value: str, alone: bool) -> str:
    if not value:
        return flag
    if alone:
        return f"{flag}[={value}]"
    return f"{flag}={value}" if flag.startswith("--") else f"{flag} {value}"


def _toml_type(declared: Option, default: Any) -> str:
    if declared.is_flag:
        return ", true or false"
    if declared.alone:
        return ", true, false or a value"
    if default == () and not declared.repeatable:
        return ", text with commas or a list"
    return ", a list" if declared.repeatable else ""


def _escaped(text: str) -> str:
    return re.sub(r"([\\`*_<>\[\]])", r"\\\1", text)


def signals_reference() -> str:
    """Return the table of the signals that the controller understands."""
    rows = [f"| `{number.name}` | {MEANINGS[order]} |" for number, order in ORDERS.items()]
    return "\n".join(["| signal | meaning |", "| --- | --- |", *rows])


def errors_reference() -> str:
    """Return what is known of each error, the general ones before the special ones."""
    return "\n\n".join(_error(kind) for kind in error_tree())


def error_tree() -> Iterator[type[SpawningError]]:
    """Yield every class of error that a user can meet, parents first."""
    waiting: list[type[SpawningError]] = [SpawningError]
    while waiting:
        kind = waiting.pop(0)
        yield kind
        waiting = [*kind.__subclasses__(), *waiting]


def _error(kind: type[SpawningError]) -> str:
    explanation = (EXPLANATIONS / f"{kind.slug}.md").read_text(encoding="utf-8").strip()
    sentence = (inspect.getdoc(kind) or "").partition("\n")[0]
    facts = f"`{kind.__name__}`, exit code {kind.exit_code}."
    return f"(error-{kind.slug})=\n## {kind.slug}\n\n{sentence} {facts}\n\n{explanation}"


def messages_reference() -> str:
    """Return each message between processes, with its fields, by the name on the wire."""
    return "\n\n".join(_message(kind) for kind in message_kinds())


def message_kinds() -> list[type[messages.Message]]:
    """Return every kind of message, by name."""
    kinds = [getattr(messages, name) for name in messages.__all__]
    return [
        kind
        for kind in kinds
        if isinstance(kind, type)
        and issubclass(kind, messages.Message)
        and kind is not messages.Message
    ]


def _message(kind: type[messages.Message]) -> str:
    text = " ".join((inspect.getdoc(kind) or "").split())
    fields = ", ".join(f"`{field.name}`" for field in dataclasses.fields(kind))
    return f"## {kind.__name__}\n\n{text}" + (f"\n\nFields: {fields}." if fields else "")


PAGES: dict[str, Callable[[], str]] = {
    "options": options_reference,
    "signals": signals_reference,
    "errors": errors_reference,
    "messages": messages_reference,
}


def fill(_app: Sphinx, _name: str, source: list[str]) -> None:
    """Put the generated parts into a page that Sphinx has read."""
    source[0] = MARKER.sub(lambda marker: PAGES[marker[1]](), source[0])


def rebuilt(_app: Sphinx, _env: Any, _added: Any, _changed: Any, _removed: Any) -> list[str]:
    """Return the pages to be built although their files are as they were."""
    return [f"reference/{name}" for name in PAGES]


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect to Sphinx."""
    app.connect("source-read", fill)
    app.connect("env-get-outdated", rebuilt)
    return {"parallel_read_safe": True}
