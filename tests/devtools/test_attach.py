"""`spawnctl attach` in a terminal, with a door of the test's own at the other end."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from screens import Screen, needs_tmux, screen
from serving import wait_until
from stub_door import Client, Said, StubDoor, stub_door

pytestmark = [pytest.mark.slow, pytest.mark.once, needs_tmux]

ATTACH = [sys.executable, "-m", "spawning_devtools.ctl", "attach"]
PROMPT = "^w3 g2 >>> *$"
INTERRUPTED = "Traceback (most recent call last):\nKeyboardInterrupt\n"


@pytest.fixture
def door(tmp_path: Path) -> Iterator[StubDoor]:
    with stub_door(tmp_path) as opened:
        yield opened


@pytest.fixture
def attached(door: StubDoor, tmp_path: Path) -> Iterator[Screen]:
    with screen([*ATTACH, door.address], tmp_path, _state(tmp_path)) as shown:
        shown.wait_for(PROMPT)
        yield shown


def _state(tmp_path: Path) -> dict[str, str]:
    return {"XDG_STATE_HOME": str(tmp_path / "state"), "PAGER": "less", "LESS": "RX"}


def _never_ends(_client: Client, _question: Said) -> None:
    """Leave a statement without its end."""


def _end(door: StubDoor, ok: bool = True) -> None:
    door.client.say("done", id=door.questions("run")[-1]["id"], ok=ok)


def test_results_and_errors(attached: Screen) -> None:
    attached.type("6 * 7", "Enter")
    attached.wait_for("^42$")
    attached.type("print('said'); 1 / 0", "Enter")
    shown = attached.wait_for("^ZeroDivisionError: division by zero$")
    assert "\nsaid\nTraceback" in shown
    assert "\x1b[1m\x1b[31mZeroDivisionError" in attached.shown(colours=True)


def test_a_block_is_indented_and_ends_with_an_empty_line(attached: Screen, door: StubDoor) -> None:
    attached.type("for i in range(2):", "Enter")
    attached.type("if i:", "Enter")
    attached.type("x = i", "Enter")
    attached.type("else:", "Enter")
    attached.type("x = [", "Enter")
    attached.type("'never', i", "Enter", "BSpace", "BSpace")
    attached.type("]", "Enter")
    assert not door.questions("run")
    attached.keys("Enter")
    [run] = door.wait_for(lambda: door.questions("run"))
    assert run["source"].rstrip() == (
        "for i in range(2):\n"
        "    if i:\n"
        "        x = i\n"
        "    else:\n"
        "        x = [\n"
        "            'never', i\n"
        "    ]"
    )


def test_what_is_offered_and_what_that_asks(attached: Screen, door: StubDoor) -> None:
    attached.type("conf")
    attached.wait_for(r"^ +config +dict$")
    attached.keys("C-u")
    attached.type("orders.")
    attached.wait_for("append +method")
    attached.type("re")
    attached.wait_for(r"remove +method\n +reverse +method\n\n")
    attached.keys("Tab", "Tab", "Enter")
    attached.type("()", "Enter")
    door.wait_for(lambda: door.questions("run"))
    assert door.questions("run")[0]["source"] == "orders.reverse()"
    asked = [one["source"] for one in door.questions("complete")]
    assert asked[-1] == "orders."
    assert len(asked) <= 3  # once a word, unless the first answer came too late for it


def test_the_signature_of_a_call(attached: Screen, door: StubDoor) -> None:
    attached.type("divmod(7, ")
    attached.wait_for(r"^ divmod\(x, y, /\)")
    wait_until(lambda: "\x1b[1;4my\x1b[0m" in attached.shown(colours=True), "y stands out")
    assert len(door.questions("signature")) <= 2  # one for the bracket, one for the comma
    attached.type("2)", "Enter")
    attached.wait_for(r"^\(3, 1\)$")
    attached.wait_for("worker 3 .*generation 2")


def test_ctrl_c_interrupts_what_runs(attached: Screen, door: StubDoor) -> None:
    door.on_run["forever()"] = _never_ends
    attached.type("forever()", "Enter")
    door.wait_for(lambda: door.questions("run"))
    attached.keys("C-c")
    door.wait_for(lambda: door.questions("interrupt"))
    door.client.say("out", text=INTERRUPTED, stream="traceback")
    _end(door, ok=False)
    attached.wait_for("^KeyboardInterrupt$")
    attached.wait_for(PROMPT)


def test_what_is_typed_ahead_is_typed_next(attached: Screen, door: StubDoor) -> None:
    door.on_run["forever()"] = _never_ends
    attached.type("forever()", "Enter")
    door.wait_for(lambda: door.questions("run"))
    attached.type("6 * ")
    attached.type("7")
    _end(door)
    attached.wait_for(r"^w3 g2 >>> 6 \* 7$")
    attached.keys("Enter")
    attached.wait_for("^42$")


def test_the_prompt_goes_where_the_session_goes(attached: Screen, door: StubDoor) -> None:
    attached.type("half")
    door.client.say("moved", worker=7, generation=3, why="new code serves")
    attached.wait_for("^w7 g3 >>> half")
    attached.wait_for(
        r"^now in worker 7, generation 3 \(new code serves\); the names are made anew$"
    )


def test_a_worker_dies_under_a_statement(attached: Screen, door: StubDoor) -> None:
    door.on_run["forever()"] = _never_ends
    attached.type("forever()", "Enter")
    door.wait_for(lambda: door.questions("run"))
    door.client.say("moved", worker=5, generation=2, why="worker 3 was killed by SIGKILL")
    attached.wait_for("^the statement was cut: worker 3 was killed by SIGKILL$")
    attached.wait_for("^w5 g2 >>> *$")


def test_a_door_that_dies_is_knocked_at_again(attached: Screen, door: StubDoor) -> None:
    attached.type("half")
    door.hello.update(worker=8)
    door.hang_up()
    attached.wait_for("^attached again, to worker 8 ")
    attached.wait_for("^w8 g2 >>> half")
    attached.keys("C-u")
    attached.type("6 * 7", "Enter")
    attached.wait_for("^42$")


def test_a_breakpoint(attached: Screen, door: StubDoor) -> None:
    attached.type("half")
    place = {"worker": 4, "request": "GET /orders/7", "file": "shop.py", "line": 8}
    door.client.say("breakpoint", **place)
    attached.wait_for(
        "^breakpoint: GET /orders/7 waits at shop.py:8 in worker 4; 'switch 4' goes there$"
    )
    for say, fields in (
        ("mode", {"name": "pdb"}),
        ("out", {"text": "> /shop.py(8)order()\n-> total = None\n", "stream": "stdout"}),
        ("ask", {"prompt": "(Pdb) "}),
    ):
        door.client.say(say, **fields)
    attached.wait_for(r"^w3 g2 \(Pdb\) *$")
    assert "\x1b[1m\x1b[31m->" in attached.shown(colours=True)
    attached.type("p total", "Enter")
    door.wait_for(lambda: door.questions("input"))
    door.client.say("ask", prompt="(Pdb) ")
    attached.wait_for(r"p total\nw3 g2 \(Pdb\) *$")
    attached.keys("C-d")
    attached.wait_for("^the request still waits: c lets it go on; ")
    attached.type("c", "Enter")
    door.wait_for(lambda: len(door.questions("input")) == 2)
    door.client.say("mode", name="python")
    attached.wait_for("^w3 g2 >>> half")
    assert [one["text"] for one in door.questions("input")] == ["p total", "c"]


def test_input_is_asked_and_may_end(attached: Screen, door: StubDoor) -> None:
    door.on_run["ask()"] = lambda client, _: client.say("ask", prompt="name? ")
    for keys, text in ((["ada", "Enter"], "ada"), (["C-d"], None)):
        attached.type("ask()", "Enter")
        attached.wait_for(r"name\? *$")
        attached.keys(*keys)
        door.wait_for(lambda text=text: door.questions("input")[-1:] and True)
        assert door.questions("input")[-1]["text"] == text
        _end(door)
        attached.wait_for(PROMPT)
        door.heard.clear()


def test_a_long_result_is_paged(attached: Screen) -> None:
    attached.type("list(range(3000))", "Enter")
    attached.wait_for("^:$")
    attached.keys("q")
    shown = attached.wait_for(PROMPT)
    assert "2999" not in shown
    attached.type("6 * 7", "Enter")
    attached.wait_for("^42$")


def test_words_of_ours(attached: Screen, door: StubDoor) -> None:
    attached.type("workers", "Enter")
    attached.wait_for("^ +4 +9940 +2 +serving +GET /report$")
    attached.type("switch 4", "Enter")
    attached.wait_for("^w4 g2 >>> *$")
    attached.type("log DEBUG", "Enter")
    attached.wait_for("^log DEBUG$")
    attached.type("help", "Enter")
    shown = attached.wait_for("^All else is Python")
    assert "  Ctrl-C " in shown
    words = [one["words"] for one in door.questions("magic")]
    assert words == [["workers"], ["switch", "4"], ["log", "DEBUG"]]


def test_a_statement_that_does_not_give_way(attached: Screen, door: StubDoor) -> None:
    door.on_run["forever()"] = _never_ends
    attached.type("forever()", "Enter")
    door.wait_for(lambda: door.questions("run"))
    door.client.say("blocks", seconds=1.2)
    attached.wait_for("^it has blocked this worker for 1 s .*; Ctrl-C interrupts it$")
    attached.keys("C-\\")
    attached.wait_for("^ended with 0$")
    attached.wait_for("^ echo$")


LEAVING = {"Ctrl-D": ["C-d"], "exit": ["exit", "Enter"], "exit()": ["exit()", "Enter"]}


@pytest.mark.parametrize("keys", LEAVING.values(), ids=LEAVING)
def test_leaving(keys: list[str], attached: Screen) -> None:
    attached.keys(*keys)
    attached.wait_for("^ended with 0$")
    attached.wait_for("^ echo$")


def test_the_terminal_is_restored_whatever_ends_us(attached: Screen, tmp_path: Path) -> None:
    [pid] = subprocess.check_output(
        ["pgrep", "-f", f"ctl attach unix:{tmp_path}"], text=True
    ).split()
    os.kill(int(pid), 15)
    attached.wait_for("^ended with 0$")
    attached.wait_for("^ echo$")


def test_who_is_refused_is_told_why(attached: Screen, door: StubDoor) -> None:
    door.client.say("refused", why="8 are attached already")
    attached.wait_for("^spawnctl: error: 8 are attached already$")
    attached.wait_for("^ended with 1$")


def test_what_the_program_prints_orders_nothing(attached: Screen) -> None:
    attached.type("print('\\x1b[31mred\\x1b[0m \\x1b[2J\\x1b]0;title\\x07here')", "Enter")
    shown = attached.wait_for("^red .*here$")
    assert shown.startswith("shop.app in worker 3")  # nothing has cleared the screen
    assert "\x1b[31mred" in attached.shown(colours=True)


def test_history_is_the_projects(door: StubDoor, tmp_path: Path) -> None:
    for typed in ("first = 1", "second = 2"):
        with screen([*ATTACH, door.address], tmp_path, _state(tmp_path)) as shown:
            shown.wait_for(PROMPT)
            shown.type(typed, "Enter")
            door.wait_for(lambda typed=typed: door.questions("run")[-1:] and True)
            shown.wait_for(PROMPT)
            shown.keys("C-d")
            shown.wait_for("^ended with 0$")
    with screen([*ATTACH, door.address], tmp_path, _state(tmp_path)) as shown:
        shown.wait_for(PROMPT)
        shown.keys("Up", "Up")
        shown.wait_for("^w3 g2 >>> first = 1$")
        shown.keys("C-c", "C-r")
        shown.type("sec")
        shown.wait_for("^w3 g2 >>> second = 2$")
    [file] = (tmp_path / "state").rglob("*.python")
    assert file.stat().st_mode & 0o077 == 0
