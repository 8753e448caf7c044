"""Parts of pages that are made from the code, from its options to its errors.

A page of the manual that contains `<!-- generated: NAME -->` gets what the part of that
name in `PARTS` makes, as Markdown, each time the manual is built.
"""

from __future__ import annotations

import dataclasses
import inspect
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import figures
import programs

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


@dataclasses.dataclass(frozen=True)
class Part:
    """What is made, and the page that it stands on."""

    page: str
    make: Callable[[], str]


def options_reference(level: int = 2) -> str:
    """Return the options, by section, as `spawn --help` has them and more."""
    sections: dict[str, list[str]] = {}
    defaults = Config()
    for name, declared in options().items():
        if declared.hidden:
            continue
        entry = _option(name, declared, getattr(defaults, name))
        sections.setdefault(declared.section, []).append(entry)
    return "\n\n".join(
        "\n\n".join([f"{'#' * level} {section}", *entries]) for section, entries in sections.items()
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


def pyproject_reference() -> str:
    """Return the table of the keys of `[tool.spawning]`."""
    rows = ["| `app` | text, or a list with middleware after it | | the first word |"]
    defaults = Config()
    for name, declared in options().items():
        if declared.hidden:
            continue
        flag = next(flag for flag in declared.flags if flag.startswith("--"))
        default = getattr(defaults, name)
        shown = f"`{_written(default)}`" if default not in ("", (), None) else ""
        kind = _kind(declared, default)
        rows.append(f"| `{key_of(name)}` | {kind} | {shown} | {{option}}`{flag}` |")
    return "\n".join(["| key | value | default | as |", "| --- | --- | --- | --- |", *rows])


def _written(default: Any) -> str:
    if isinstance(default, bool):
        return str(default).lower()
    if isinstance(default, str):
        return f'"{default}"'
    return f"{default:g}" if isinstance(default, float) else str(default)


def _kind(declared: Option, default: Any) -> str:
    if declared.is_flag:
        return "true or false"
    if declared.alone:
        return f"true, false, or {declared.metavar.replace('|', ' or ')}"
    if declared.metavar == "SIZE":
        return 'a number, or text such as `"20M"`'
    if isinstance(default, tuple):
        return "text, or a list" if declared.repeatable else "text with commas, or a list"
    if isinstance(default, int | float) or declared.metavar == "PORT":
        return "a number" + (" of seconds" if declared.metavar == "SECONDS" else "")
    return "text"


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


def man_options() -> str:
    """Return the options for the man page, one level further in."""
    return options_reference(level=3)


def man_signals() -> str:
    """Return the signals for the man page, as a list of definitions."""
    meanings = [(number.name, MEANINGS[order]) for number, order in ORDERS.items()]
    return "\n\n".join(f"`{name}`\n: {meaning}" for name, meaning in meanings)


def man_exit_codes() -> str:
    """Return what each exit code means, for the man page."""
    codes: dict[int, list[str]] = {}
    for kind in error_tree():
        sentence = (inspect.getdoc(kind) or "").partition("\n")[0]
        if kind is not SpawningError:
            codes.setdefault(kind.exit_code, []).append(sentence)
    entries = [f"`{code}`\n: {' '.join(codes[code])}" for code in sorted(codes)]
    return "\n\n".join(entries)


PARTS: dict[str, Part] = {
    "options": Part("reference/options", options_reference),
    "pyproject": Part("reference/pyproject", pyproject_reference),
    "signals": Part("reference/signals", signals_reference),
    "errors": Part("reference/errors", errors_reference),
    "messages": Part("reference/messages", messages_reference),
    "reload_figures": Part("explanation/performance", figures.reload_tables),
    "serving_figures": Part("explanation/performance", figures.serving_tables),
    "steady_figures": Part("explanation/performance", figures.steady_tables),
    "man_options": Part("man/spawn", man_options),
    "man_signals": Part("man/spawn", man_signals),
    "man_exit_codes": Part("man/spawn", man_exit_codes),
    "man_commands": Part("man/spawnctl", programs.commands_reference),
}


def fill(_app: Sphinx, _name: str, source: list[str]) -> None:
    """Put the generated parts into a page that Sphinx has read."""
    source[0] = MARKER.sub(lambda marker: PARTS[marker[1]].make(), source[0])


def rebuilt(_app: Sphinx, env: Any, _added: Any, _changed: Any, _removed: Any) -> list[str]:
    """Return the pages to be built although their files are as they were."""
    return sorted({part.page for part in PARTS.values()} & set(env.found_docs))


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect to Sphinx."""
    app.connect("source-read", fill)
    app.connect("env-get-outdated", rebuilt)
    return {"parallel_read_safe": True}
