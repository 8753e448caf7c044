"""Tables, figures, and text that does a terminal no harm."""

from __future__ import annotations

import pytest

from spawning_devtools.ctl.figures import count, duration, size
from spawning_devtools.ctl.painting import painted
from spawning_devtools.ctl.rendering import (
    clean,
    coloured_only,
    fitted,
    lines_on_screen,
    table,
    width_of,
)

CLEAN = {
    "a\tb\nc": "a\tb\nc", "\x1b[2J": "\\x1b[2J", "a\rb": "a\\rb", "a\r\nb": "a\nb",
    "\x9b2J": "\\x9b2J", "é中": "é中", "\x7f\x00": "\\x7f\\x00",
}  # fmt: skip


@pytest.mark.parametrize(("text", "shown"), CLEAN.items())
def test_no_order_reaches_the_terminal(text: str, shown: str) -> None:
    assert clean(text) == shown


COLOURED = {
    "\x1b[31mred\x1b[0m": "\x1b[31mred\x1b[0m", "\x1b[2J\x1b[1;1Hhome": "home",
    "\x1b]0;title\x07here": "here", "\x1b]52;c;aGk=\x1b\\x": "x", "\x1bPq#0\x1b\\x": "x",
    "\x1b]never closed\n": "\n", "a\rb\x08\x0e\x9b2J": "ab2J", "\x1bcreset": "reset",
    "\x1b(0lines": "lines", "é\t中\n": "é\t中\n", "\x1b": "", "\x1b[?25l": "", "\x1b[>4;1m": "",
}  # fmt: skip


@pytest.mark.parametrize(("text", "shown"), COLOURED.items())
def test_colours_are_the_only_orders_that_pass(text: str, shown: str) -> None:
    assert coloured_only(text) == shown


def test_widths() -> None:
    assert [width_of(text) for text in ("abc", "中文", "e\u0301", "")] == [3, 4, 1, 0]
    assert fitted("abcdef", 4) == "abc…"
    assert fitted("中文字", 4) == "中…"
    assert fitted("abc", 3) == "abc"
    assert fitted("abc", 0) == ""
    assert lines_on_screen("a\nbb\nccccc\n", 2) == 5


def test_a_table() -> None:
    rows = [[3, None, "GET /a\nb", 1.5], [12, True, "x" * 30, "-"]]
    shown = table(["worker", "ok", "request", "age"], rows, 40)
    assert [text for _, text in shown] == [
        "worker  ok   request                   …\n",
        "     3  -    GET /a b                  …\n",
        "    12  yes  xxxxxxxxxxxxxxxxxxxxxxxxxx…\n",
    ]
    assert [style for style, _ in shown] == ["class:head", "", ""]
    assert "".join(text for _, text in table(["a", "n"], [], 40)) == "a  n\n"
    assert "".join(text for _, text in table(["a", "n"], [["x", 1], ["y"]], 40)) == (
        "a  n\nx  1\ny\n"
    )


FIGURES = [
    (size, {0: "-", 900: "900B", 1 << 10: "1K", 45 << 20: "45M", 1 << 30: "1.0G",
            int(9.96 * 2**30): "10G", 999_999: "977K", 5 << 40: "5.0T", 1 << 60: "1048576T"}),
    (count, {0: "0", 812.4: "812", 12_345: "12,345", 99_999: "99,999", 100_000: "100k",
             999_499: "999k", 999_999: "1.0M", 9_960_000: "10M", 5e12: "5000G"}),
    (duration, {-1: "0.0s", 4.24: "4.2s", 9.96: "10s", 59.2: "59s", 61: "1m1s", 3600: "1h0m",
                12_000: "3h20m", 12 * 86400 + 4 * 3600: "12d4h"}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("shown", "number", "text"),
    [(of, number, text) for of, cases in FIGURES for number, text in cases.items()],
)
def test_figures(shown: object, number: float, text: str) -> None:
    assert callable(shown)
    assert shown(number) == text


def test_colours_are_for_terminals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    fragments = [("class:error", "bad"), ("", " x")]
    assert painted(fragments, is_terminal=True) == "\x1b[31;1mbad\x1b[0m x"
    assert painted(fragments, is_terminal=False) == "bad x"
    monkeypatch.setenv("NO_COLOR", "1")
    assert painted(fragments, is_terminal=True) == "bad x"
