"""What of that which has run is told, and as what."""

from __future__ import annotations

from typing import Any

import pytest

from spawning.messages import CoverageOrder
from spawning_devtools.cover.meter.seen import Seen

PATH = "/a.py"
Told = list[tuple[int, str, str, list[Any]]]


def told(seen: Seen, *lines: Any, context: str = "") -> Told:
    """Return what is told of lines that have run: the epoch, phase, context and lines."""
    return [
        (seen.epoch, story.phase, context, sorted(lines))
        for story in seen.news({context: {PATH: set(lines)}})
        for path, context, lines in story.files
        if path == PATH
    ]


def seen(*at_import: int, imports: bool = False) -> Seen:
    found = Seen(lambda path: frozenset(at_import))
    if not imports:
        found.import_is_over()
    return found


def test_until_the_application_is_imported_all_is_import() -> None:
    it = seen(1, imports=True)
    assert told(it, 1, 2) == [(0, "import", "", [1, 2])]
    assert told(it, 2, 3) == [(0, "import", "", [3])]
    it.import_is_over()
    assert told(it, 2, 3) == [(0, "request", "", [2, 3])]
    assert told(it, 2, 3) == []


@pytest.mark.parametrize(
    ("ran", "imported", "requested"),
    [
        ([1, 2, 7], [1, 2], [7]),
        ([(-1, 1), (1, 2), (2, -1)], [(-1, 1), (1, 2), (2, -1)], []),
        ([(-7, 7), (7, 8), (8, -7)], [], [(-7, 7), (7, 8), (8, -7)]),
        ([(2, 7)], [], [(2, 7)]),
    ],
)
def test_a_late_module_is_imported(
    ran: list[Any], imported: list[Any], requested: list[Any]
) -> None:
    found = {phase: lines for _, phase, _, lines in told(seen(1, 2), *ran)}
    assert found.get("import", []) == sorted(imported)
    assert found.get("request", []) == sorted(requested)


def test_forgetting_is_for_what_requests_ran() -> None:
    it = seen(1)
    told(it, 1, 5)
    it.obey(CoverageOrder(3, False))
    assert told(it, 1, 5) == [(3, "request", "", [5])]
    it.obey(CoverageOrder(3, False))
    assert told(it, 5) == []


def test_a_pause_drops_what_requests_run_and_nothing_else() -> None:
    it = seen(1)
    assert told(it, 4) == [(0, "request", "", [4])]
    it.obey(CoverageOrder(0, True))
    assert told(it, 1, 5) == [(0, "import", "", [1])]
    it.obey(CoverageOrder(0, False))
    assert told(it, 1, 4, 5) == [(0, "request", "", [5])]


def test_each_context_is_told() -> None:
    it = seen(1)
    assert told(it, 1, 5, context="GET /a") == [
        (0, "import", "", [1]),
        (0, "request", "GET /a", [5]),
    ]
    assert told(it, 1, 5, context="GET /b") == [(0, "request", "GET /b", [5])]
    assert told(it, 5, context="GET /a") == []


def test_files_are_told_together() -> None:
    (story,) = seen().news({"": {"/a.py": {1}, "/b.py": {2}}, "GET /": {"/a.py": {1}}})
    assert story.files == (("/a.py", "", {1}), ("/b.py", "", {2}), ("/a.py", "GET /", {1}))
