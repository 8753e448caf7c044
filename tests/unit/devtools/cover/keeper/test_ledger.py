"""Which lines have run: told by several workers, of several sources, in several epochs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from spawning.messages import IMPORT, REQUEST, CoverageTold, FileLines
from spawning_devtools.cover.facts import Version
from spawning_devtools.cover.keeper.changes import Changes
from spawning_devtools.cover.keeper.ledger import VERSIONS, Ledger, MeasuredOtherwise

A, B = "/site/a.py", "/site/b.py"


def told(phase: str, *files: FileLines, epoch: int = 0) -> CoverageTold:
    return CoverageTold(1, 100, 1, epoch, phase, files)


def ran(path: str, lines: Iterable[Any], digest: str = "one", context: str = "") -> FileLines:
    return FileLines(path, digest, tuple(lines), context)


def version(ledger: Ledger, path: str, digest: str = "one") -> tuple[list[Any], list[Any]]:
    """Return what has run at import, and by requests."""
    found = ledger.facts(path).of(digest)
    return ([], []) if found is None else (sorted(found.imports), sorted(found.requests))


def test_what_several_tell_is_merged_and_only_news_are_news() -> None:
    ledger = Ledger()
    assert ledger.add(told(IMPORT, ran(A, [1, 2, 3]))) == (ran(A, [1, 2, 3]),)
    assert ledger.add(told(IMPORT, ran(A, [3, 4]), ran(B, [1]))) == (ran(A, [4]), ran(B, [1]))
    assert ledger.add(told(REQUEST, ran(A, [4, 7]))) == (ran(A, [4, 7]),)
    seq = ledger.seq
    assert ledger.add(told(REQUEST, ran(A, [7]))) == ()
    assert ledger.seq == seq
    assert version(ledger, A) == ([1, 2, 3, 4], [4, 7])
    assert version(ledger, B) == ([1], [])


def test_pairs_of_lines_are_as_good_as_lines() -> None:
    ledger = Ledger()
    ledger.add(told(IMPORT, ran(B, [])))
    assert ledger.has_pairs is None
    ledger.add(told(REQUEST, ran(A, [(-1, 4), (4, 7)])))
    assert ledger.has_pairs is True
    assert ledger.add(told(REQUEST, ran(A, [(4, 7), (4, 9)]))) == (ran(A, [(4, 9)]),)
    assert version(ledger, A)[1] == [(-1, 4), (4, 7), (4, 9)]


def test_a_file_without_lines_is_known() -> None:
    ledger = Ledger()
    assert ledger.add(told(IMPORT, ran(A, []))) == (ran(A, []),)
    assert ledger.add(told(IMPORT, ran(A, []))) == ()
    assert ledger.paths() == [A]


def test_sources_do_not_mix_and_an_undone_edit_finds_its_lines() -> None:
    ledger = Ledger()
    ledger.add(told(REQUEST, ran(A, [1, 2], "old")))
    ledger.add(told(REQUEST, ran(A, [9], "new")))
    assert version(ledger, A, "old")[1] == [1, 2]
    assert version(ledger, A, "new")[1] == [9]
    ledger.add(told(REQUEST, ran(A, [2], "old")))
    for number in range(VERSIONS - 1):
        ledger.add(told(REQUEST, ran(A, [number], f"newer {number}")))
    known = [one.digest for one in ledger.facts(A).versions]
    assert known == ["old", "newer 0", "newer 1", "newer 2"], "the one told longest ago has gone"
    assert ledger.add(told(REQUEST, ran(A, [9], "new"))) == (ran(A, [9], "new"),)


def test_a_new_epoch_forgets_requests_and_drops_what_comes_late() -> None:
    ledger = Ledger()
    ledger.add(told(IMPORT, ran(A, [1]), ran(B, [1])))
    ledger.add(told(REQUEST, ran(A, [2], "old"), ran(A, [3], context="GET /")))
    seq = ledger.seq
    assert ledger.forget(1) == [A]
    assert ledger.seq > seq
    assert ledger.facts(A).of("one") == Version("one", frozenset({1}), frozenset(), {})
    assert version(ledger, A, "old") == ([], [])
    assert ledger.add(told(REQUEST, ran(A, [3]), epoch=0)) == ()
    assert ledger.add(told(IMPORT, ran(A, [5]), epoch=0)) == (ran(A, [5]),), "imports count always"
    assert ledger.add(told(REQUEST, ran(A, [3]), epoch=1)) == (ran(A, [3]),)


def test_contexts_are_lines_of_requests_as_well() -> None:
    ledger = Ledger()
    ledger.add(told(REQUEST, ran(A, [3, 4], context="GET /")))
    assert ledger.add(told(REQUEST, ran(A, [4, 5], context="GET /b"))) == (
        ran(A, [4, 5], context="GET /b"),
    ), "line 4 is no news of the file, but of the request"
    found = ledger.facts(A).versions[0]
    assert found.requests == {3, 4, 5}
    assert found.contexts == {"GET /": {3, 4}, "GET /b": {4, 5}}


def test_what_was_given_away_does_not_change() -> None:
    ledger = Ledger()
    ledger.add(told(REQUEST, ran(A, [1], context="GET /")))
    before = ledger.snapshot()
    ledger.add(told(REQUEST, ran(A, [2], context="GET /")))
    (file,) = before.files
    assert file.versions[0].requests == {1}
    assert file.versions[0].contexts == {"GET /": {1}}
    assert before.seq < ledger.snapshot().seq


NONSENSE: list[tuple[str, Any]] = [
    ("lunch", ran(A, [1])),
    (REQUEST, "no file"),
    (REQUEST, ran(A, ["1"])),
    (REQUEST, ran(A, [1, "2"])),
    (REQUEST, ran(A, [1, (2, 3)])),
    (REQUEST, ran(A, [(1, 2), (2, 3, 4)])),
    (REQUEST, ran(A, [(1, "2")])),
    (REQUEST, ran(A, [None])),
    (REQUEST, ran(A, [True])),
    (REQUEST, FileLines(3, "one", (1,))),  # type: ignore[arg-type]
    (REQUEST, FileLines(A, ("one",), (1,))),  # type: ignore[arg-type]
    (REQUEST, FileLines(A, "one", (1,), None)),  # type: ignore[arg-type]
]


@pytest.mark.parametrize(("phase", "file"), NONSENSE)
def test_what_no_worker_tells_does_not_get_in(phase: str, file: Any) -> None:
    ledger = Ledger()
    with pytest.raises(ValueError, match="no "):
        ledger.add(told(phase, ran(B, [1]), file))
    assert (ledger.paths(), ledger.seq) == ([], 0)


def test_a_worker_that_measures_otherwise_is_not_counted() -> None:
    ledger = Ledger()
    ledger.add(told(IMPORT, ran(A, []), ran(A, [1])))
    with pytest.raises(MeasuredOtherwise):
        ledger.add(told(IMPORT, ran(A, [(1, 2)])))
    ledger.add(told(IMPORT, ran(B, [])))
    assert version(ledger, A) == ([1], [])
    assert ledger.has_pairs is False


def test_what_has_changed_since() -> None:
    changes = Changes()
    assert changes.since(0) == []
    changes.add([A, B])
    seen = changes.seq
    assert changes.since(0) == [A, B]
    assert changes.since(seen) == []
    changes.add([A])
    assert changes.since(seen) == [A]
    assert changes.since(0) == [B, A]
    assert changes.last(A) == changes.seq
    assert changes.last("/other") == 0
