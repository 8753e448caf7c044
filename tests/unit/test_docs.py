"""The manual knows every option, signal and error, and its links lead somewhere."""

from __future__ import annotations

import dataclasses
import importlib.util
import inspect
import re
import signal
from pathlib import Path
from types import ModuleType

import pytest

from spawning.config import key_of, options
from spawning.controller.signals import ORDERS
from spawning.status import events

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = sorted(
    page.relative_to(ROOT).as_posix()
    for page in [*ROOT.glob("*.md"), *DOCS.rglob("*.md")]
    if DOCS / "_build" not in page.parents
)
LINK = re.compile(r"\]\((?![a-z]+:|#)([^)#\s]+)")


def _load_generated() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generated", DOCS / "_ext" / "generated.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


generated = _load_generated()


@pytest.mark.parametrize("name", [name for name, one in options().items() if not one.hidden])
def test_option_is_in_the_reference(name: str) -> None:
    text = generated.options_reference()
    for flag in options()[name].flags:
        assert re.search(rf"(option\}}|,) {re.escape(flag)}[=, \n\[]", text), flag
    assert f"`{key_of(name)}`" in text


@pytest.mark.parametrize("number", ORDERS)
def test_signal_is_in_the_reference(number: signal.Signals) -> None:
    assert f"| `{number.name}` |" in generated.signals_reference()


def test_errors_are_in_the_reference_under_a_slug_of_their_own() -> None:
    kinds = list(generated.error_tree())
    text = generated.errors_reference()
    assert len({kind.slug for kind in kinds}) == len(kinds)
    for kind in kinds:
        assert f"(error-{kind.slug})=" in text


def test_messages_are_in_the_reference() -> None:
    text = generated.messages_reference()
    for kind in generated.message_kinds():
        assert f"## {kind.__name__}\n\n" in text
        for field in dataclasses.fields(kind):
            assert f"`{field.name}`" in text
    assert len(generated.message_kinds()) > 20


def test_events_are_in_the_reference() -> None:
    text = (DOCS / "reference" / "status.md").read_text()
    source = inspect.getsource(events)
    names = set(re.findall(r'_event\(\s*"([a-z-]+)"', source))
    assert len(names) > 5
    for name in names:
        assert f"| `{name}` |" in text


@pytest.mark.parametrize("name", generated.PAGES)
def test_generated_part_has_its_place(name: str) -> None:
    page = (DOCS / "reference" / f"{name}.md").read_text()
    assert generated.MARKER.findall(page) == [name]


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    # What stands in `_errors` becomes part of a page of the reference.
    folder = DOCS / "reference" if "/_errors/" in page else (ROOT / page).parent
    links = LINK.findall((ROOT / page).read_text())
    assert [link for link in links if not (folder / link).exists()] == []
