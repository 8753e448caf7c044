"""What was typed: whole or not, how it goes on, whose word it is; as text, as telnet says it."""

from __future__ import annotations

from typing import Any

import pytest

from spawning_devtools.backdoor.session.fronts import Plain, table_of
from spawning_devtools.backdoor.session.telnet import TIMING_MARK_REACHED, Telnet
from spawning_devtools.backdoor.session.typed import judge, magic_in

# (source, state, blanks of the next line)
SOURCES = [
    ("", "complete", 0),
    ("1 + 1", "complete", 0),
    ("x = (", "incomplete", 4),
    ("x = (1,", "incomplete", 0),
    ("f(\n    1,", "incomplete", 4),
    ("x = [  # a (", "incomplete", 4),
    ("x = '('", "complete", 0),
    ("def f():", "incomplete", 4),
    ("def f():  # a comment", "incomplete", 4),
    ("def f():\n    return 1", "incomplete", 0),
    ("def f():\n    x = 1", "incomplete", 4),
    ("def f():\n    x = 1\n", "complete", 0),
    ("def f():\n    if x:\n        pass", "incomplete", 4),
    ("if x:\n    y\nelse:", "incomplete", 4),
    ("if x: y", "complete", 0),
    ("def f():\n    pass\nf()", "complete", 0),
    ("@decorated", "incomplete", 0),
    ("x = '''a", "incomplete", 0),
    ("x = '''a\nb'''", "complete", 0),
    ("x = 1 + \\", "incomplete", 0),
    ("x = )", "invalid", 0),
    ("x = 'a", "invalid", 0),
    ("for x in y", "invalid", 0),
    ("x\0", "invalid", 0),
    ("lambda: (yield)", "complete", 0),
]


@pytest.mark.parametrize(("source", "state", "indent"), SOURCES, ids=[one[0] for one in SOURCES])
def test_how_whole_a_source_is(source: str, state: str, indent: int) -> None:
    judged = judge(source)
    assert (judged.state, judged.indent) == (state, indent if state == "incomplete" else 0)


MAGICS = ("workers", "switch", "time", "memory", "log", "help")
WORDS: list[tuple[str, list[str] | None]] = [
    ("workers", ["workers"]),
    ("%workers", ["workers"]),
    ("  % workers ", ["workers"]),
    ("switch 3", ["switch", "3"]),
    ("switch = 3", None),
    ("switch(3)", None),
    ("memory", None),
    ("%memory", ["memory"]),
    ("memory - 1", None),
    ("log debug", ["log", "debug"]),
    ("log a.b debug", ["log", "a.b", "debug"]),
    ("time sum([1,  2])", ["time", "sum([1,  2])"]),
    ("time.time()", None),
    ("help", ["help"]),
    ("help(x)", None),
    ("%nothing", ["nothing"]),
    ("nothing", None),
    ("%", None),
    ("x % workers", None),
]


@pytest.mark.parametrize(("line", "words"), WORDS, ids=[one[0] for one in WORDS])
def test_which_words_are_ours(line: str, words: list[str] | None) -> None:
    assert magic_in(line, MAGICS, lambda name: name == "memory") == words


TELNET = {
    "plain": (b"1 + 1\r\n", b"1 + 1\r\n", False, b""),
    "negotiation": (b"\xff\xfb\x1f\xff\xfd\x03a", b"a", False, b""),
    "terminal type": (b"\xff\xfa\x18\x00xterm\xff\xf0a", b"a", False, b""),
    "a byte 255": (b"a\xff\xffb", b"a\xffb", False, b""),
    "interrupt": (b"abc\xff\xf4\xff\xfd\x06d", b"d", True, TIMING_MARK_REACHED),
    "interrupt, break": (b"abc\xff\xf3", b"", True, b""),
    "Ctrl-C": (b"abc\x03d", b"d", True, b""),
    "without end": (b"a\xff\xfa" + b"x" * 1000, b"a", False, b""),
}


@pytest.mark.parametrize("case", TELNET.values(), ids=TELNET)
def test_telnet(case: tuple[bytes, bytes, bool, bytes]) -> None:
    data, kept, interrupts, answer = case
    heard = Telnet().feed(data)
    assert (heard.data, heard.interrupts, heard.answer) == (kept, interrupts, answer)


@pytest.mark.parametrize("case", TELNET.values(), ids=TELNET)
def test_telnet_a_byte_at_a_time(case: tuple[bytes, bytes, bool, bytes]) -> None:
    data, kept, interrupts, answer = case
    telnet = Telnet()
    heard = [telnet.feed(bytes([byte])) for byte in data]
    assert any(one.interrupts for one in heard) == interrupts
    assert b"".join(one.answer for one in heard) == answer
    first = max((number for number, one in enumerate(heard) if one.interrupts), default=0)
    if len(data) < 100:
        assert b"".join(one.data for one in heard[first:]) == kept


# ---------------------------------------------------------------- plain text

HELLO = {"say": "hello", "worker": 1, "generation": 2, "application": "a.b", "pid": 5,
         "python": "3.13.0", "names": [], "magics": []}  # fmt: skip
DONE = {"say": "done", "id": 0, "ok": True}


