"""A session of the backdoor, in this process: statements, output, input, interrupts, ends."""

from __future__ import annotations

import builtins
import json
import sys
import threading
from collections.abc import Iterator

import pytest

from serving import PATIENCE
from spawning_devtools.backdoor.session.wire import LONGEST
from unit.devtools.backdoor.entered import Entered, entered, text_of


@pytest.fixture
def inside() -> Iterator[Entered]:
    with entered() as made:
        yield made


def test_a_session_says_where_it_is(inside: Entered) -> None:
    hello = inside.client().enter()
    assert (hello["worker"], hello["generation"], hello["application"]) == (3, 2, "shop.app")
    assert {"app", "config", "server"} <= set(hello["names"])
    assert "switch" in dict(hello["magics"])


STATEMENTS = [
    ("1 + 1", "2\n"),
    ("None", ""),
    ("1; 'a'", "1\n'a'\n"),
    ("for n in range(2): n", "0\n1\n"),
    ("def f():\n    return 5\n\nf()", "5\n"),
    ("print('a', end='')", "a"),
    ("import sys; _ = sys.stdout.write('a\\n')", "a\n"),
    ("import sys; _ = sys.stdout.buffer.write(b'a\\n')", "a\n"),
    ("from __future__ import annotations", ""),
    ("config.threads, server", None),
    ("exit", "exit() or Ctrl-D leaves; the server goes on\n"),
]


