"""Pages of the examples that talk to the server by themselves, in a real browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import psutil
import pytest

from browser.chromium import FOUND, Browser
from clients import get
from examples.example import Example
from examples.pinned import say, texts
from examples.talker import Talker
from serving import title_of

pytestmark = [pytest.mark.slow, pytest.mark.once]

SAID = "[...list.querySelectorAll('.text')].map((each) => each.textContent).join()"


@pytest.fixture(scope="module", params=FOUND, ids=["browser"] * len(FOUND))
def browser(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Browser]:
    """The browser of this machine; one without has no cases."""
    started = Browser(request.param, tmp_path_factory.mktemp("profile"))
    yield started
    started.close()


def visit(browser: Browser, example: Example) -> None:
    """Start an example, and open its page."""
    host, port = example.start().address
    browser.open("about:blank")  # or the page before asks on, of a server that has ended
    browser.wait_for("location.protocol === 'about:'")
    browser.complaints.clear()
    browser.open(f"http://{host}:{port}/")


def test_the_chat_comes_back_by_itself(browser: Browser, example: Callable[[str], Example]) -> None:
    chat = example("websockets")
    visit(browser, chat)
    with Talker(chat.server, "Bob") as bob:
        browser.wait_for("here.textContent.includes('Bob') && state.textContent === 'connected'")
        browser.value_of("textBox.value = 'from the page'; form.requestSubmit(); stays = true")
        name, text = bob.message()
        assert (name.split()[0], text) == ("guest", "from the page")
        bob.say("b", "from Bob")
        browser.wait_for(f"{SAID} === 'from the page,from Bob'")
    [worker] = [each for each in chat.server.workers() if "(serving)" in title_of(each)]
    controller = psutil.Process(chat.server.pid)
    controller.suspend()  # so that nobody takes its place before that was seen
    worker.kill()
    browser.wait_for("state.textContent === 'connecting again'")
    # What is written meanwhile is sent as soon as somebody answers.
    browser.value_of("textBox.value = 'are you back?'; form.requestSubmit()")
    controller.resume()
    browser.wait_for("state.textContent === 'connected' && !list.querySelector('.waiting')")
    assert browser.value_of("stays") is True
    assert browser.value_of(SAID) == "from the page,from Bob,are you back?"
    # A save refreshes the page, and what was being written is still there.
    browser.value_of("textBox.value = 'a draft'; textBox.oninput()")
    chat.save("chat/room.py", ("LATEST = 200", "LATEST = 2"))
    browser.wait_for("typeof stays === 'undefined' && state.textContent === 'connected'")
    browser.wait_for(f"{SAID} === 'from Bob,are you back?' && textBox.value === 'a draft'")
    assert browser.value_of("list.querySelectorAll('.mine').length") == 1


def test_the_board_is_up_to_date(browser: Browser, example: Callable[[str], Example]) -> None:
    board = example("long-polling")
    visit(browser, board)
    browser.wait_for("document.getElementById('state').textContent === 'up to date'")
    say(board.server, "from elsewhere")
    first = "document.querySelector('#board li p').textContent"
    browser.wait_for(f"{first} === 'from elsewhere'")
    browser.value_of(
        "document.getElementById('text').value = 'from the page';"
        "document.getElementById('form').requestSubmit()"
    )
    browser.wait_for(f"{first} === 'from the page'")
    assert texts(get(board.server.address, "/messages?after=1")) == ["from the page"]
    assert browser.complaints == []


def test_the_machine_is_up_to_date(browser: Browser, example: Callable[[str], Example]) -> None:
    visit(browser, example("pyramid"))
    browser.wait_for("document.getElementById('news').textContent.startsWith('as of')")
    browser.wait_for("document.querySelector('polyline').points.length > 1")
    assert browser.complaints == []
