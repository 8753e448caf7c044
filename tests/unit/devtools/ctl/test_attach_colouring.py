"""The colours of what is typed, and of tracebacks."""

from __future__ import annotations

import pytest

from spawning_devtools.ctl.attach import colouring

SOURCES = {
    "def f(x): return 1": "keyword:def defined:f keyword:return number:1",
    "x.print(print)": "builtin:print",
    "'it''s' + \"a\\\"b\"": "string:'it''s' string:\"a\\\"b\"",
    "f'{x}' rb\"y\" # 'no'": "string:f'{x}' string:rb\"y\" comment:# 'no'",
    "'open # still": "string:'open # still",
    "'''a\nb''' None": "string:'''a\nb''' constant:None",
    '"""never closed\nx = 1': 'string:"""never closed\nx = 1',
    "0xFF 1_000.5e-3j .5 a1 x.y2": "number:0xFF number:1_000.5e-3j number:.5",
    "@app.route('/')\ndef g(): pass": "decorator:@app.route string:'/' keyword:def defined:g "
    "keyword:pass",
    "a @ b": "",
    "match x:\n    case [1]: match = 2": "keyword:match keyword:case number:1 number:2",
    "match = 1; case.x": "number:1",
}  # fmt: skip


@pytest.mark.parametrize(("source", "colours"), SOURCES.items())
def test_source(source: str, colours: str) -> None:
    fragments = colouring.coloured(source)
    assert "".join(text for _, text in fragments) == source
    shown = [f"{style.removeprefix('class:')}:{text}" for style, text in fragments if style]
    assert " ".join(shown) == colours


def test_by_line() -> None:
    lines = colouring.by_line(colouring.coloured("x = '''a\nb'''\n\nNone"))
    assert ["".join(text for _, text in line) for line in lines] == ["x = '''a", "b'''", "", "None"]
    assert lines[1] == [("class:string", "b'''")]
    assert colouring.by_line([]) == [[]]


TRACEBACK = """\
Traceback (most recent call last):
  File "/home/ada/shop.py", line 8, in order
    total = n / 0
            ~~^~~
ZeroDivisionError: division by zero

During handling of the above exception, another exception occurred:

  File "<typed>", line 1
shop.OutOfStock
"""


def test_a_traceback() -> None:
    fragments = colouring.traceback(TRACEBACK)
    assert "".join(text for _, text in fragments) == TRACEBACK
    of = {text: style for style, text in fragments}
    assert of['"/home/ada/shop.py"'] == "class:place"
    assert of["8"] == "class:number"
    assert of["order"] == "class:defined"
    assert of["            ~~^~~"] == "class:marker"
    assert of["ZeroDivisionError"] == of["shop.OutOfStock"] == "class:error"
    assert of[": division by zero"] == ""


def test_a_debugger() -> None:
    text = "> /home/ada/shop.py(8)order()\n-> total = None\n"
    text += "  8  ->\t    total = None\n  9  \t    pass\n"
    fragments = colouring.debugger(text)
    assert "".join(text for _, text in fragments) == text
    assert ("class:place", "/home/ada/shop.py") in fragments
    assert [text for style, text in fragments if style == "class:marker"] == ["> ", "->", "  8  ->"]
    assert ("class:keyword", "pass") in fragments


def test_a_stack() -> None:
    text = "worker-thread-1: GET /a (0.7 s)\n  shop.py:26 in app: wait(60)\n\n8 wait\n"
    fragments = colouring.stack(text)
    assert "".join(text for _, text in fragments) == text
    assert fragments[0] == ("class:head", "worker-thread-1: GET /a (0.7 s)")
    assert ("class:place", "shop.py") in fragments
    assert ("class:defined", "app") in fragments
    assert ("class:number", "60") in fragments