@pytest.mark.parametrize(("source", "shown"), STATEMENTS, ids=[one[0] for one in STATEMENTS])
def test_a_statement_shows_its_values_and_what_it_prints(
    inside: Entered, source: str, shown: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    client = inside.client()
    client.enter()
    told = client.run(source)
    assert shown is None or told == shown
    assert capsys.readouterr() == ("", "")


def test_names_last_from_one_statement_to_the_next(inside: Entered) -> None:
    client = inside.client()
    client.enter()
    assert client.run("x = 20") == ""
    assert client.run("x + 1") == "21\n"
    assert client.run("_ * 2") == "42\n"
    client.run("from __future__ import annotations")
    assert client.run("def f(a: nothing): pass\nf.__annotations__") == "{'a': 'nothing'}\n"


def test_what_others_print_stays_where_it_was(
    inside: Entered, capsys: pytest.CaptureFixture[str]
) -> None:
    client = inside.client()
    client.enter()
    source = (
        "import threading\n"
        "t = threading.Thread(target=print, args=('thread',))\n"
        "t.start(); t.join()"
    )
    print("request")
    assert client.run(source) == ""
    assert capsys.readouterr().out == "request\nthread\n"


def test_the_streams_are_put_back(inside: Entered) -> None:
    before = sys.stdout, sys.stderr, sys.stdin, sys.displayhook, builtins.input
    client, other = inside.client(), inside.client()
    client.enter()
    other.enter()
    assert sys.stdout is not before[0]
    client.close()
    other.run("1")
    other.close()
    inside.wait_until_left()
    assert (sys.stdout, sys.stderr, sys.stdin, sys.displayhook, builtins.input) == before


def test_an_error_is_shown_without_our_frames(inside: Entered) -> None:
    client = inside.client()
    client.enter()
    client.ask("run", source="def f():\n    return 1 / 0\nf()")
    *told, done = client.until("done")
    assert not done["ok"]
    text = text_of(told)
    assert text.startswith('Traceback (most recent call last):\n  File "<statement 1>"')
    assert "return 1 / 0" in text
    assert text.endswith("ZeroDivisionError: division by zero\n")
    assert "spawning_devtools" not in text
    assert {one["stream"] for one in told} == {"traceback"}
    assert "SyntaxError" in client.run("x = = 1")
    assert client.run("raise SystemExit(1)").endswith("SystemExit: 1\n")
    assert client.run("'still here'") == "'still here'\n"


def test_input_is_asked_for(inside: Entered) -> None:
    client = inside.client()
    client.enter()
    client.ask("run", source="name = input('name? ')")
    assert client.until("ask")[-1]["prompt"] == "name? "
    client.ask("input", text="Ada")
    client.until("done")
    assert client.run("name") == "'Ada'\n"
    client.ask("run", source="import sys; sys.stdin.readline()")
    client.until("ask")
    client.ask("input", text="a")
    assert text_of(client.until("done")) == "'a\\n'\n"
    client.ask("run", source="input()")
    client.until("ask")
    client.ask("input", text=None)
    assert "EOFError" in text_of(client.until("done"))


ENDLESS = ["while True: pass", "import time\nwhile True: time.sleep(0.001)", "input()"]


@pytest.mark.parametrize("source", ENDLESS)
def test_a_statement_is_interrupted_and_nothing_else(inside: Entered, source: str) -> None:
    client = inside.client()
    client.enter()
    client.ask("run", source=f"print('begins')\n{source}")
    client.until("out")
    client.ask("interrupt")
    assert text_of(client.until("done")).endswith("KeyboardInterrupt\n")
    client.ask("interrupt")
    assert client.run("1") == "1\n"


def test_a_statement_that_has_not_begun_is_interrupted(inside: Entered) -> None:
    client = inside.client()
    client.enter()
    for _ in range(100):
        client.ask("run", source="while True: pass")
        client.ask("interrupt")
        assert not client.until("done")[-1]["ok"]


def test_interrupts_at_the_very_end_of_statements_strike_nothing(inside: Entered) -> None:
    client = inside.client()
    client.enter()
    for _ in range(200):
        client.ask("run", source="1")
        client.ask("interrupt")
        client.until("done")
    assert client.run("'well'") == "'well'\n"


def test_it_is_answered_while_a_statement_runs(inside: Entered) -> None:
    client = inside.client()
    client.enter()
    client.ask("run", source="print('begins')\nwhile True: pass")
    client.until("out")
    client.ask("complete", source="server.rel")
    (item,) = client.until("completions")[-1]["items"]
    assert (item["text"], item["start"]) == ("reload", 7)
    client.ask("is_complete", source="def f():")
    told = client.until("is_complete")[-1]
    assert (told["state"], told["indent"]) == ("incomplete", 4)
    assert client.magic("requests")[-2]["columns"] == ["age", "worker", "method", "URL"]
    client.ask("interrupt")
    client.until("done")


def test_a_client_that_does_not_read_holds_up_its_statement_only(inside: Entered) -> None:
    slow, other = inside.client(), inside.client()
    slow.enter()
    other.enter()
    slow.ask("run", source="n = 0\nwhile True:\n    n += 1\n    print('x' * 1000)")
    slow.until("out")
    assert other.run("1") == "1\n"
    held = other.run(
        "import sys, gc\n"
        "len([o for o in gc.get_objects() if type(o) is dict and o.get('say') == 'out'])"
    )
    assert int(held) < 5000
    slow.ask("interrupt")
    assert not slow.until("done")[-1]["ok"]


def test_a_client_that_vanishes_ends_its_statement(inside: Entered) -> None:
    client = inside.client()
    client.enter()
    builtins.vanished = threading.Event()  # type: ignore[attr-defined]
    try:
        source = (
            "import builtins\n"
            "try:\n    print(1)\n    while True: pass\n"
            "finally:\n    builtins.vanished.set()"
        )
        client.ask("run", source=source)
        client.until("out")
        client.close()
        assert builtins.vanished.wait(PATIENCE)  # type: ignore[attr-defined]
    finally:
        del builtins.vanished  # type: ignore[attr-defined]


RUBBISH = {
    "no JSON": b"GET / HTTP/1.1\r\n",
    "no object": b"[1]\n",
    "nested": b"[" * 100_000 + b"\n",
    "no text": b"\xff\xfe\n",
    "no end": b"x" * (LONGEST + 1),
}


@pytest.mark.parametrize("data", RUBBISH.values(), ids=RUBBISH)
def test_rubbish_ends_its_session_only(inside: Entered, data: bytes) -> None:
    client, other = inside.client(), inside.client()
    client.enter()
    other.enter()
    client.sock.sendall(data)
    (told,) = [json.loads(line) for line in client.rest().splitlines()]
    assert told["say"] == "refused"
    assert other.run("1") == "1\n"


NOT_UNDERSTOOD = [
    {},
    {"do": "fly"},
    {"do": None},
    {"do": []},
    {"do": "complete"},
    {"do": "complete", "source": 5, "line": -1, "column": "x"},
    {"do": "magic"},
    {"do": "magic", "words": 5},
    {"do": "magic", "words": [[]]},
    {"do": "input"},
    {"do": "switch"},
]


@pytest.mark.parametrize("asked", NOT_UNDERSTOOD, ids=str)
def test_what_is_not_understood_is_passed_over(inside: Entered, asked: object) -> None:
    client = inside.client()
    client.enter()
    client.sock.sendall(json.dumps(asked).encode() + b"\n")
    client.ask("run", source="'still here'")
    while "still here" not in text_of(client.until("done")):
        pass


def test_exit_leaves_when_everything_has_run(inside: Entered) -> None:
    client = inside.client()
    client.enter()
    asked = [{"do": "run", "id": 1, "source": source} for source in ("exit()", "1")]
    client.sock.sendall(b"".join(json.dumps(one).encode() + b"\n" for one in asked))
    assert text_of(client.until("bye")) == "1\n"
    assert client.rest() == b""


def test_what_is_typed_is_recorded(inside: Entered) -> None:
    client = inside.client()
    client.enter()
    client.run("x = 1")
    client.magic("time", "x + 1")
    client.magic("workers")
    assert inside.view.recorded == ["x = 1", "time x + 1"]
