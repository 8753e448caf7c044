"""The page of all files in a real browser; a machine without one has no cases."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from browser.chromium import Browser
from browser.keeping import EVIL, TEXT, File, Keeper, is_at_peace, press, views

pytestmark = [pytest.mark.slow, pytest.mark.once]

MANY = 2000
ROWS = "[...document.querySelectorAll('#files tr')]"
NAMES = f"{ROWS}.map(row => row.querySelector('a').textContent)"
COUNT_FLASHES = """
flashes = 0;
before = Element.prototype.animate;
Element.prototype.animate = function (...how) { flashes += 1; return before.apply(this, how); };
0
"""
"""They are over soon: on a machine that is busy, before anybody looks."""


def cells(name: str) -> str:
    """Return the script for what the cells of a file say, its name apart."""
    row = f"{ROWS}.find(row => row.querySelector('a').textContent === '{name}')"
    return f"[...{row}.children].slice(1).map(cell => cell.textContent.trim())"


@pytest.fixture
def keeper(port: int) -> Iterator[Keeper]:
    """A keeper that knows one file and a few others."""
    others = [File(f"mysite/part{n}.py", imported=set(range(n)), missing={20}) for n in (1, 2, 3)]
    made = Keeper(views(), *others)
    made.port = port
    made.open()
    yield made
    made.close()


def test_the_files_keep_themselves_up_to_date(browser: Browser, keeper: Keeper) -> None:
    [file, *_] = keeper.files.values()
    browser.look_as(390, 844)
    browser.open(keeper.url())
    browser.wait_for(f"{NAMES}.length === 4")
    assert browser.value_of("document.documentElement.scrollWidth") == 390
    browser.look_as(1280, 900)
    assert browser.value_of(cells("mysite/views.py")) == ["4", "1", "2", "1", "\u2013", "75.0 %"]
    assert (
        browser.value_of("document.title")
        == "69.2 % \u2013 Coverage \u2013 mysite.wsgi.application"
    )
    sentence = "9 of 13 lines have run, 1 of them in requests."
    assert browser.value_of("document.getElementById('sentence').textContent") == sentence

    keeper.change(file, request={4, 5}, missing=set())
    browser.wait_for(f"{cells('mysite/views.py')}[1] === '2'")
    browser.wait_for(f"{TEXT}.includes('10 of 13 lines have run, 2 of them in requests.')")
    keeper.change(file, stale=True)
    browser.wait_for(f"{TEXT}.includes('has changed since it ran')")
    keeper.change(file, stale=False, error=f"line 6: invalid syntax {EVIL}")
    browser.wait_for(f"{TEXT}.includes('line 6: invalid syntax {EVIL}')")
    keeper.change(File(f"{EVIL}.py", pending=True))
    browser.wait_for(f"{TEXT}.includes('being analysed') && {NAMES}[0] === '{EVIL}.py'")
    keeper.remove(file)
    browser.wait_for(f"!{NAMES}.includes('mysite/views.py') && {NAMES}.length === 4")
    assert browser.value_of("document.querySelectorAll('img').length") == 0
    is_at_peace(browser, keeper)


def test_a_proxy_may_have_put_them_below_a_path(browser: Browser, keeper: Keeper) -> None:
    keeper.below = "/proxy/8080"
    browser.open(keeper.url())
    browser.wait_for(f"{NAMES}.length === 4")
    link = "document.querySelector('.reports a').href"
    assert browser.value_of(link) == keeper.url("/html/")
    browser.value_of(f"{ROWS}[0].querySelector('a').click()")
    browser.wait_for("location.pathname === '/proxy/8080/_coverage/file'")
    browser.wait_for("document.title.includes('part1.py')")
    browser.value_of("document.getElementById('reset').click()")
    browser.wait_for("document.getElementById('said').textContent.includes('Forgotten')")
    browser.value_of("document.getElementById('back').click()")
    browser.wait_for(f"{NAMES}.length === 4")
    is_at_peace(browser, keeper)


def test_the_files_are_found(browser: Browser, keeper: Keeper) -> None:
    browser.open(keeper.url())
    browser.wait_for(f"{NAMES}.length === 4")
    press(browser, "/")
    for key in "PART":
        press(browser, key)
    browser.wait_for(f"{NAMES}.length === 3 && {TEXT}.includes('3 of 4 files')")
    browser.value_of("document.querySelector('[data-sort=imports]').click()")
    most_first = ["mysite/part3.py", "mysite/part2.py", "mysite/part1.py"]
    assert browser.value_of(NAMES) == most_first
    assert browser.value_of("document.querySelector('[aria-sort]').ariaSort") == "descending"
    assert browser.value_of("location.search") == "?q=PART&sort=-imports"

    browser.tell("Page.reload")
    browser.wait_for(
        f"{NAMES}.length === 3 && performance.getEntriesByType('navigation')[0].type === 'reload'"
    )
    assert browser.value_of(NAMES) == most_first
    assert browser.value_of("document.getElementById('search').value") == "PART"
    press(browser, "/")
    press(browser, "ArrowDown")
    assert browser.value_of("document.activeElement.textContent") == most_first[0]
    press(browser, "Enter")
    browser.wait_for("location.pathname === '/_coverage/file'")
    browser.wait_for("document.title.includes('part3.py')")
    press(browser, "u")
    browser.wait_for(f"location.search === '?q=PART&sort=-imports' && {NAMES}.length === 3")

    press(browser, "/")
    press(browser, "Escape")
    browser.wait_for(f"{NAMES}.length === 4")
    show = "document.getElementById('show')"
    browser.value_of(f"{show}.value = 'requests', {show}.dispatchEvent(new Event('change'))")
    assert browser.value_of(NAMES) == ["mysite/views.py"]
    is_at_peace(browser, keeper)


def test_what_has_just_run_is_seen_and_does_not_jump_away(browser: Browser, keeper: Keeper) -> None:
    first, part, *_ = keeper.files.values()
    browser.open(keeper.url("?sort=-requests"))
    browser.wait_for(f"{NAMES}[0] === 'mysite/views.py' && {NAMES}.length === 4")
    browser.value_of(COUNT_FLASHES)
    new = File("mysite/new.py", pending=True)
    keeper.change(new)
    browser.wait_for(f"{NAMES}.length === 5")
    keeper.change(new, pending=False, missing={1})
    browser.wait_for(f"{cells(new.name)}[0] === '1'")
    assert browser.value_of("flashes") == 0
    place = browser.value_of(
        "(({x, y}) => ({x, y}))(document.getElementById('files').getBoundingClientRect())"
    )
    pointer = {"type": "mouseMoved", "x": place["x"] + 20, "y": place["y"] + 20}
    browser.tell("Input.dispatchMouseEvent", **pointer)
    keeper.change(part, request={1, 2})
    browser.wait_for(f"{cells('mysite/part1.py')}[1] === '2' && flashes === 1")
    assert browser.value_of(NAMES)[0] == first.name
    browser.tell("Input.dispatchMouseEvent", **(pointer | {"y": 1}))
    keeper.change(first, stale=True)
    browser.wait_for(f"{NAMES}[0] === '{part.name}'")
    is_at_peace(browser, keeper)


def test_what_is_measured_is_controlled(browser: Browser, keeper: Keeper) -> None:
    browser.open(keeper.url())
    browser.wait_for(f"{NAMES}.length === 4")
    for button, order, said, after in (
        ("pause", "pause", "Paused.", "what requests run now is not counted"),
        ("pause", "resume", "Counting again.", "Pause"),
        ("reset", "reset", "Forgotten what requests ran.", "none of them in a request yet"),
    ):
        browser.value_of(f"document.getElementById('{button}').click()")
        browser.wait_for(f"document.getElementById('said').textContent === '{said}'")
        browser.wait_for(f"{TEXT}.includes('{after}')")
        assert keeper.posted[-1] == order
    assert browser.value_of("document.getElementById('paused').hidden") is True

    keeper.refusal = "Ask localhost for it."
    browser.wait_for(f"{TEXT}.includes('Ask localhost for it. What you see is as of')")


def test_the_server_is_found_again(browser: Browser, keeper: Keeper) -> None:
    browser.open(keeper.url())
    browser.wait_for(f"{NAMES}.length === 4")
    keeper.close()
    browser.wait_for(f"{TEXT}.includes('The server does not answer. What you see is as of')")
    another = File("other.py", imported={1}, seq=1)
    keeper.run, keeper.seq, keeper.files = "b", 1, {another.path: another}
    keeper.open()
    browser.wait_for(f"{NAMES}.join() === 'other.py' && document.getElementById('lost').hidden")


def test_many_files(browser: Browser, keeper: Keeper) -> None:
    for number in range(MANY):
        file = File(f"big/part{number}/models.py", imported=set(range(number % 90)), missing={99})
        keeper.change(file)
    browser.open(keeper.url())
    browser.wait_for(f"{NAMES}.length === {MANY + 4}")
    browser.value_of(
        "touched = 0, new MutationObserver(all => touched += all.length).observe("
        "document.getElementById('files'), {subtree: true, childList: true, characterData: true})"
    )
    begin = len(keeper.asked)
    keeper.change(file, request={1})
    browser.wait_for(f"{cells(file.name)}[1] === '1'")
    assert 0 < browser.value_of("touched") < 10
    known = (f"since={keeper.seq - 1}&run=a", f"since={keeper.seq}&run=a")
    assert [target for target in keeper.asked[begin:] if not target.endswith(known)] == []
    assert begin < len(keeper.asked)
    is_at_peace(browser, keeper)
