"""What stands before the cursor: which expression, and what is being typed of what."""

from __future__ import annotations

from typing import Any

import pytest

from spawning_devtools.backdoor.session.expressions import before, call_in, place_in

# (what is typed, what of, the object, the module)
PLACES = [
    ("app.conf", "attribute", "conf", "app"),
    ("app . conf", "attribute", "conf", "app"),
    ("x = app.a.b[0].c", "attribute", "c", "app.a.b[0]"),
    ("f(app.conf", "attribute", "conf", "app"),
    ("f(x)[app.conf", "attribute", "conf", "app"),
    ("if x:\n    app.conf", "attribute", "conf", "app"),
    ("f(\n  app.conf", "attribute", "conf", "app"),
    ("return self.", "attribute", "", "self"),
    ('d["na', "key", '"na', "d"),
    ("d['a'][", "key", "", "d['a']"),
    ("a.b[1", "key", "1", "a.b"),
    ("na", "name", "na", ""),
    ("", "name", "", ""),
    ("f(", "name", "", ""),
    ("f(x, na", "name", "na", ""),
    ("[na", "name", "na", ""),
    ("for x in na", "name", "na", ""),
    ("import os.pa", "module", "os.pa", ""),
    ("import a, os.pa", "module", "os.pa", ""),
    ("from os.pa", "module", "os.pa", ""),
    ("from os.path impo", "import word", "impo", ""),
    ("from os.path import jo", "import", "jo", ""),
    ("from os.path import a, jo", "import", "jo", ""),
    ("f(x).conf", "nothing", "", ""),
    ("'text'.conf", "nothing", "", ""),
    ("a[b].conf", "nothing", "", ""),
    ("'app.conf", "nothing", "", ""),
    ("# app.conf", "nothing", "", ""),
    ("1.", "nothing", "", ""),
    ("12", "nothing", "", ""),
    ("f(x).d['", "nothing", "", ""),
]


@pytest.mark.parametrize(("text", "what", "typed", "of"), PLACES, ids=[one[0] for one in PLACES])
def test_what_is_being_typed(text: str, what: str, typed: str, of: str) -> None:
    place = place_in(text)
    assert place.what == what
    if what != "nothing":
        assert place.typed == typed
        assert (_shown(place.of) if place.of else "") == of


def _shown(path: Any) -> str:
    return path.name + "".join(
        f".{step}" if how == "attribute" else f"[{step!r}]" for how, step in path.steps
    )


CALLS = [
    ("f(", "f", 0, ""),
    ("f(a, ", "f", 1, ""),
    ("f(a, b.c(", "b.c", 0, ""),
    ("f(g(1, 2), [3, 4], ", "f", 2, ""),
    ("f(a, key=", "f", 1, "key"),
    ("f(a, 'x, y", "f", 1, ""),
    ("f(\n    a,\n", "f", 1, ""),
    ("a.b[0].c(1, ", "a.b[0].c", 1, ""),
]


@pytest.mark.parametrize(("text", "of", "index", "keyword"), CALLS, ids=[one[0] for one in CALLS])
def test_which_call_is_being_typed(text: str, of: str, index: int, keyword: str) -> None:
    call = call_in(text)
    assert call is not None
    assert (_shown(call.of), call.index, call.keyword) == (of, index, keyword)


@pytest.mark.parametrize("text", ["f()", "f", "[1, ", "(1, ", "f(x)(", "", "'f("])
def test_no_call_is_being_typed(text: str) -> None:
    assert call_in(text) is None


def test_what_stands_before_the_cursor() -> None:
    assert before("a\nbcd\ne", 1, 2) == "a\nbc"
    assert before("a", 0, 99) == "a"
    assert before("a", 7, 0).startswith("a")
