"""Whether Python was typed, or a word of ours."""

from __future__ import annotations

import pytest

from spawning_devtools.ctl.attach.words import Magic, bound, magic

KNOWN = ("workers", "switch", "log", "time", "memory", "requests", "help", "exit")

CASES: dict[str, Magic | None] = {
    "workers": Magic("workers"), " workers ": Magic("workers"), "%workers": Magic("workers"),
    "switch 3": Magic("switch", "3"), "log DEBUG": Magic("log", "DEBUG"),
    "time sum(range(10))": Magic("time", "sum(range(10))"), "%nonsense 1": Magic("nonsense", "1"),
    "worker": None, "workers.x": None, "workers = 1": None, "log(1)": None, "help(str)": None,
    "requests": None, "requests.get('x')": None, "%requests": Magic("requests"),
    "memory -1": Magic("memory", "-1"), "requests - 1": None, "": None, "1 + 1": None,
    "time  f('a  b')": Magic("time", "f('a  b')"), "%time x\n+ 1": Magic("time", "x\n+ 1"),
    "log\n": Magic("log"), "% workers": Magic("workers"), "time is not None": None,
}  # fmt: skip


@pytest.mark.parametrize(("text", "meant"), CASES.items())
def test_what_is_meant(text: str, meant: Magic | None) -> None:
    assert magic(text, KNOWN, {"requests", "time"}) == meant


def test_words_keep_a_statement_whole() -> None:
    assert Magic("time", "f('a  b')").words == ["time", "f('a  b')"]
    assert Magic("switch", " 3 ").words == ["switch", "3"]
    assert Magic("workers").words == ["workers"]


def test_names_that_a_statement_binds() -> None:
    source = "import os.path, json as j\nfor i in x: y = i\ndef f(): pass\nclass A: pass\na.b = 1"
    assert bound(source) == {"os", "j", "i", "y", "f", "A"}
    assert bound("not python") == frozenset()