class Typist:
    """Somebody at a plain terminal, greeted."""

    def __init__(self) -> None:
        self.front = Plain(("workers",), lambda name: False)
        self.told(HELLO)

    def types(self, text: str | bytes) -> list[Any]:
        """Return what that asks for, in short."""
        data = text.encode() if isinstance(text, str) else text
        return [short(request) for request in self.front.feed(data)]

    def told(self, message: dict[str, Any]) -> str:
        """Return what is shown."""
        shown = self.front.render(message) + self.front.settle()
        return shown.decode().replace("\r\n", "\n")

    def shown(self) -> str:
        """Return what is shown without any message."""
        return self.front.settle().decode().replace("\r\n", "\n")


def short(request: dict[str, Any]) -> Any:
    """Return what is asked for, without its number."""
    return request.get("source", request.get("words", request.get("text", request["do"])))


def test_a_greeting_and_a_prompt() -> None:
    front = Plain((), lambda name: False)
    assert front.settle() == b""
    banner = front.render(HELLO).decode()
    assert banner.startswith("worker 1, generation 2 of a.b, pid 5")
    assert banner.endswith("\r\n")
    assert front.settle() == b">>> "
    assert front.render({**HELLO, "names": ["x"]}) == b""


def test_lines_become_statements() -> None:
    typist = Typist()
    assert typist.types("1 + 1\r\n") == ["1 + 1"]
    assert typist.told({"say": "out", "text": "2\n", "stream": "result"}) == "2\n"
    assert typist.told(DONE) == ">>> "
    assert typist.types("def f():\n") == []
    assert typist.shown() == "... "
    assert typist.types("  return 1\n") == []
    assert typist.shown() == "... "
    assert typist.types("\n") == ["def f():\n  return 1\n"]
    assert typist.told(DONE) == ">>> "
    assert typist.types("\n") == []
    assert typist.shown() == ">>> "
    assert typist.types("workers\n") == [["workers"]]


def test_lines_wait_while_a_statement_runs_unless_it_asks() -> None:
    typist = Typist()
    assert typist.types("x = input()\nAda\ny\n") == ["x = input()"]
    assert typist.told({"say": "ask", "prompt": "name? "}) == "name? "
    assert [short(one) for one in typist.front.go_on()] == ["Ada"]
    assert typist.front.unused == b"y\n"
    typist.told(DONE)
    assert [short(one) for one in typist.front.go_on()] == ["y"]
    assert typist.front.unused == b""


def test_ctrl_c_forgets_what_is_typed_and_interrupts_what_runs() -> None:
    typist = Typist()
    typist.types("if x:\n")
    typist.shown()
    assert typist.types(b"half\x03") == ["interrupt"]
    assert typist.shown() == "\n>>> "
    typist.types("while True: pass\nnever\n")
    assert typist.types(b"\x03") == ["interrupt"]
    assert typist.shown() == ""
    assert typist.told(DONE).endswith(">>> ")
    assert typist.front.go_on() == []


def test_the_debugger_asks_and_no_statement_runs_between() -> None:
    typist = Typist()
    typist.told({"say": "mode", "name": "pdb"})
    assert typist.types("n\nn\n") == []
    assert typist.told({"say": "ask", "prompt": "(Pdb) "}) == "\n(Pdb) "
    assert [short(one) for one in typist.front.go_on()] == ["n"]
    assert typist.front.go_on() == [], "the second line is the debugger's too"
    typist.told({"say": "ask", "prompt": "(Pdb) "})
    assert [short(one) for one in typist.front.go_on()] == ["n"]
    assert typist.told({"say": "mode", "name": "python"}) == ">>> "


def test_what_is_left_at_the_end_runs() -> None:
    typist = Typist()
    typist.types("for n in x:\n  n")
    asked = [short(one) for one in typist.front.end()]
    assert asked == ["for n in x:\n  n\n", "end"]


def test_what_comes_unasked_does_not_stand_behind_the_prompt() -> None:
    typist = Typist()
    assert typist.told({"say": "text", "text": "said"}) == "\nsaid\n>>> "
    typist.types("x = [\n")
    assert typist.shown() == "... "
    assert typist.told({"say": "text", "text": "said"}) == "\nsaid\n... "


def test_an_output_without_end_of_line_is_ended() -> None:
    typist = Typist()
    typist.types("print(1, end='')\n")
    assert typist.told({"say": "out", "text": "1", "stream": "stdout"}) == "1"
    assert typist.told({"say": "text", "text": "said"}) == "\nsaid\n"
    assert typist.told({"say": "out", "text": "1", "stream": "stdout"}) == "1"
    assert typist.told(DONE) == "\n>>> "


def test_letters_of_several_bytes_come_in_pieces() -> None:
    typist = Typist()
    assert typist.types("'é'\n".encode()[:2]) == []
    assert typist.types("'é'\n".encode()[2:]) == ["'é'"]
    typist.told(DONE)
    assert typist.types(b"'\xfe'\n") == ["'\ufffd'"]


def test_a_table_as_text() -> None:
    assert table_of(["name", "n"], [["a", 1], ["bcdef", 12000], ["c", None]]) == (
        "name        n\n"
        "a           1\n"
        "bcdef  12,000\n"
        "c           -\n"
    )  # fmt: skip
    assert table_of(["name"], []) == "name\n"
