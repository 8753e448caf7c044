"""The live pages of coverage, as text: what a browser would refuse is not in them."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path

import pytest

from spawning_devtools.cover import pages
from spawning_devtools.cover.pages import REPORT_POLICY, Page, file_page, index_page, notice_page

FOLDER = Path(pages.__file__).parent
SCRIPTS = sorted(FOLDER.glob("*.js"))
PAGES = {
    "index": index_page(),
    "file": file_page(),
    "notice": notice_page("Being made", "The report is made."),
}


@pytest.fixture(params=PAGES)
def page(request: pytest.FixtureRequest) -> Page:
    """Each page."""
    return PAGES[request.param]


def elements(page: Page, tag: str) -> list[str]:
    """Return what stands in the elements of one kind."""
    return re.findall(rf"<{tag}>(.*?)</{tag}>", page.body.decode(), re.DOTALL)


@pytest.mark.parametrize("tag", ["script", "style"])
def test_its_policy_allows_its_own_and_nothing_else(page: Page, tag: str) -> None:
    directive = re.search(rf"{tag}-src ([^;]*);", page.policy)
    assert directive
    digests = [hashlib.sha256(text.encode()).digest() for text in elements(page, tag)]
    hashes = [f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests]
    assert directive[1].split() == (hashes or ["'none'"])
    assert page.policy.startswith("default-src 'none'; ")


def test_it_needs_nothing_that_its_policy_refuses(page: Page) -> None:
    text = page.body.decode()
    markup = re.sub(r"<(script|style)>.*?</\1>", "", text, flags=re.DOTALL)
    assert not re.search(r"\s(on\w+|style)=", markup), "no handlers and styles in the markup"
    assert not re.search(r"(src|href)=\"(?!/?_coverage|data:)", markup), "nothing from elsewhere"
    assert "http" not in "".join(elements(page, "style"))
    assert len(elements(page, "script")) == text.count("<script") == text.count("</script")
    assert "{{" not in markup
    assert "[[" not in markup


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_what_others_wrote_becomes_text(script: Path) -> None:
    text = script.read_text()
    assert not re.search(r"innerHTML|outerHTML|insertAdjacent|document\.write|\beval\b", text)
    assert "</script" not in text


def test_scripts_find_what_they_name(page: Page) -> None:
    text = page.body.decode()
    there = set(re.findall(r'\bid="([\w-]+)"', text))
    assert set(re.findall(r'\$\("([\w-]+)"\)', text)) <= there


def test_scripts_read_what_they_are_promised() -> None:
    read = re.compile(r"\b(?:told|state|totals|file)\.(\w+)")
    names = {name for script in SCRIPTS for name in read.findall(script.read_text())}
    assert len(names) > 25, "the scripts call it differently now"
    assert names <= set(re.findall(r'"(\w+)": ', pages.__doc__ or ""))


def test_colours_have_a_value_in_the_light_and_in_the_dark(page: Page) -> None:
    style = "".join(elements(page, "style"))
    light, dark = re.findall(r":root \{(.*?)\}", style, re.DOTALL)
    used = set(re.findall(r"var\((--[\w-]+)", style))
    assert used <= set(re.findall(r"(--[\w-]+):", style))
    colours = set(re.findall(r"(--[\w-]+): #", light))
    assert colours == set(re.findall(r"(--[\w-]+): #", dark))


def test_a_notice_is_text() -> None:
    page = notice_page("<b>", 'of "x.py" & [[title]] {{live.js}}')
    text = page.body.decode()
    assert "<h1>&lt;b&gt;</h1>" in text
    assert "of &quot;x.py&quot; &amp; [[title]] {{live.js}}</p>" in text
    assert page.policy == PAGES["notice"].policy


@pytest.mark.parametrize("again", [False, True])
def test_a_notice_comes_back_only_where_it_is_asked_to(again: bool) -> None:
    assert (b'http-equiv="refresh"' in notice_page("a", "b", again).body) is again


def test_pages_are_made_once() -> None:
    assert index_page() is index_page()
    assert file_page() is file_page()


def test_the_report_may_not_talk_to_others() -> None:
    assert REPORT_POLICY.startswith("default-src 'none'; ")
    assert "http" not in REPORT_POLICY
    assert "*" not in REPORT_POLICY
