"""The line below what is typed."""

from __future__ import annotations

import pytest

from spawning_devtools.ctl.attach.toolbar import call_at, signature, standing
from spawning_devtools.ctl.attach.where import Where

WHERE = Where(3, 2, 9932, "shop.app", "3.11.7")

CALLS = {
    "foo(": "foo(", "foo(1, ": "foo(,", "foo(bar(1), x": "foo(,", "foo(bar(": "foo(bar(",
    "(": None, "x = (1, ": None, "foo[": None, "foo()": None, "foo(')', ": "foo(,",
    "a.b(c=[1, 2": None, "a.b(c=[1, 2], ": "a.b(,", "foo(1, key=": "foo(,key", "foo()(": "foo()(",
    "if (": None, "foo (": "foo (",
}  # fmt: skip


@pytest.mark.parametrize(("before", "call"), CALLS.items())
def test_what_a_signature_depends_on(before: str, call: str | None) -> None:
    assert call_at(before) == call


def test_the_argument_that_is_typed_stands_out() -> None:
    shown = signature({"text": "f(x, y={'a, b': (1, 2)}, *z) -> int", "index": 1})
    assert "".join(text for _, text in shown) == " f(x, y={'a, b': (1, 2)}, *z) -> int "
    assert [text for style, text in shown if style] == ["y={'a, b': (1, 2)}"]


@pytest.mark.parametrize("index", [-1, 7, None, "x"])
def test_or_none_does(index: object) -> None:
    shown = signature({"text": "f(x)\x1b[2J", "index": index})
    assert shown == [("", " f(x)\\x1b[2J ")]


def test_no_signature() -> None:
    assert signature(None) == signature({"text": ""}) == []


def test_where_the_session_is() -> None:
    wide = "".join(text for _, text in standing(WHERE, 100))
    assert "shop.app  ·  worker 3 (pid 9932), generation 2 " in wide
    assert wide.endswith("  help all keys   Ctrl-D leave   Ctrl-R search ")
    assert len(wide) == 100
    narrow = "".join(text for _, text in standing(WHERE, 30))
    assert narrow == " shop.app  ·  worker 3 (pid 9…"


def test_the_prompt_says_where_it_is() -> None:
    assert "".join(text for _, text in WHERE.prompt()) == "w3 g2 >>> "
    controller = Where.told({"worker": 0, "generation": 2, "pid": 1})
    assert "".join(text for _, text in controller.prompt()) == "controller >>> "
    assert controller.sentence() == "the controller (pid 1)"
    assert WHERE.moved({"worker": 7, "generation": 3}).sentence() == "worker 7, generation 3"
