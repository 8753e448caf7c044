"""The page of one file in a real browser; a machine without one has no cases."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from browser.chromium import Browser
from browser.keeping import EVIL, TEXT, Keeper, is_at_peace, press, views
from serving import wait_until

pytestmark = [pytest.mark.slow, pytest.mark.once]

CLASSES = "[...document.querySelectorAll('.row')].map(row => row.className.replace(' current', ''))"
KINDS = ["row import", "row", "row import", "row request", "row missing", "row excluded"]
CURRENT = "document.querySelector('.current')?.id"
EDITOR = "document.getElementById('editor').href"


@pytest.fixture
def keeper() -> Iterator[Keeper]:
    """A keeper that knows one file."""
    made = Keeper(views())
    made.open()
    yield made
    made.close()


def test_the_lines_keep_themselves_up_to_date(browser: Browser, keeper: Keeper) -> None:
    [file, *_] = keeper.files.values()
    browser.look_as(390, 844)
    browser.open(keeper.url(f"/file?path={file.path}#L5"))
    browser.wait_for(f"{CURRENT} === 'L5'")
    assert browser.value_of(CLASSES) == KINDS
    assert browser.value_of("document.documentElement.scrollWidth") == 390
    code = "[...document.querySelectorAll('.row > code')].map(code => code.textContent)"
    assert browser.value_of(code) == file.source
    assert browser.value_of("document.querySelectorAll('img').length") == 0
    assert browser.value_of(EDITOR) == f"edit://{file.path}?5"
    browser.value_of("stays = document.getElementById('L5')")

    keeper.change(file, request={4, 5})
    browser.wait_for(f"{CLASSES}[4] === 'row request'")
    assert browser.value_of("stays === document.getElementById('L5')") is True
    assert f"digest={file.digest}" in keeper.asked[-1]

    source = ["import sys", *file.source]
    keeper.change(file, source=source, request=set(), imported=set(), missing={1, 2}, stale=True)
    browser.wait_for(f"{TEXT}.includes('This file has changed since it ran')")
    assert browser.value_of(code) == source
    keeper.change(file, imported={1, 2}, missing={5}, stale=False)
    browser.wait_for(f"{CLASSES}[0] === 'row import' && document.getElementById('stale').hidden")
    is_at_peace(browser, keeper)


def test_keys_go_from_line_to_line(browser: Browser, keeper: Keeper) -> None:
    [file, *_] = keeper.files.values()
    source = [f"line{number}()" for number in range(1, 501)]
    keeper.change(
        file, source=source, request={400, 498}, missing={300, 302, 401, 402}, excluded=set()
    )
    browser.open(keeper.url(f"/file?path={file.path}"))
    browser.wait_for(f"{CLASSES}.length === 500")
    for key, line in (
        ("n", 300),
        ("n", 401),
        ("n", 300),
        ("p", 401),
        ("p", 300),
        ("j", 301),
        ("k", 300),
    ):
        press(browser, key)
        assert browser.value_of(CURRENT) == f"L{line}", key
    top = browser.value_of("document.querySelector('.current').getBoundingClientRect().top")
    assert 0 < top < browser.value_of("innerHeight")
    browser.wait_for("location.hash === '#L300'")
    browser.value_of("document.querySelector('[data-kind=request]').click()")
    assert browser.value_of(CURRENT) == "L400"
    is_at_peace(browser, keeper)


def test_a_line_tells_which_requests_ran_it(browser: Browser) -> None:
    labels = ("GET /", f"POST /{EVIL}")
    file = views(imported={1}, request={3, 4}, contexts={3: [0, 1], 4: [1]})
    keeper = Keeper(file, branch=True, labels=labels)
    keeper.open()
    browser.open(keeper.url(f"/file?path={file.path}#L3"))
    browser.wait_for(f"{CURRENT} === 'L3'")
    press(browser, "Enter")
    assert browser.value_of("document.querySelector('#L3 .whom').innerText").split("\n") == [
        *labels
    ]
    press(browser, "Enter")
    assert browser.value_of("document.querySelector('.whom')") is None
    browser.value_of("document.querySelector('#L4 code').click()")
    assert browser.value_of("document.querySelector('#L4 .whom').innerText") == labels[1]
    note = "document.querySelector('#L4.partial .note').textContent"
    assert browser.value_of(note) == "line 4 didn't jump to line 5"

    by = "document.getElementById('by')"
    browser.value_of(f"{by}.value = 'GET /', {by}.dispatchEvent(new Event('change'))")
    theirs = "[...document.querySelectorAll('.theirs')].map(row => row.id).join()"
    assert browser.value_of(theirs) == "L3"
    strength = "Number(getComputedStyle(document.querySelector('#L{}')).opacity)"
    assert browser.value_of(strength.format(3)) == 1
    assert browser.value_of(strength.format(4)) < 1
    keeper.change(file, contexts={3: [0, 1], 4: [0, 1]})
    browser.wait_for(f"{theirs} === 'L3,L4'")
    browser.wait_for("document.querySelector('#L4 .whom').children.length === 2")
    is_at_peace(browser, keeper)
    keeper.close()


def test_what_cannot_be_shown_is_said(browser: Browser, keeper: Keeper) -> None:
    browser.open(keeper.url("/file?path=/etc/passwd"))
    browser.wait_for(f"{TEXT}.includes('This file is not measured.')")
    browser.open(keeper.url("/building"))
    browser.wait_for(f"{TEXT}.includes('The report <b> is made.')")
    begin = len(keeper.asked)
    wait_until(lambda: "/_coverage/building" in keeper.asked[begin:], "it comes back by itself")
