"""`breakpoint()` in a thread of this process, debugged by clients that come and go."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from unit.devtools.backdoor.entered import Entered, text_of
from unit.devtools.backdoor.stopping import (
    FILE,
    Running,
    commands,
    goes_on,
    minding_breakpoints,
    stopped,
    sums,
    the_next_client_lets_it_go,
)


@pytest.fixture
def inside() -> Iterator[Entered]:
    with minding_breakpoints() as made:
        yield made


def test_who_attaches_lands_in_pdb_and_lets_it_go_on(
    inside: Entered, capfd: pytest.CaptureFixture[str]
) -> None:
    running = stopped(inside)
    (stop,) = inside.view.stops
    assert (stop.file, stop.line) == (FILE, sums.__code__.co_firstlineno + 2)
    client = inside.client()
    told = client.until("ask")
    assert {"say": "mode", "name": "pdb"} in told
    assert told[-1]["prompt"] == "(Pdb) "
    shown = text_of(told)
    assert f"({stop.line})sums()" in shown
    assert f"{stop.line} ->     breakpoint()" in shown
    assert "third = second * 2" in shown, "the source around"
    assert not inside.view.stops, "somebody is there"
    assert commands(client, "p second") == "21\n"
    assert commands(client, "n").endswith("-> third = second * 2\n")
    assert goes_on(client)[-1] == {"say": "mode", "name": "python"}
    assert running.result == 42
    assert client.run("1") == "1\n"
    assert inside.view.debugged.told[-1] == "goes on"
    out, err = capfd.readouterr()
    assert out == ""
    assert "waits at breakpoint()" in err
    assert "type: spawnctl attach" in err


@pytest.mark.parametrize("steps", [(), ("n",), ("n", "n")], ids=len)
def test_names_that_are_assigned_are_taken_over(inside: Entered, steps: tuple[str, ...]) -> None:
    running = stopped(inside)
    client = inside.client()
    client.until("ask")
    commands(client, *steps, "!second = third = 100")
    goes_on(client)
    assert running.result == (100 if len(steps) > 1 else 200)


def test_what_a_command_prints_goes_to_the_client(
    inside: Entered, capsys: pytest.CaptureFixture[str]
) -> None:
    running = stopped(inside)
    client = inside.client()
    client.until("ask")
    assert commands(client, "!print('mine')") == "mine\n"
    assert commands(client, "second + 1") == "22\n"
    print("another's")
    assert capsys.readouterr().out == "another's\n"
    client.ask("complete", source="seco")
    (item,) = client.until("completions")[-1]["items"]
    assert item["text"] == "second"
    goes_on(client)
    assert running.result == 42


def test_an_endless_command_is_interrupted(inside: Entered) -> None:
    running = stopped(inside)
    client = inside.client()
    client.until("ask")
    client.ask("input", text="!while True: print('round')")
    client.until("out")
    client.ask("interrupt")
    client.until("ask")
    assert commands(client, "p 1") == "1\n"
    goes_on(client)
    assert running.result == 42


def test_it_waits_for_the_next_client_where_one_leaves(inside: Entered) -> None:
    running = stopped(inside)
    client = inside.client()
    client.until("ask")
    commands(client, "n")
    client.close()
    inside.view.wait_until(lambda: bool(inside.view.stops))
    following = inside.client()
    shown = text_of(following.until("ask"))
    assert "->     third = second * 2" in shown
    goes_on(following)
    assert running.result == 42


def test_who_is_here_already_is_told_and_takes_it(inside: Entered) -> None:
    client = inside.client()
    client.enter()
    running = Running(lambda: sums(20))
    told = client.until("breakpoint")[-1]
    assert (told["worker"], told["file"]) == (3, FILE)
    assert client.run("1") == "1\n"
    assert client.magic("debug")[-1]["ok"]
    client.until("ask")
    goes_on(client)
    assert running.result == 42
    assert not client.magic("debug")[-1]["ok"], "nothing is left"


def test_who_has_only_moved_is_told_and_takes_nothing(inside: Entered) -> None:
    running = stopped(inside)
    moved = inside.client(why="worker 2 ends, its generation has a successor")
    *before, told = moved.until("breakpoint", "mode")
    assert (told["say"], told.get("file")) == ("breakpoint", FILE)
    assert [one["say"] for one in before][:2] == ["moved", "hello"]
    assert moved.run("1") == "1\n"
    the_next_client_lets_it_go(inside, running)


def test_who_has_just_come_and_was_moved_at_once_comes_for_what_waits(inside: Entered) -> None:
    running = stopped(inside)
    client = inside.client(why="worker 2 ends, its generation has a successor", is_new=True)
    client.until("ask")
    goes_on(client)
    assert running.result == 42


def test_a_script_takes_nothing(inside: Entered) -> None:
    running = stopped(inside)
    script = inside.client(about={"script": True})
    script.until("breakpoint")
    assert script.run("6 * 7") == "42\n"
    the_next_client_lets_it_go(inside, running)


def test_who_was_sent_here_by_name_takes_it(inside: Entered) -> None:
    running = stopped(inside)
    client = inside.client(why="as you asked", to="3")
    client.until("ask")
    goes_on(client)
    assert running.result == 42


def test_several_wait_one_after_the_other(inside: Entered) -> None:
    running = [Running(lambda n=n: sums(n)) for n in range(3)]  # type: ignore[misc]
    inside.view.wait_until(lambda: len(inside.view.stops) == 3)
    client = inside.client()
    client.until("ask")
    goes_on(client)
    for _ in running[1:]:
        client.until("breakpoint")
        client.magic("debug")
        client.until("ask")
        goes_on(client)
    assert [one.result for one in running] == [2, 4, 6]


def test_quitting_ends_what_is_debugged(inside: Entered) -> None:
    running = stopped(inside)
    client = inside.client()
    client.until("ask")
    goes_on(client, "q")
    assert running.result == "BdbQuit"


def test_a_breakpoint_in_a_statement_is_its_own_session_s(inside: Entered) -> None:
    client = inside.client()
    client.enter()
    client.ask("run", source="def f(a):\n    breakpoint()\n    return a\n\nf(5)")
    client.until("ask")
    assert not inside.view.stops
    assert commands(client, "w").count("<statement 1>") == 2, "no frame of ours"
    goes_on(client)
    assert text_of(client.until("done")) == "5\n"
    client.ask("run", source="f(5)\nwhile True: pass")
    client.until("ask")
    goes_on(client)
    client.until("out")
    client.ask("interrupt")
    assert not client.until("done")[-1]["ok"], "the rest can be interrupted"


def test_stepping_out_of_a_statement_ends_the_debugging(inside: Entered) -> None:
    client = inside.client()
    client.enter()
    client.run("def later():\n    return 6")
    client.ask("run", source="def f(a):\n    breakpoint()\n    return a\n\nf(5)")
    client.until("ask")
    commands(client, "b later")
    client.ask("input", text="n")
    while client.until("ask", "done")[-1]["say"] == "ask":
        client.ask("input", text="n")
    assert client.run("later()") == "6\n"
    assert client.run("import sys; sys.gettrace()") == "", "nothing is traced any more"


def test_what_is_stepped_over_is_not_shown_twice(inside: Entered) -> None:
    client = inside.client()
    client.enter()
    client.ask("run", source="breakpoint()\n5")
    client.until("ask")
    goes_on(client)
    assert text_of(client.until("done")) == "5\n"


def test_a_client_that_leaves_ends_the_statement_that_it_debugs(inside: Entered) -> None:
    client = inside.client()
    client.enter()
    client.ask("run", source="breakpoint()\nx = 1")
    client.until("ask")
    client.close()
    inside.wait_until_left()
    assert not inside.view.stops


def test_the_variable_that_chooses_a_debugger_is_obeyed(
    inside: Entered, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONBREAKPOINT", "0")
    assert Running(lambda: sums(20)).result == 42
    assert not inside.view.stops
