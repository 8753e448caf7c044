"""Who may type what, after what was said."""

from __future__ import annotations

from typing import Any

from spawning_devtools.ctl.attach.session import Session, Show, State

HELLO = {
    "say": "hello", "worker": 3, "pid": 9932, "generation": 2, "application": "shop.app",
    "names": ["app"], "magics": [["workers", "what they do"], ["switch", "N: go there"]],
}  # fmt: skip


def _hear(session: Session, say: str, **fields: Any) -> list[Show]:
    return list(session.hear({"say": say, **fields}))


def _idle() -> Session:
    session = Session()
    assert session.state is State.CONNECTING
    assert [shown.how for shown in session.hear(HELLO)] == ["hello"]
    assert session.state is State.IDLE
    return session


def test_a_statement_from_its_beginning_to_its_end() -> None:
    session = _idle()
    assert session.magics == {"workers": "what they do", "switch": "N: go there"}
    session.runs(5, "import os; x = 1")
    assert session.state is State.RUNNING
    assert _hear(session, "out", text="a", stream="stderr") == [Show("out", ("a", "stderr"))]
    assert _hear(session, "done", id=4, ok=True) == []
    assert session.state is State.RUNNING
    assert _hear(session, "done", id=5, ok=False) == [Show("done")]
    assert session.state is State.IDLE
    assert session.ok is False
    assert set(session.names) == {"app", "os", "x"}


def test_a_statement_that_asks() -> None:
    session = _idle()
    session.runs(5, "input()")
    _hear(session, "ask", prompt="name? ")
    assert (session.state, session.asked) == (State.ASKED, "name? ")
    session.answered()
    assert session.state is State.RUNNING


def test_a_debugger_that_came_by_itself() -> None:
    session = _idle()
    _hear(session, "mode", name="pdb")
    assert session.state is State.RUNNING
    assert _hear(session, "out", text="> x", stream="stdout") == [Show("out", ("> x", "pdb"))]
    _hear(session, "ask", prompt="(Pdb) ")
    assert session.state is State.ASKED
    session.answered()
    assert session.state is State.RUNNING  # no prompt for Python between two commands
    _hear(session, "mode", name="python")
    assert session.state is State.IDLE


def test_a_worker_that_dies_under_a_statement() -> None:
    session = _idle()
    session.runs(5, "x = 1")
    shown = _hear(session, "moved", worker=7, generation=3, why="worker 3 was killed")
    assert [one.how for one in shown] == ["error", "done", "notice"]
    assert shown[0].what == ("the statement was cut: worker 3 was killed",)
    assert shown[2].what[0].startswith("now in worker 7, generation 3 (worker 3 was killed); ")
    assert session.state is State.IDLE
    assert session.where.generation == 3
    assert _hear(session, **{**HELLO, "worker": 7, "generation": 3}) == []
    assert session.where.pid == 9932


def test_a_line_that_ends_and_comes_back() -> None:
    session = _idle()
    session.runs(5, "x = 1")
    assert [one.how for one in session.lost()] == ["error", "done"]
    assert session.state is State.CONNECTING
    assert _hear(session, **HELLO) == [Show("hello", (True,))]
    assert session.state is State.IDLE


def test_a_word_of_ours_is_not_cut_where_the_session_moves() -> None:
    session = _idle()
    session.runs(5)
    shown = _hear(session, "moved", worker=4, generation=2, why="")
    assert [one.how for one in shown] == ["done", "notice"]
    assert "(" not in shown[1].what[0]


def test_ends() -> None:
    session = _idle()
    _hear(session, "refused", why="8 are there already")
    assert session.refused == "8 are there already"
    _hear(session, "bye")
    assert session.is_over


def test_rubbish_is_passed_over() -> None:
    session = _idle()
    for say in ("", "nonsense", "runs", "hear", "_broken", "lost"):
        assert _hear(session, say) == []
    assert _hear(session, "table") == [Show("table", ([], []))]
    assert session.state is State.IDLE
