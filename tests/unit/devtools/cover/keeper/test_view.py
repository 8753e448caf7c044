"""What pages and editors are told of the files: JSON, and only what is new."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from serving import PATIENCE
from spawning.messages import IMPORT, REQUEST
from spawning_devtools.cover.facts import Numbers
from unit.devtools.cover.keeper.asking import SOURCE, Asked


@pytest.fixture
def ask(tmp_path: Path) -> Iterator[Asked]:
    memory = os.memfd_create("journal")
    yield Asked(memory, tmp_path)
    os.close(memory)


# ---------------------------------------------------------------- live.json


def test_what_is_live(ask: Asked) -> None:
    ask.analyst.pending = {ask.path}
    ask.tell(IMPORT, 2, 3)
    first = ask("/live.json").json
    assert (first["run"], first["whole"], first["gone"]) == ("life", True, [])
    assert (first["core"], first["reason"]) == ("sysmon", "sysmon: it is right")
    assert (first["workers"], first["branch"], first["contexts"]) == (1, False, True)
    (row,) = first["files"]
    assert (row["name"], row["pending"], row["statements"]) == (ask.path[1:], True, 0)
    assert first["totals"]["pending"] == 1
    assert [facts.path for facts in ask.analyst.asked] == [ask.path]
    nothing = ask(f"/live.json?since={first['seq']}&run=life").json
    assert (nothing["files"], nothing["whole"]) == ([], False)
    ask.know(statements=(2, 3, 4, 5, 6), requests=(4,), imports=(2, 3, 5), missing=(6,))
    second = ask(f"/live.json?since={first['seq']}&run=life").json
    assert second["files"] == [
        {"path": ask.path, "name": "a.py", "seq": second["seq"], "statements": 5, "requests": 1,
         "imports": 3, "missing": 1, "branches": 0, "partial": 0, "percent": 80.0,
         "pending": False, "stale": False, "error": ""}
    ]  # fmt: skip
    assert second["totals"] == {
        "statements": 5, "requests": 1, "imports": 3, "missing": 1, "branches": 0, "partial": 0,
        "percent": 80.0, "pending": 0,
    }  # fmt: skip
    assert len(ask.analyst.asked) == 1, "nothing has run since"
    assert ask.analyst.looks == 3


@pytest.mark.parametrize("query", ["", "since=1", "since=1&run=other", "since=99&run=life"])
def test_who_knows_another_life_is_told_all(ask: Asked, query: str) -> None:
    ask.tell(IMPORT, 2)
    ask.know(statements=(2,), imports=(2,))
    told = ask(f"/live.json?{query}").json
    assert told["whole"] is True
    assert [row["path"] for row in told["files"]] == [ask.path]


@pytest.mark.parametrize("reason", ["is_gone", "is_left_out"])
def test_files_that_are_not_shown_any_more(ask: Asked, reason: str) -> None:
    ask.tell(IMPORT, 2)
    ask.know(statements=(2,), imports=(2,))
    seq = ask("/live.json").json["seq"]
    ask.know(statements=(2,), imports=(2,), **{reason: True})
    told = ask(f"/live.json?since={seq}&run=life").json
    assert (told["files"], told["gone"]) == ([], [ask.path])
    assert told["totals"]["statements"] == 0
    assert ask("/live.json").json["files"] == []
    assert ask(f"/lines.json?path={ask.path}").status == 404


def test_files_are_told_in_the_order_of_their_paths(ask: Asked) -> None:
    """And not in that of their analysis, which is another each time."""
    ask.tell(IMPORT, 2)
    ask.know(statements=(2,), imports=(2,))
    seq = ask("/live.json").json["seq"]
    before = f"{ask.path}.before"  # in the alphabet it is the last one
    ask.analyst.results[before] = Numbers(before, "before", statements=(1,), imports=(1,))
    ask.records.show(before)
    ask.records.show(ask.path)
    told = ask(f"/live.json?since={seq}&run=life").json
    assert [row["path"] for row in told["files"]] == [ask.path, before]


def test_files_that_never_ran_and_that_cannot_be_analysed(ask: Asked) -> None:
    ask.tell(IMPORT, 2)
    ask.know(problem="it is no Python", statements=(2,))
    other = "/site/never.py"
    ask.analyst.others = frozenset({other})
    ask.analyst.results[other] = Numbers(other, "never.py", statements=(1, 2), missing=(1, 2))
    told = ask("/live.json").json
    assert {row["name"]: row["error"] for row in told["files"]} == {
        "a.py": "it is no Python",
        "never.py": "",
    }
    assert (told["totals"]["statements"], told["totals"]["percent"]) == (2, 0.0)


# ---------------------------------------------------------------- lines.json


def test_the_lines_of_a_file(ask: Asked) -> None:
    ask.tell(REQUEST, 4)
    ask.know(
        statements=(2, 3, 4, 6),
        requests=(4,),
        imports=(2, 3),
        missing=(6,),
        excluded=(5,),
        partial={4: "did not jump to 5"},
        contexts={"POST /b": (4,), "GET /": (3, 4)},
    )
    told = ask(f"/lines.json?path={ask.path}").json
    assert told["source"] == SOURCE.decode().split("\n")
    assert told["digest"] == ask.digest
    assert told["editor"] == f"code://file{ask.path}:{{line}}:1"
    assert (told["request"], told["import"], told["missing"]) == ([4], [2, 3], [6])
    assert (told["excluded"], told["partial"]) == ([5], {"4": "did not jump to 5"})
    assert told["labels"] == ["GET /", "POST /b"]
    assert told["contexts"] == {"3": [0], "4": [0, 1]}
    assert told["file"]["name"] == "a.py"
    assert told["state"]["core"] == "sysmon"


def test_what_is_known_is_not_told_again(ask: Asked) -> None:
    ask.tell(REQUEST, 4)
    ask.know(statements=(4,), requests=(4,))
    first = ask(f"/lines.json?path={ask.path}").json
    known = f"/lines.json?path={ask.path}&digest={ask.digest}&run=life&since="
    assert set(ask(f"{known}{first['seq']}").json) == {"run", "seq", "state", "file"}
    ask.know(statements=(4, 6), requests=(4, 6))
    second = ask(f"{known}{first['seq']}").json
    assert (second["request"], second["digest"]) == ([4, 6], ask.digest)
    assert "source" not in second
    assert second["editor"] == first["editor"]
    assert "source" in ask(f"/lines.json?path={ask.path}&digest=x&run=life&since=99").json


def test_a_saved_file_is_shown_when_it_is_analysed(ask: Asked) -> None:
    ask.tell(REQUEST, 4)
    ask.know(statements=(4,), requests=(4,))
    first = ask(f"/lines.json?path={ask.path}").json
    saved = SOURCE + b"\n# more"
    Path(ask.path).write_bytes(saved)
    known = f"/lines.json?path={ask.path}&digest={ask.digest}&run=life&since={first['seq']}"
    meanwhile = ask(known).json
    assert "digest" not in meanwhile
    assert meanwhile["file"]["pending"] is True
    afresh = ask(f"/lines.json?path={ask.path}").json
    assert afresh["digest"] == hashlib.sha256(saved).hexdigest()
    assert (afresh["source"][-1], afresh["request"]) == ("# more", [])
    ask.know(digest=hashlib.sha256(saved).hexdigest(), statements=(4,), missing=(4,))
    assert ask(known).json["missing"] == [4]


@pytest.mark.parametrize(
    ("data", "lines"),
    [
        (b"", []),
        (b"a", ["a"]),
        (b"a\r\nb\rc\n", ["a", "b", "c"]),
        (b"a\x0cb\n\n", ["a\x0cb", ""]),
        (b"# coding: latin-1\n# \xe4", ["# coding: latin-1", "# ä"]),
        ("\ufeff# ä".encode(), ["# ä"]),
        (b"# coding: nonsense\n\xff", ["# coding: nonsense", "\ufffd"]),
    ],
)
def test_lines_as_python_counts_them(ask: Asked, data: bytes, lines: list[str]) -> None:
    Path(ask.path).write_bytes(data)
    ask.digest = hashlib.sha256(data).hexdigest()
    ask.tell(IMPORT, 1)
    ask.know()
    assert ask(f"/lines.json?path={ask.path}").json["source"] == lines


@pytest.mark.parametrize("path", ["", "/etc/passwd", "a.py", "../../etc/passwd"])
def test_files_that_are_not_measured_are_not_shown(ask: Asked, path: str) -> None:
    ask.tell(IMPORT, 1)
    ask.know()
    assert ask(f"/lines.json?path={path}").status == 404


# ---------------------------------------------------------------- for editors


def test_what_editors_are_told(ask: Asked) -> None:
    ask.tell(IMPORT, 2)
    ask.tell(REQUEST, 4)
    ask.know(statements=(2, 4, 6), requests=(4,), imports=(2,), missing=(6,), excluded=(5,))
    told = ask(".json?since=0").json
    assert told["files"] == [
        {"path": ask.path, "digest": ask.digest, "executed_lines": [2, 4], "import_lines": [2],
         "request_lines": [4], "missing_lines": [6], "excluded_lines": [5]}
    ]  # fmt: skip
    assert ask(f".json?since={told['seq']}").json["files"] == []
    assert ask(f".json?since={told['seq']}&run=other").json["files"] == told["files"]


def test_an_editor_waits_until_the_numbers_are_known(
    ask: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("spawning_devtools.cover.keeper.view.PATIENCE", PATIENCE)
    ask.analyst.pending = {ask.path}
    ask.tell(REQUEST, 4)
    # As the analyst does: in a thread of its own, once it was asked.
    known = threading.Thread(target=lambda: ask.know(statements=(4,), requests=(4,)))
    ask.analyst.ask = lambda facts: known.start()  # type: ignore[method-assign]
    told = ask(".json?since=0").json
    known.join()
    assert [file["request_lines"] for file in told["files"]] == [[4]]
