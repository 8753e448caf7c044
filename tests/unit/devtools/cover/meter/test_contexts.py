"""Requests are told apart, whatever runs beside them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from spawning_devtools.cover.meter.contexts import LONGEST, MOST, OTHERS, label_of, labelling
from unit.devtools.cover.meter.covering import How, measured, write

APPLICATION = """\
import meeting

class Result:
    def __init__(self, which):
        self.which = which
    def __iter__(self):
        meeting.meet()
        yield b"x"
        meeting.meet()
        if self.which == "/a":
            yield b"a"  # a
        else:
            yield b"b"  # b
    def close(self):
        meeting.meet()
        if self.which == "/a":
            only_a()  # a
        else:
            only_b()  # b

def application(environ, start):
    which = environ["PATH_INFO"]
    meeting.meet()
    if which == "/a":
        one = 1  # a
        meeting.meet()  # a
        two = only_a()  # a
    else:
        one = 2  # b
        meeting.meet()  # b
        two = only_b()  # b
    for piece in parts(which):
        meeting.meet()
    start("200 OK", [])
    return Result(which)

def only_a():
    meeting.meet()  # a
    return 1  # a

def only_b():
    meeting.meet()  # b
    return 2  # b

def parts(which):
    yield 1
    meeting.meet()
    if which == "/a":
        yield 2  # a
    else:
        yield 3  # b

def beside():
    return 4
"""
LINES = {
    f"GET /{which}": {
        number
        for number, line in enumerate(APPLICATION.splitlines(), 1)
        if line.endswith(f"# {which}")
    }
    for which in "ab"
}
"""Those that only one of the two runs."""

PROGRAM = """
it.start()
PREPARE
import meeting, locked
from spawning_devtools.cover.meter.contexts import labelling
application = labelling(locked.application, it.enter)
def call(path):
    result = application({"REQUEST_METHOD": "GET", "PATH_INFO": path}, lambda *_: None)
    for piece in result:
        meeting.meet()
    result.close()
it.take()
call("/a")
call("/b")
alone = taken()
TOGETHER
both = taken()
locked.beside()
tell(alone, both, taken(), list(it._places._places) if hasattr(it._places, "_places") else [])
it.stop()
"""
THREADS = """
barrier = threading.Barrier(2)
meeting.meet = barrier.wait
threads = [threading.Thread(target=call, args=(path,)) for path in ("/a", "/b")]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""
PATCH = """
from spawning.http.green import monkey_patch
monkey_patch()
import eventlet
"""
GREENLETS = """
meeting.meet = lambda: eventlet.sleep(0)
both = [eventlet.spawn(call, path) for path in ("/a", "/b")]
for one in both:
    one.wait()
"""


@pytest.mark.slow
@pytest.mark.parametrize("branch", [False, True], ids=["lines", "branches"])
@pytest.mark.parametrize(
    ("core", "concurrency"),
    [("ctrace", "thread"), ("pytrace", "thread"), ("ctrace", "greenlet")],
)
def test_requests_in_lockstep(
    tmp_path: Path, import_folders: list[str], core: str, concurrency: str, branch: bool
) -> None:
    write(
        tmp_path,
        {
            "locked.py": APPLICATION,
            "meeting.py": "meet = int\n",
            ".coveragerc": "[run]\nsource = .\nomit = meeting.py\n",
        },
    )
    is_threads = concurrency == "thread"
    program = PROGRAM.replace("PREPARE", "" if is_threads else PATCH)
    program = program.replace("TOGETHER", THREADS if is_threads else GREENLETS)
    found = measured(
        tmp_path, import_folders, program, How(core, concurrency, branch, contexts=True)
    )
    ((alone, both, after, left),) = found
    assert both == alone
    assert set(alone) == set(LINES)
    for label, lines in LINES.items():
        ran = alone[label]["locked.py"]
        ran = {end for arc in ran for end in arc} if branch else set(ran)
        assert lines < ran
        assert not ran & (LINES["GET /a"] | LINES["GET /b"]) - lines
    assert list(after) == [""], "what no request runs is told as such"
    assert left == [], "nothing is kept of greenlets that are gone"


class Labels:
    """Notes which label counts while an application runs."""

    def __init__(self) -> None:
        self.now = ["none"]
        self.seen: list[str] = []

    def enter(self, label: str) -> Callable[[], None]:
        """Have it count."""
        self.now.append(label)
        return lambda: self.now.remove(label)

    def note(self) -> None:
        """Note which counts."""
        self.seen.append(self.now[-1])


class Sized(list[bytes]):
    """A result of the application's own kind, with a length."""


def environ(path: str) -> dict[str, Any]:
    return {"REQUEST_METHOD": "GET", "SCRIPT_NAME": "", "PATH_INFO": path}


def nothing(*_: Any) -> None:
    """Stand for start_response."""


def test_the_result_runs_under_the_label_too() -> None:
    labels = Labels()

    class Result:
        def __iter__(self) -> Iterator[bytes]:
            labels.note()
            yield b"x"
            labels.note()

        def close(self) -> None:
            labels.note()

    def application(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        labels.note()
        return Result()

    result = labelling(application, labels.enter)(environ("/a"), nothing)
    assert labels.now == ["none"]
    for _ in result:
        assert labels.now == ["none"]
    result.close()
    assert labels.seen == ["GET /a"] * 4
    assert labels.now == ["none"]


def test_an_application_that_fails_leaves_the_label() -> None:
    labels = Labels()

    def application(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        labelling(application, labels.enter)(environ("/a"), nothing)
    assert labels.now == ["none"]


@pytest.mark.parametrize("result", [[b"x"], (b"x",), Sized([b"x"])])
def test_a_result_of_known_length_stays_so(result: Any) -> None:
    returned = labelling(lambda *_: result, Labels().enter)(environ("/"), nothing)
    assert len(returned) == 1
    assert list(returned) == [b"x"]


def test_a_generator_has_no_length() -> None:
    returned = labelling(lambda *_: iter([b"x"]), Labels().enter)(environ("/"), nothing)
    assert not hasattr(returned, "__len__")
    assert list(returned) == [b"x"]
    returned.close()


def test_there_are_not_ever_more_labels() -> None:
    labels = Labels()

    def application(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        labels.note()
        return []

    wrapped = labelling(application, labels.enter)
    for number in range(MOST + 5):
        wrapped(environ(f"/{number}"), nothing)
    wrapped(environ("/7"), nothing)
    assert len(set(labels.seen)) == MOST + 1
    assert labels.seen[-6:] == [*[OTHERS] * 5, "GET /7"]


@pytest.mark.parametrize(
    ("fields", "label"),
    [
        ({"SCRIPT_NAME": "/shop", "PATH_INFO": "/cart"}, "GET /shop/cart"),
        ({"PATH_INFO": "/caf\xc3\xa9"}, "GET /café"),
        ({"PATH_INFO": "/\xff"}, "GET /\N{REPLACEMENT CHARACTER}"),
        ({"PATH_INFO": "/" + 3 * LONGEST * "x"}, "GET /" + (LONGEST - 5) * "x"),
        ({"PATH_INFO": "", "REQUEST_METHOD": "POST"}, "POST "),
    ],
)
def test_label(fields: dict[str, str], label: str) -> None:
    assert label_of({"REQUEST_METHOD": "GET", "QUERY_STRING": "q=1", **fields}) == label
