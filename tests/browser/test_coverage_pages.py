"""The live pages of coverage in a real browser; a machine without one has no cases."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from browser.chromium import Browser
from browser.keeping import File, Keeper
from serving import wait_until

pytestmark = [pytest.mark.slow, pytest.mark.once]

EVIL = "<img src=x onerror=alert(1)>"
VIEWS = File(
    "mysite/views.py",
    source=[
        "import os",
        "",
        "def index(request):",
        "    if request:",
        "        return 1",
        f"# {EVIL}",
    ],
    request={4},
    imported={1, 3},
    missing={5},
    excluded={6},
    partial={4: "line 4 didn't jump to line 5"},
)
MANY = 2000
CODES = {"Enter": 13, "Escape": 27, "ArrowDown": 40}
TEXT = "document.body.innerText"
ROWS = "[...document.querySelectorAll('#files tr')]"
NAMES = f"{ROWS}.map(row => row.querySelector('a').textContent)"


def cells(name: str) -> str:
    """Return the script for what the cells of a file say, its name apart."""
    row = f"{ROWS}.find(row => row.querySelector('a').textContent === '{name}')"
    return f"[...{row}.children].slice(1).map(cell => cell.innerText)"


def views(**values: object) -> File:
    """Return a file as the tests begin with."""
    fields = {name: getattr(VIEWS, name) for name in File.__dataclass_fields__}
    return File(**(fields | values))  # type: ignore[arg-type]


@pytest.fixture
def keeper() -> Iterator[Keeper]:
    """A keeper that knows one file and a few others."""
    others = [File(f"mysite/part{n}.py", imported=set(range(n)), missing={20}) for n in (1, 2, 3)]
    made = Keeper(views(), *others)
    made.open()
    yield made
    made.close()


def press(browser: Browser, key: str) -> None:
    """Press a key."""
    text = {"text": "\r" if key == "Enter" else key} if len(key) == 1 or key == "Enter" else {}
    code = CODES.get(key, 0)
    for kind, typed in (("keyDown", text), ("keyUp", {})):
        browser.tell(
            "Input.dispatchKeyEvent", type=kind, key=key, windowsVirtualKeyCode=code, **typed
        )


def is_at_peace(browser: Browser, keeper: Keeper) -> None:
    """The page asked nobody else, and nothing was refused to it."""
    assert browser.complaints == []
    here = (keeper.url().removesuffix("/_coverage"), "data:", "about:")
    assert {url for url in browser.requested if not url.startswith(here)} == set()


# ---------------------------------------------------------------- the page of all files


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
    keeper.change(file, request={1})
    browser.wait_for(f"{cells(file.name)}[1] === '1'")
    assert 0 < browser.value_of("touched") < 10
    is_at_peace(browser, keeper)


# ---------------------------------------------------------------- the page of one file

CLASSES = "[...document.querySelectorAll('.row')].map(row => row.className.replace(' current', ''))"
KINDS = ["row import", "row", "row import", "row request", "row missing", "row excluded"]
CURRENT = "document.querySelector('.current')?.id"
EDITOR = "document.getElementById('editor').href"


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
    wait_until(lambda: len(keeper.asked) > begin, "the page comes back by itself")
    assert keeper.asked[-1] == "/_coverage/building"
