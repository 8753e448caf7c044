"""The manual knows every option, signal and error, and its links lead somewhere."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import re
import signal
import sys
from types import ModuleType

import pytest

from manual import DOCS, PAGES, ROOT
from spawning.config import key_of, options
from spawning.controller.signals import ORDERS
from spawning.status import events
from spawning_devtools.ctl import COMMANDS

LINK = re.compile(r"\]\((?![a-z]+:)([^)#\s]*)(?:#([^)\s]+))?\)")


def _load(name: str) -> ModuleType:
    sys.path.insert(0, str(DOCS / "_ext"))  # where it finds what it imports, as with Sphinx
    try:
        return importlib.import_module(name)
    finally:
        sys.path.pop(0)


generated = _load("generated")
columns = _load("columns")


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


def test_keys_are_in_the_reference_with_what_they_take() -> None:
    text = generated.pyproject_reference()
    for name, declared in options().items():
        assert (f"| `{key_of(name)}` |" in text) == (not declared.hidden)
    assert "| `port` | a number | `8080` |" in text
    assert "| `watch` | text, or a list |  |" in text
    assert "| `backdoor` | true, false, or PORT or unix:PATH |" in text


def test_commands_of_spawnctl_are_in_its_man_page() -> None:
    text = generated.PARTS["man_commands"].make()
    assert "### spawnctl attach" in text
    assert "`--worker N`" in text


@pytest.mark.parametrize("name", COMMANDS)
def test_options_of_spawnctl_are_in_the_reference(name: str) -> None:
    pages = ("reference/spawnctl", "how-to/analyse-logs")
    text = "".join((DOCS / f"{page}.md").read_text() for page in pages)
    parser = importlib.import_module(COMMANDS[name][0]).parser()
    for action in parser._actions:
        longest = max(action.option_strings, key=len, default="--help")
        # An option that has a short form may be there under that one.
        assert longest == "--help" or any(flag in text for flag in action.option_strings), longest


def test_exit_codes_are_in_the_man_page() -> None:
    text = generated.man_exit_codes()
    for kind in generated.error_tree():
        assert f"`{kind.exit_code}`\n: " in text


def test_generated_parts_have_their_places() -> None:
    for page in {part.page for part in generated.PARTS.values()}:
        expected = [name for name, part in generated.PARTS.items() if part.page == page]
        assert generated.MARKER.findall((DOCS / f"{page}.md").read_text()) == expected


def test_columns_are_as_wide_as_a_terminal_allows() -> None:
    assert columns.widths([10, 20]) == [10, 20]
    for longest in ([200, 10], [30, 300], [9] * 8, [22, 5, 7, 7, 7, 6, 6, 10], [900, 900]):
        wide = columns.widths(list(longest))
        assert sum(wide) + columns.GAP * len(wide) <= columns.WIDTH + len(wide)
        assert min(wide) >= min(columns.LEAST, *longest)


def test_files_of_deployment_are_shown_as_they_are() -> None:
    shown = [
        (ROOT / page).parent / path
        for page in PAGES
        for path in re.findall(
            r"^```\{literalinclude\} (\S*/deploy/\S+)$", (ROOT / page).read_text(), re.M
        )
    ]
    files = [path for path in (ROOT / "deploy").rglob("*") if path.is_file()]
    assert sorted(path.resolve() for path in shown) == sorted(files)


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    # What stands in `_errors` becomes part of a page of the reference.
    folder = DOCS / "reference" if "/_errors/" in page else (ROOT / page).parent
    for path, anchor in LINK.findall((ROOT / page).read_text()):
        target = folder / path if path else ROOT / page
        assert target.exists(), path
        if anchor and not anchor.startswith("error-"):  # those are made, with their page
            assert anchor in _anchors(target.read_text()), f"{path}#{anchor}"


def _anchors(text: str) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    slugs = [re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings]
    # Sphinx knows those that begin with dashes without them as well.
    return {name for slug in slugs for name in (slug, slug.lstrip("-"))}
